"""baari queue simulate, as the shell runs it."""

import xml.etree.ElementTree as ET

from click.testing import CliRunner

from app.cli.queues import queue


def run(*words):
    return CliRunner().invoke(queue, ["simulate", "--days", "5", *words])


def test_prints_a_table_with_a_row_for_each_policy():
    told = run("--offset", "40")

    assert told.exit_code == 0, told.output
    head, _, *rows = told.output.strip().splitlines()
    assert head.startswith("| policy | booked mean | booked P95 | walk-in mean")
    assert [row.split("|")[1].strip() for row in rows] == [
        "appointments first",
        "first come",
        "due time",
        "due time, +40",
    ]
    assert {row.count("|") for row in rows} == {head.count("|")}


def test_says_the_same_for_the_same_seed():
    assert run("--seed", "3").output == run("--seed", "3").output
    assert run("--seed", "3").output != run("--seed", "4").output


def test_draws_the_waits(tmp_path):
    svg = tmp_path / "waits.svg"

    assert run("--svg", str(svg)).exit_code == 0

    drawn = ET.parse(svg).getroot()
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    bars = drawn.findall("{http://www.w3.org/2000/svg}rect")
    # The ground, three groups for three policies, and the legend.
    assert len(bars) == 1 + 9 + 3
