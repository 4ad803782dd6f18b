"""Wall boards: who sets them up, what they let be seen, and when that has changed."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.core import copies
from app.core.db import db
from app.core.errors import InputError, NotFoundError
from app.queues import queries, service
from app.queues.board_views import BoardChange, NewBoard, Shown
from app.queues.errors import CodeTakenError
from app.queues.kinds import Privacy
from app.queues.views import NewCounter
from tests import factories as make
from tests.factories import NOW, SYSTEM, local
from tests.rooms.lobby import MINUTE, TEN, open_lobby, with_copies

ASHA = "Asha Mohan Nair"
HALF_PAST = local(9, 30)


@pytest.fixture
def lobby(session):
    return open_lobby()


def hang(lobby, *, counters=(), doctors=None, name="Hall", **how):
    seen = [lobby.rao.public_id] if doctors is None else doctors
    wanted = NewBoard(
        lobby.place.public_id, name, Shown(tuple(seen), tuple(counters)), **how
    )
    return service.add_board(wanted, by=SYSTEM, now=NOW)


def change(board, **how):
    return service.change_board(board.id, BoardChange(**how), by=SYSTEM, now=NOW)


class TestSetUp:
    def test_has_a_code_nobody_guesses_and_shows_tokens_only(self, lobby):
        first, second = hang(lobby), hang(lobby, name="Door")

        assert len(first.code) == len(second.code) == 12
        assert first.code != second.code
        assert first.privacy is Privacy.TOKEN

    def test_pressed_twice_makes_no_second_board(self, lobby):
        hang(lobby)

        with pytest.raises(CodeTakenError) as refused:
            hang(lobby)
        assert refused.value.field == "name"

    def test_shows_something_and_nothing_of_another_facility(self, lobby):
        elsewhere = make.resource(make.facility()).public_id

        with pytest.raises(InputError):
            hang(lobby, doctors=[])
        with pytest.raises(NotFoundError):
            hang(lobby, doctors=[elsewhere])

    def test_a_new_code_ends_the_old_one(self, lobby):
        board = hang(lobby)

        other = change(board, new_code=True)

        assert queries.wall(other.code, now=NOW).name == "Hall"
        for read in (queries.wall, queries.board_version):
            with pytest.raises(NotFoundError):
                read(board.code, now=NOW)

    @pytest.mark.parametrize("code", ["", "nobody", "a" * 12, "\0" * 12, "A" * 12])
    def test_an_unknown_code_or_one_taken_down_is_not_there(self, lobby, code):
        down = change(hang(lobby), active=False)

        for each in (code, down.code):
            with pytest.raises(NotFoundError):
                queries.wall(each, now=NOW)
            with pytest.raises(NotFoundError):
                queries.board_version(each, now=NOW)


class TestWall:
    @pytest.mark.parametrize(
        ("privacy", "seen"),
        [
            (Privacy.TOKEN, ("A-01", "")),
            (Privacy.INITIALS, ("A-01", "A. M. N.")),
            (Privacy.NONE, ("A-01", ASHA)),
        ],
    )
    def test_tells_no_more_than_its_privacy_allows(self, lobby, privacy, seen):
        board = hang(lobby, privacy=privacy)
        entry = lobby.booked(HALF_PAST, ASHA)
        lobby.booked(HALF_PAST, "Binu Das")
        lobby.call(entry, TEN)

        shown = queries.wall(board.code, now=TEN)

        (call,) = shown.calls
        assert (call.token, call.who) == seen
        (line,) = shown.lines
        assert line.next[0].startswith("A-02")
        assert ("Binu" in repr(shown)) is (privacy is Privacy.NONE)
        assert str(entry.id) not in repr(shown)

    def test_shows_the_latest_call_first_and_each_call_by_another_key(self, lobby):
        board = hang(lobby)
        first = lobby.booked(HALF_PAST)
        lobby.booked(HALF_PAST, "Binu")
        lobby.call(first, TEN)
        lobby.call(first, TEN + MINUTE)
        before = queries.wall(board.code, now=TEN + MINUTE)

        service.recall(first.id, by=lobby.meena, now=TEN + 2 * MINUTE)

        after = queries.wall(board.code, now=TEN + 2 * MINUTE)
        assert [call.token for call in before.calls] == ["A-02", "A-01"]
        assert [call.token for call in after.calls] == ["A-01", "A-02"]
        assert after.calls[0].key not in {call.key for call in before.calls}
        assert after.calls[1].key == before.calls[0].key

    def test_shows_a_pause_and_a_delay_and_waits_grow_by_it(self, lobby):
        board = hang(lobby)
        entry = lobby.booked(HALF_PAST)
        quiet = queries.wall(board.code, now=TEN).lines[0]

        service.run_late(entry.queue_id, 20, "Theatre", by=lobby.meena, now=TEN)
        service.pause(entry.queue_id, "Tea", by=lobby.meena, now=TEN)

        line = queries.wall(board.code, now=TEN).lines[0]
        assert (line.paused, line.late_minutes, line.notice) == (True, 20, "Tea")
        assert line.wait.low_s == quiet.wait.low_s + 20 * 60
        assert quiet.wait.low_s < quiet.wait.high_s

    def test_of_a_counter_shows_who_is_called_there_and_nobody_who_waits(self, lobby):
        one, two = (
            service.add_counter(
                NewCounter(lobby.place.public_id, n, f"Counter {n}"), by=SYSTEM, now=NOW
            ).id
            for n in "12"
        )
        board = hang(lobby, doctors=[], counters=[two])
        entry = lobby.booked(HALF_PAST)
        lobby.booked(HALF_PAST, "Binu")
        lobby.call(entry, TEN, counter_id=one)
        nothing = queries.wall(board.code, now=TEN)

        lobby.call(entry, TEN, counter_id=two)

        shown = queries.wall(board.code, now=TEN)
        assert nothing.calls == ()
        assert [(c.token, c.place) for c in shown.calls] == [("A-02", "Counter 2")]
        assert shown.lines == ()

    def test_of_yesterday_shows_nothing(self, lobby):
        board = hang(lobby)
        lobby.booked(HALF_PAST)

        assert queries.wall(board.code, now=TEN).lines
        assert not queries.wall(board.code, now=TEN + timedelta(days=1)).lines

    @pytest.mark.parametrize("privacy", Privacy)
    def test_of_a_hundred_takes_four_statements(self, session, lobby, privacy):
        board = hang(lobby, privacy=privacy)
        for number in range(100):
            entry = lobby.walks_in(HALF_PAST, f"Person {number}")
        lobby.call(entry, TEN)
        session.expunge_all()

        with counted() as sent:
            shown = queries.wall(board.code, now=TEN)

        assert shown.lines[0].waiting == 99
        assert len(sent) <= 4, sent


class TestVersion:
    def test_turns_with_a_call_an_edit_and_time_and_not_else(self, lobby):
        board = hang(lobby)
        entry = lobby.booked(HALF_PAST)
        seen = [queries.board_version(board.code, now=TEN)]
        assert queries.board_version(board.code, now=TEN) == seen[0]
        assert queries.wall(board.code, now=TEN).version == seen[0]

        lobby.call(entry, TEN)
        seen.append(queries.board_version(board.code, now=TEN))
        change(board, sound=False)
        seen.append(queries.board_version(board.code, now=TEN))
        forget(board)
        seen.append(queries.board_version(board.code, now=TEN + 5 * MINUTE))

        assert len(set(seen)) == 4

    def test_unchanged_it_asks_the_database_nothing(self, lobby, worker, monkeypatch):
        board = hang(lobby)
        lobby.booked(HALF_PAST)

        first, again, sent = with_copies(
            monkeypatch,
            worker,
            counted,
            lambda: queries.board_version(board.code, now=TEN),
        )

        assert (again, sent) == (first, [])

    def test_without_copies_it_takes_one_statement(self, lobby):
        board = hang(lobby)
        forget(board)

        with counted() as sent:
            queries.board_version(board.code, now=TEN)

        assert len(sent) == 1

    def test_of_a_floor_turns_with_its_queues_and_each_minute(self, lobby):
        entry = lobby.booked(HALF_PAST)
        seen = [floor(lobby, TEN), floor(lobby, TEN)]

        lobby.call(entry, TEN)
        seen += [floor(lobby, TEN), floor(lobby, TEN + MINUTE)]

        assert seen[0] == seen[1]
        assert len(set(seen)) == 3


def floor(lobby, now):
    return queries.floor_version(lobby.place, by=lobby.meena, now=now)


def forget(board):
    copies.drop(f"board:{board.code}:version")


@contextmanager
def counted():
    """Note the statements that are sent within."""
    sent = []

    def note(*args):
        if not args[2].startswith(("SAVEPOINT", "RELEASE")):
            sent.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
