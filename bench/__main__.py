"""`python -m bench` measures; `python -m bench big` measures again among millions."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from app.core import clock
from app.core.settings import PROJECT, Settings
from bench import big, report
from bench.hospital import Size, build
from bench.house import House, filling, served
from bench.measures import MEASURES, Measure, arrive, fill
from bench.plan import Plan
from bench.running import Rounds, once, rounds

KEPT = PROJECT / "var" / "bench.json"
SECRET = "of-a-hospital-that-lives-for-minutes"  # noqa: S105 - it guards invented people


@click.group(invoke_without_command=True)
@click.option("--seconds", default=2.0, show_default=True, help="Of each round.")
@click.option("--rounds", "number", default=3, show_default=True)
@click.pass_context
def main(context: click.Context, seconds: float, number: int) -> None:
    """
    Measure the JSON door beside an empty Flask view and beside bare SQL.

    It ends with 1 if a goal is missed.
    """
    if context.invoked_subcommand is not None:
        return
    how = Rounds(seconds, number)
    with _hospital() as (house, plan):
        measure(house, plan, MEASURES, how, KEPT)


@main.command("big")
@click.option("--rows", default=10_000_000, show_default=True)
@click.option("--seconds", default=2.0, show_default=True, help="Of each round.")
@click.option("--rounds", "number", default=5, show_default=True)
def compare(rows: int, seconds: float, number: int) -> None:
    """
    Measure, load so many appointments of earlier years, and measure again.

    It ends with 1 if a goal is missed, or if anything slows by too much.
    """
    how = Rounds(seconds, number, (report.JUDGED_AT,))
    with _hospital() as (house, plan):
        before = report.rows(rounds(house, plan, MEASURES, how), MEASURES)
        click.echo(report.table(before))
        reached = report.goals(before, MEASURES, house.resident_mb())
        click.echo(f"\n{reached}\n\nLoading {rows:,} appointments …")
        big.load(house.settings, plan.hospital, rows)
        after = report.rows(rounds(house, plan, MEASURES, how), MEASURES)
        click.echo(report.table(after))
        slower = big.slowdown(before, after, MEASURES)
        click.echo(f"\n{slower}")
        judge(reached, slower)


def measure(
    house: House, plan: Plan, measures: Sequence[Measure], how: Rounds, kept: Path
) -> None:
    """
    Measure, print it and keep it as a list.

    :raises SystemExit: with 1 if a goal is missed
    """
    found = report.rows(list(rounds(house, plan, measures, how)), measures)
    click.echo(report.table(found))
    reached = report.goals(found, measures, house.resident_mb())
    click.echo(f"\n{reached}")
    report.keep(found, kept)
    judge(reached)


def judge(*told: str) -> None:
    """
    End well only if every goal told was reached.

    :raises SystemExit: with 1 if one was missed
    """
    if any(report.missed(each) for each in told):
        sys.exit(1)


@contextmanager
def _hospital() -> Iterator[tuple[House, Plan]]:
    """Serve a hospital from a folder that is gone afterwards."""
    var = PROJECT / "var"
    var.mkdir(mode=0o711, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=var) as folder:
        home = Path(folder)
        # As any home: PostgreSQL's own user passes through, and none looks around.
        home.chmod(0o711)
        settings = Settings(secret_key=SECRET, home=home, demo=False)
        with served(settings) as house:
            with filling(house):
                hospital = build(Size(), now=clock.now())
            plan = Plan(hospital, house.buyer)
            once(house, list(fill(plan)), 201)
            once(house, list(arrive(plan)), 200)
            yield house, plan


if __name__ == "__main__":
    main()
