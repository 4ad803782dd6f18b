"""baari import, user and token as the shell sees them: words, pipes, exit statuses."""

import os

import pytest

from app.core.settings import PROJECT
from tests import servers
from tests import shell as shells

EXAMPLES = PROJECT / "docs" / "examples"
AS_OF = ("--as-of", "2024-10-01")


@pytest.fixture(scope="module")
def shell(worker, tmp_path_factory):
    """Give a shell on a database of its own, with an admin in it."""
    settings = servers.start_shared().settings(f"baari_cli_{worker}", worker + 1)
    environ = {**os.environ, **settings.environ()}

    def run(*words, typed=""):
        return shells.run(words, environ, typed, tmp_path_factory.mktemp("shell"))

    return run


@pytest.fixture(scope="module")
def admin(shell):
    done = shell(
        "user",
        "add",
        "boss",
        "--name",
        "Boss",
        "--role",
        "admin",
        typed="long enough\n",
    )
    assert (done.stderr, done.stdout) == ("", "boss is added as admin.\n")
    return "boss"


def test_without_any_admin_it_asks_for_a_name(shell):
    done = shell("import", str(EXAMPLES / "doctor-roopak.yaml"))

    assert done.returncode == 2
    assert "baari user add" in done.stderr


def test_the_file_as_printed_is_told_line_by_line(shell, admin):
    path = EXAMPLES / "doctor-roopak-as-printed.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    wrong = [n for n, line in enumerate(lines, 1) if "2024-10-20 10:00" in line]

    done = shell("import", str(path), *AS_OF)

    assert (done.returncode, done.stdout) == (1, "")
    for line in wrong:
        assert f"{path}:{line}: start: Doctor Roopak has no hours then." in done.stderr
    near = (
        "Nearest offered: Mon 21 Oct 2024 10:00\N{EN DASH}10:30, Mon 21 Oct 2024 10:30"
    )
    assert near in done.stderr
    assert "nothing of doctor-roopak-as-printed.yaml was imported" in done.stderr


def test_the_good_file_is_imported_and_again_changes_nothing(shell, admin):
    path = str(EXAMPLES / "doctor-roopak.yaml")

    first = shell("import", path, "--by", admin, *AS_OF)
    again = shell("import", path, *AS_OF)

    assert (first.returncode, first.stderr) == (0, "")
    assert "tokens: 2 added" in first.stdout
    assert again.returncode == 0
    assert "tokens: 2 same" in again.stdout
    assert "added" not in again.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no-such-file.yaml"], "does not exist"),
        ([str(EXAMPLES / "doctor-roopak.yaml"), "--by", "nobody"], "no user 'nobody'"),
        ([str(EXAMPLES / "doctor-roopak.yaml"), "--as-of", "October"], "--as-of"),
    ],
    ids=["no file", "no user", "no date"],
)
def test_a_wrong_word_is_usage(shell, admin, words, told):
    done = shell("import", *words)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_is_printed_alone_listed_and_ended(shell, admin):
    made = shell("token", "create", "--user", admin, "--name", "lab", "--days", "7")
    listed = shell("token", "list", "--user", admin)
    token_id = listed.stdout.split()[0]
    ended = shell("token", "revoke", token_id)

    assert made.stdout.startswith("baari_")
    assert made.stdout.count("\n") == 1
    assert token_id in made.stderr
    assert made.stdout.strip() not in listed.stdout
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "ended" in shell("token", "list", "--user", admin).stdout


def test_a_short_password_is_refused_with_its_field(shell, admin):
    done = shell("user", "add", "meena", "--name", "Meena", typed="short\n")

    assert done.returncode == 2
    assert "password:" in done.stderr


def test_the_demo_is_not_loaded_over_a_hospital(shell, admin):
    shell("import", str(EXAMPLES / "doctor-roopak.yaml"), *AS_OF)

    done = shell("demo", "load")

    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing was loaded" in done.stderr
