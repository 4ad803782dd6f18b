"""The live order: who is due when, why each stands where they do, boosts, policies."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ForbiddenError, InputError
from app.patients import service as patients
from app.patients.views import Need, NewPatient
from app.queues import order, queries, scoring, service
from app.queues.kinds import Level, WalkIns
from app.queues.models import QueueEntry
from app.queues.scoring.facts import Arrival, Part
from app.queues.views import NewPolicy
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms.lobby import MINUTE, TEN, open_lobby

USUAL = scoring.build("due_time", {})
NINE = local(9)


@pytest.fixture
def lobby(session):
    return open_lobby()


def due(scores=USUAL, **arrival):
    """Give when somebody is due, in minutes from ten."""
    arrival.setdefault("arrived_at", TEN)
    score = scores.score(Arrival(**arrival))
    return (score.due_at - TEN) / MINUTE


class TestDueTime:
    def test_of_who_comes_in_time_is_when_they_were_to_come(self):
        at = TEN + 30 * MINUTE

        assert due(scheduled_at=at, late_from=at) == 30

    def test_of_who_is_a_little_late_too(self):
        assert due(arrived_at=TEN + 10 * MINUTE, scheduled_at=TEN, late_from=TEN) == 0

    def test_of_who_is_later_is_when_they_came_and_a_penalty(self):
        late = TEN + 11 * MINUTE

        assert due(arrived_at=late, scheduled_at=TEN, late_from=TEN) == 26

    def test_of_who_walks_in_is_some_time_after_they_came(self):
        assert due(walk_in=True) == 20

    def test_of_who_walks_in_for_a_later_slot_is_when_it_begins(self):
        assert due(walk_in=True, scheduled_at=TEN + 60 * MINUTE) == 60
        assert due(walk_in=True, scheduled_at=TEN) == 20

    @pytest.mark.parametrize("need", list(Need))
    def test_is_sooner_for_who_needs_it(self, need):
        assert due(walk_in=True, needs=frozenset({need.value})) == 5

    def test_does_not_add_needs_up(self):
        assert due(walk_in=True, needs=frozenset({"elderly", "disabled"})) == 5

    def test_is_sooner_by_age(self):
        assert due(walk_in=True, age=70) == 5
        assert due(walk_in=True, age=69) == 20

    def test_is_sooner_for_the_urgent(self):
        assert due(walk_in=True, level=Level.URGENT) == -10

    def test_of_an_emergency_comes_before_all_others(self):
        score = USUAL.score(Arrival(TEN, level=Level.EMERGENCY))

        assert (score.tier, score.due_at) == (0, TEN)

    @given(
        some.sampled_from(sorted(scoring.OWN)),
        some.integers(-300, 300),
        some.integers(0, 300),
        some.booleans(),
        some.sampled_from(Level),
        some.sets(some.sampled_from([each.value for each in Need])),
    )
    def test_is_what_its_parts_add_up_to(
        self, kind, apart, waits, walk_in, level, needs
    ):
        at = TEN + apart * MINUTE
        arrival = Arrival(
            TEN, at, at + waits * MINUTE, walk_in, level, frozenset(needs)
        )

        score = scoring.build(kind, {}).score(arrival)

        *_, begins = (part.at for part in score.parts if part.at is not None)
        minutes = sum(part.minutes for part in score.parts)
        assert score.due_at == begins + minutes * MINUTE

    @pytest.mark.parametrize(
        "settings",
        [
            {"grace": -1},
            {"grace": True},
            {"walk_in_offset": 601},
            {"precedence": {"tall": 3}},
            {"precedence": {"vip": "3"}},
            {"precedence": 3},
            {"colour": 3},
        ],
    )
    def test_takes_no_setting_that_cannot_be_right(self, settings):
        with pytest.raises(InputError):
            scoring.build("due_time", settings)

    def test_is_one_of_several_ways(self):
        walks, booked = {"walk_in": True}, {"scheduled_at": TEN + 30 * MINUTE}
        first_come = scoring.build("first_come", {})
        appointments = scoring.build("appointments_first", {})

        assert due(first_come, **walks) == due(first_come, **booked) == 0
        assert appointments.score(Arrival(TEN, **walks)).tier == 2
        assert appointments.score(Arrival(TEN, **booked)).tier == 1
        with pytest.raises(InputError):
            scoring.build("by_height", {})


class TestTheOrder:
    def test_mixes_appointments_and_who_walks_in(self, lobby):
        lobby.walks_in(TEN - 25 * MINUTE, "Walks")
        lobby.booked(TEN - 2 * MINUTE, "Booked")
        last = lobby.walks_in(TEN - 15 * MINUTE, "Walks later")

        assert lobby.order(last, TEN) == ["Walks", "Booked", "Walks later"]

    def test_puts_an_emergency_first(self, lobby):
        lobby.booked(TEN, "Booked")
        entry = lobby.walks_in(TEN, "Hurt", level=Level.EMERGENCY)

        assert (entry.position, entry.tier) == (1, 0)

    def test_knows_what_patients_need(self, lobby):
        lobby.walks_in(TEN, "Young")
        old = NewPatient("Old", birth_date=date(1940, 1, 1))
        lobby.walks_in(TEN + MINUTE, person=old)
        asha = lobby.walks_in(TEN + 2 * MINUTE, "Asha")
        patients.set_needs(
            asha.patient.public_id,
            {Need.PREGNANT},
            by=SYSTEM,
            now=NOW,
            scope=make.EVERYWHERE,
        )
        service.undo(asha.id, by=lobby.meena, now=TEN + 3 * MINUTE)
        entry = lobby.walks_in(TEN + 3 * MINUTE, patient=asha.patient.public_id)

        assert lobby.order(entry, TEN + 4 * MINUTE) == ["Old", "Asha", "Young"]

    def test_says_why_each_stands_where_they_do(self, lobby):
        old = NewPatient("Old", needs=frozenset({Need.ELDERLY}))

        entry = lobby.walks_in(TEN, person=old)

        assert entry.parts == (
            Part("arrived", at=TEN),
            Part("walk_in", 20),
            Part("need", -15, "elderly"),
        )

    def test_is_the_same_in_sql_and_in_python(self, lobby):
        for number in range(12):
            level = list(Level)[number % 3]
            at = TEN + (number * 7 % 5) * MINUTE
            entry = lobby.walks_in(at, f"P{number}", level=level)
            if number % 4 == 0:
                until = TEN + (30 + number) * MINUTE
                service.boost(
                    entry.id, 5 + number, "fever", until, by=lobby.meena, now=at
                )

        for later in (10, 35, 90):
            now = TEN + later * MINUTE
            found = db.session.scalars(
                select(QueueEntry).order_by(*order.by(now))
            ).all()
            assert found == sorted(found, key=lambda e: order.key(e, now))

    def test_ages_everybody_alike(self, lobby):
        first = lobby.walks_in(TEN, "First")
        for number in range(5):
            lobby.walks_in(TEN + (number + 1) * MINUTE, f"P{number}")

        assert lobby.order(first, TEN + timedelta(hours=3))[0] == "First"


class TestBoost:
    def test_sends_ahead_for_a_while(self, lobby):
        lobby.walks_in(TEN, "First")
        second = lobby.walks_in(TEN + MINUTE, "Second")

        told = service.boost(
            second.id, 10, "fever", TEN + 30 * MINUTE, by=lobby.meena, now=TEN
        )

        assert (told.boost.minutes, told.boost.reason) == (10, "fever")
        assert told.boost.by == lobby.meena.name
        assert lobby.order(second, TEN + 29 * MINUTE) == ["Second", "First"]
        assert lobby.order(second, TEN + 30 * MINUTE) == ["First", "Second"]

    @pytest.mark.parametrize(
        ("minutes", "reason", "hours"),
        [(0, "fever", 1), (241, "fever", 1), (5, " ", 1), (5, "x", 0), (5, "x", 13)],
    )
    def test_needs_minutes_a_reason_and_an_end(self, lobby, minutes, reason, hours):
        entry = lobby.walks_in(TEN)

        with pytest.raises(InputError):
            service.boost(
                entry.id,
                minutes,
                reason,
                TEN + timedelta(hours=hours),
                by=lobby.meena,
                now=TEN,
            )

    def test_level_can_be_changed_with_a_reason(self, lobby):
        lobby.walks_in(TEN, "First")
        second = lobby.walks_in(TEN, "Second")

        told = service.prioritise(
            second.id, Level.EMERGENCY, "collapsed", by=lobby.meena, now=TEN
        )

        assert (told.tier, told.position) == (0, 1)


class TestPolicy:
    def test_orders_who_waits_anew(self, lobby):
        lobby.walks_in(TEN - 30 * MINUTE, "Walks")
        entry = lobby.booked(TEN - MINUTE, "Booked")
        assert lobby.order(entry, TEN) == ["Walks", "Booked"]

        wanted = NewPolicy(
            lobby.place.public_id,
            lobby.medicine.public_id,
            scoring="appointments_first",
        )
        service.save_policy(wanted, by=SYSTEM, now=TEN)

        assert lobby.order(entry, TEN) == ["Booked", "Walks"]

    def test_is_shown_on_the_real_queue_before(self, lobby):
        lobby.walks_in(TEN - 30 * MINUTE, "Walks")
        entry = lobby.booked(TEN - MINUTE, "Booked")
        wanted = NewPolicy(
            lobby.place.public_id,
            lobby.medicine.public_id,
            scoring="appointments_first",
        )

        (shown,) = queries.preview(wanted, by=SYSTEM, now=TEN)

        assert shown.resource.id == lobby.rao.id
        assert [(r.token, r.before, r.after) for r in shown.ranks] == [
            ("A-01", 1, 2),
            ("A-02", 2, 1),
        ]
        assert lobby.order(entry, TEN) == ["Walks", "Booked"]
        service.save_policy(wanted, by=SYSTEM, now=TEN)
        assert lobby.order(entry, TEN) == ["Booked", "Walks"]

    def test_preview_keeps_boosts_and_who_was_skipped(self, lobby):
        lobby.walks_in(TEN, "First")
        second = lobby.walks_in(TEN + MINUTE, "Second")
        until = TEN + 60 * MINUTE
        service.boost(second.id, 30, "fever", until, by=lobby.meena, now=TEN)
        lobby.walks_in(TEN + 2 * MINUTE, "Third")
        first = lobby.queue(second, TEN).waiting[1]
        service.skip(first.id, by=lobby.meena, now=TEN)
        assert lobby.order(second, TEN) == ["Second", "Third", "First"]
        same = NewPolicy(lobby.place.public_id, lobby.medicine.public_id)

        (shown,) = queries.preview(same, by=SYSTEM, now=TEN)

        assert all(rank.before == rank.after for rank in shown.ranks)

    def test_is_kept_in_versions(self, lobby):
        lobby.policy(scoring="first_come")
        lobby.policy(settings={"grace": 5})

        newest, oldest = queries.policy_versions(lobby.place, by=SYSTEM)

        assert (newest.version, newest.settings) == (2, {"grace": 5})
        assert (oldest.version, oldest.scoring) == (1, "first_come")
        saved = (
            select(AuditEvent.after)
            .where(AuditEvent.action == "queue_policy.saved")
            .order_by(AuditEvent.id)
        )
        assert [each["version"] for each in db.session.scalars(saved)] == [1, 2]

    def test_of_a_department_goes_before_that_of_its_facility(self, lobby):
        lobby.policy(scoring="first_come")
        whole = NewPolicy(lobby.place.public_id, scoring="appointments_first")
        service.save_policy(whole, by=SYSTEM, now=NOW)

        entry = lobby.walks_in(TEN)

        assert entry.parts == (Part("arrived", at=TEN),)

    def test_is_saved_by_who_manages_rules(self, lobby):
        wanted = NewPolicy(lobby.place.public_id)

        with pytest.raises(ForbiddenError):
            service.save_policy(wanted, by=lobby.meena, now=NOW)
        with pytest.raises(ForbiddenError):
            queries.preview(wanted, by=lobby.meena, now=NOW)

    def test_needs_a_share_where_there_is_one(self, lobby):
        with pytest.raises(InputError):
            lobby.policy(walk_ins=WalkIns.SHARE, share=0)
