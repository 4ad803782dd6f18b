"""Whatever is in a file, reading it ends in items or in problems with lines."""

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.exchange import document, reading
from app.exchange.document import Listing, Scalar, Table
from app.exchange.errors import BadFileError
from app.exchange.notes import Notes
from app.exchange.sections.registry import SECTIONS

KEYS = st.sampled_from([*SECTIONS, "slug", "sessions", "hours", "resources", "posts"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text(max_size=12)
    | st.sampled_from(["Mon-Fri", "10:00", "2024-10-21 10:00", "tokens", "kochi"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=5)
    ),
    max_leaves=20,
)


def read(name, data):
    """Read a file; what is raised beside our own error fails the test."""
    notes = Notes()
    try:
        reading.items(name, data, notes)
    except BadFileError as exc:
        return exc.problems
    return notes.problems


@given(st.binary(max_size=400))
@example(b"\xff")
@example(b"a: !!python/object:os.system x")
@example(b"? [a]\n: b")
@example(b"a: b: c")
@example(b"\x00")
@example(b"- " * 3000)
@example(b"{" * 3000)
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_in_our_own_error(data):
    for name in ("file.yaml", "file.csv"):
        for problem in read(name, data):
            assert problem.line >= 1


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_structure_ends_in_our_own_error(tree):
    for problem in read("file.yaml", yaml.safe_dump(tree, allow_unicode=True).encode()):
        assert problem.line >= 1


def test_scalars_stay_as_they_are_written():
    found = document.read("a: 10:00\nb: no\nc: '~'\nd: ~\ne: 007\n", Notes())

    texts = {key: value.text for key, value in found.values.items()}
    assert texts == {"a": "10:00", "b": "no", "c": "~", "d": None, "e": "007"}


def test_every_node_knows_its_line():
    found = document.read("a:\n  - x\n  - y: z\nb: c\n", Notes())

    inner = Listing(2, (Scalar(2, "x"), Table(3, {"y": Scalar(3, "z")}, {"y": 3})))
    assert found.values["a"] == inner
    assert found.lines == {"a": 1, "b": 4}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: [c\n", 3, "yaml"),
        ("a: &x 1\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "anchor"),
        ("a: 1\n---\nb: 2\n", 2, "several_documents"),
        ("- a\n", 1, "not_a_table"),
        ("", 1, "not_a_table"),
        ("a: 1\n[b]: 2\n", 2, "key"),
        ("a: " + "[" * 20 + "]" * 20, 1, "too_deep"),
    ],
)
def test_what_is_no_document_is_told_where(text, line, reason):
    with pytest.raises(BadFileError) as refused:
        document.read(text, Notes())

    (problem,) = refused.value.problems
    assert (problem.line, problem.params["reason"]) == (line, reason)


def test_a_key_given_twice_is_told_with_both_lines():
    notes = Notes()

    document.read("a: 1\nb: 2\na: 3\n", notes)

    (problem,) = notes.problems
    assert (problem.line, problem.params["line"]) == (3, 1)


def test_a_file_of_more_than_ten_megabytes_is_refused_unread():
    (problem,) = read("file.yaml", b"#" * (reading.MAX_BYTES + 1))

    assert problem.params["reason"] == "too_big"


def test_a_name_without_a_known_ending_is_refused():
    (problem,) = read("file.xlsx", b"")

    assert problem.params["reason"] == "form"
