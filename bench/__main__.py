"""`python -m bench` measures; `python -m bench big` measures again among millions."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.core import clock
from app.core.settings import PROJECT, Settings
from bench import big, report
from bench.hospital import Size, build
from bench.house import House, filling, served
from bench.measures import MEASURES, arrive, fill
from bench.plan import Plan
from bench.running import Rounds, once, rounds

KEPT = PROJECT / "var" / "bench.json"
SECRET = "of-a-hospital-that-lives-for-minutes"  # noqa: S105 - it guards invented people


@click.group(invoke_without_command=True)
@click.option("--seconds", default=2.0, show_default=True, help="Of each round.")
@click.option("--rounds", "number", default=3, show_default=True)
@click.pass_context
def main(context: click.Context, seconds: float, number: int) -> None:
    """Measure the JSON door beside an empty Flask view and beside bare SQL."""
    if context.invoked_subcommand is not None:
        return
    how = Rounds(seconds, number)
    with _hospital() as (house, plan):
        tallies = list(rounds(house, plan, MEASURES, how))
        found = report.rows(tallies, MEASURES)
        click.echo(report.table(found))
        click.echo(f"\n{report.goals(found, MEASURES, house.resident_mb())}")
        report.keep(found, KEPT)


@main.command("big")
@click.option("--rows", default=10_000_000, show_default=True)
@click.option("--seconds", default=2.0, show_default=True, help="Of each round.")
@click.option("--rounds", "number", default=5, show_default=True)
def compare(rows: int, seconds: float, number: int) -> None:
    """Measure, load so many appointments of earlier years, and measure again."""
    how = Rounds(seconds, number, (report.JUDGED_AT,))
    with _hospital() as (house, plan):
        before = report.rows(rounds(house, plan, MEASURES, how), MEASURES)
        click.echo(report.table(before))
        click.echo(f"\n{report.goals(before, MEASURES, house.resident_mb())}")
        click.echo(f"\nLoading {rows:,} appointments …")
        big.load(house.settings, plan.hospital, rows)
        after = report.rows(rounds(house, plan, MEASURES, how), MEASURES)
        click.echo(report.table(after))
        click.echo(f"\n{big.slowdown(before, after, MEASURES)}")


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
