"""baari queue simulate: try ways to order a queue on days that are played."""

from dataclasses import fields, replace
from pathlib import Path

import click

from app.cli import queue_plot
from app.queues import scoring
from app.queues.simulation import GROUPS, Clinic, Outcome, compare

NAMES = {
    "appointments_first": "appointments first",
    "first_come": "first come",
    "due_time": "due time",
}
WORDS = {"booked": "booked", "walk_in": "walk-in", "priority": "priority"}


@click.group()
def queue() -> None:
    """Try ways to order a queue."""


@queue.command()
@click.option("--seed", default=1, show_default=True, help="Which dice are thrown.")
@click.option(
    "--days",
    default=400,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="How many days to play.",
)
@click.option("--hours", type=float, help="How long the session is.")
@click.option("--per-slot", type=int, help="How many are booked for a quarter hour.")
@click.option("--walk-ins", type=float, help="How many walk in an hour.")
@click.option("--visit", type=float, help="How many minutes a visit usually takes.")
@click.option("--doctors", type=int, help="How many see them from one queue.")
@click.option(
    "--offset",
    "offsets",
    type=click.IntRange(0, 600),
    multiple=True,
    help="Also try due time with this offset of walk-ins; may be given again.",
)
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the waits into this file.",
)
def simulate(
    seed: int,
    days: int,
    offsets: tuple[int, ...],
    svg: Path | None,
    **asked: float | None,
) -> None:
    """
    Compare policies by the waits they make, on the same played days.

    The mean and the P95 of who is booked, walks in or has priority, and the longest
    wait of a day, usually and ever; all in minutes.
    """
    known = {each.name for each in fields(Clinic)}
    given = {k: v for k, v in asked.items() if v is not None and k in known}
    clinic = replace(Clinic(), **given)  # type: ignore[arg-type]  # click has typed them
    policies = {told: scoring.build(name, {}) for name, told in NAMES.items()}
    for minutes in offsets:
        tried = scoring.build("due_time", {"walk_in_offset": minutes})
        policies[f"due time, +{minutes}"] = tried
    found = compare(policies, clinic, seed=seed, days=days)
    click.echo(table(found))
    if svg is not None:
        svg.write_text(queue_plot.draw(found), encoding="utf-8")
        click.echo(f"\nDrawn into {svg}.")


def table(found: list[Outcome]) -> str:
    """Write the waits down as a table that Markdown shows too."""
    head = ["policy"]
    for group in GROUPS:
        head += [f"{WORDS[group]} mean", f"{WORDS[group]} P95"]
    head += ["longest of a day", "longest ever"]
    lines = [head, ["---", *["--:"] * (len(head) - 1)]]
    for each in found:
        line = [each.policy]
        for group in GROUPS:
            told = each.groups[group]
            line += [f"{told.mean:.1f}", f"{told.p95:.1f}"]
        lines.append([*line, f"{each.longest_of_a_day:.1f}", f"{each.longest:.1f}"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
