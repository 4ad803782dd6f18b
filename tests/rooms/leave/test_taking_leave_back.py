"""Leave that is taken back: people return where their place is free."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.booking import conflicts, service
from app.booking.errors import StatusError
from app.booking.kinds import Fate, Outcome, Remedy
from app.booking.views import NewPlace
from app.core.actor import SYSTEM
from tests.factories import NOW, local
from tests.rooms.leave.ward import (
    absent,
    at_present,
    book,
    choose,
    item_of,
    register,
    token,
)


class TestUndoing:
    def test_brings_everybody_back(self, place, rao, menon, visit, timed):
        second = token(place, rao, visit, local(10))
        third = book(place, rao, visit, local(12))
        told = absent(place, rao, local(9), local(13))
        choose(told, (timed, Remedy.LATER), (second, Remedy.INSTEAD))

        undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        assert undone.undone_at == NOW
        assert [each.fate for each in undone.items] == [
            Fate.RETURNED,
            Fate.RETURNED,
            Fate.WAITING,
        ]
        for before in (timed, second, third):
            after = at_present(before)
            assert (after.resource.id, after.span) == (before.resource.id, before.span)
        assert register(place, Outcome.UNRESOLVED) == []
        assert conflicts.sweep(now=NOW) == 0
        assert book(place, menon, visit, local(12))

    def test_says_who_cannot_come_back(self, place, rao, menon, visit, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.INSTEAD))
        service.move(timed.id, NewPlace(local(16)), by=SYSTEM, now=NOW)

        undone = service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        item = item_of(undone, timed)
        assert (item.fate, item.code) == (Fate.MOVED, "status")
        assert at_present(timed).span.start == local(16)

    def test_does_not_take_a_place_that_has_gone_by(self, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))

        undone = service.undo_cascade(told.id, by=SYSTEM, now=local(12, 30))

        assert item_of(undone, timed).code == "over"
        assert at_present(timed).span.start == local(13)

    def test_twice_changes_nothing_and_nothing_is_applied_after(
        self, place, rao, timed
    ):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)
        revision = at_present(timed).revision

        service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        assert at_present(timed).revision == revision
        with pytest.raises(StatusError):
            choose(told, (timed, Remedy.LATER))

    def test_stands_in_the_trail(self, session, place, rao, timed):
        told = absent(place, rao, local(11), local(13))
        choose(told, (timed, Remedy.LATER))
        service.undo_cascade(told.id, by=SYSTEM, now=NOW)

        lines = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_id == str(told.id))
            .order_by(AuditEvent.id)
        ).all()
        assert lines == [
            "cascade.begun",
            "cascade.proposed",
            "cascade.applied",
            "cascade.undone",
        ]
