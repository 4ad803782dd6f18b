from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from app.accounts.permissions import Role
from app.booking import internal, rules, service
from app.booking.errors import SlotFullError
from app.booking.rules.case import Judges, refuse
from app.booking.setting import NewRule
from app.booking.states import Status
from app.booking.views import NewPlace, Override
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, InputError, RuleError
from app.directory.kinds import Category
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import MONDAY, NOW, local

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd(), make.open_time(make.time(14)))
    return rao


@pytest.fixture
def visit(session):
    return make.kind(minutes=30)


@pytest.fixture
def asha(session):
    return make.patient()


def rule(kind, **settings):
    where = {
        name: settings.pop(name)
        for name in ("facility_id", "resource_id", "type_id")
        if name in settings
    }
    return service.add_rule(NewRule(kind, settings, **where), by=SYSTEM, now=NOW)


def token(place, rao, visit, who, starts_at=None, by=SYSTEM, now=NOW, **fields):
    order = make.token_order(place, rao, visit, who, starts_at or local(10), **fields)
    return service.book_token(order, by=by, now=now)


def timed(place, rao, visit, who, starts_at, **fields):
    order = make.timed_order(place, rao, visit, who, starts_at, **fields)
    return service.book_timed(order, by=SYSTEM, now=NOW)


def refused(kind, act):
    with pytest.raises(RuleError) as told:
        act()
    assert told.value.params["rule"] == kind
    assert told.value.params["override"] == "booking:override_rules"
    return told.value.params


def test_lead_time_closes_booking_before_the_start(place, rao, visit, asha):
    rule("lead_time", minutes=120)

    refused("lead_time", lambda: token(place, rao, visit, asha))
    assert token(place, rao, visit, asha, local(11)).status is Status.SCHEDULED


def test_horizon_opens_so_many_days_ahead(place, rao, visit, asha):
    rule("horizon", days=0)

    refused("horizon", lambda: token(place, rao, visit, asha, local(10, day=TUESDAY)))
    assert token(place, rao, visit, asha).status is Status.SCHEDULED


def test_horizon_may_name_the_days(place, rao, visit, asha):
    rule("horizon", dates=[TUESDAY.isoformat()])

    refused("horizon", lambda: token(place, rao, visit, asha))
    booked = token(place, rao, visit, asha, local(10, day=TUESDAY))
    assert booked.status is Status.SCHEDULED


def test_daily_limit_counts_all_types_together(place, rao, visit, asha):
    rule("daily_limit", limit=2)
    token(place, rao, visit, asha)
    timed(place, rao, visit, asha, local(14))

    told = refused("daily_limit", lambda: token(place, rao, make.kind(), asha))

    assert told["limit"] == 2


def test_daily_limit_may_count_each_type(place, rao, visit, asha):
    rule("daily_limit", limit=1, per_type=True)
    token(place, rao, visit, asha)

    refused("daily_limit", lambda: token(place, rao, visit, asha))
    assert token(place, rao, make.kind(), asha).status is Status.SCHEDULED


def test_daily_limit_set_later_counts_what_is_there(place, rao, visit, asha):
    token(place, rao, visit, asha)

    rule("daily_limit", limit=1)

    refused("daily_limit", lambda: token(place, rao, visit, asha))


def test_daily_limit_has_room_again_after_a_cancellation(place, rao, visit, asha):
    rule("daily_limit", limit=1)
    booked = token(place, rao, visit, asha)

    service.cancel(booked.id, "ill", by=SYSTEM, now=NOW)

    assert token(place, rao, visit, asha).status is Status.SCHEDULED


def test_daily_limit_holds_for_the_day_moved_to(place, rao, visit, asha):
    rule("daily_limit", limit=1)
    booked = token(place, rao, visit, asha)
    token(place, rao, visit, asha, local(10, day=TUESDAY))
    there = NewPlace(local(11, day=TUESDAY))

    refused("daily_limit", lambda: service.move(booked.id, there, by=SYSTEM, now=NOW))


def test_moving_within_the_day_counts_once(place, rao, visit, asha):
    rule("daily_limit", limit=1)
    booked = token(place, rao, visit, asha)

    moved = service.move(booked.id, NewPlace(local(11)), by=SYSTEM, now=NOW)

    assert moved.span.start == local(11)


def test_follow_up_needs_a_visit_not_long_ago(place, rao, visit, asha):
    rule("follow_up_window", days=14)
    again = make.kind(category=Category.FOLLOW_UP)

    refused("follow_up_window", lambda: token(place, rao, again, asha))
    seen = token(place, rao, visit, asha)
    internal.advance(seen.id, Status.CHECKED_IN, by=SYSTEM, now=NOW)
    later = local(10, day=MONDAY + timedelta(days=10))
    assert token(place, rao, again, asha, later).status is Status.SCHEDULED


def test_allowed_days_keep_a_type_to_its_weekdays(place, rao, visit, asha):
    rule("allowed_days", weekdays=[1], type_id=visit.public_id)

    refused("allowed_days", lambda: token(place, rao, visit, asha))
    assert token(place, rao, make.kind(), asha).status is Status.SCHEDULED


def test_one_active_is_per_doctor_and_day(place, rao, visit, asha):
    rule("one_active")
    token(place, rao, visit, asha)

    refused("one_active", lambda: token(place, rao, visit, asha, local(11)))
    booked = token(place, rao, visit, asha, local(10, day=TUESDAY))
    assert booked.status is Status.SCHEDULED


def test_a_patient_is_not_in_two_places_at_once(place, rao, visit, asha):
    rule("patient_overlap")
    other = make.resource(place)
    make.hours(place, other)
    token(place, rao, visit, asha)

    refused("patient_overlap", lambda: timed(place, other, visit, asha, local(10, 15)))
    booked = timed(place, other, visit, asha, local(10, 30))
    assert booked.status is Status.SCHEDULED


def test_moving_does_not_meet_itself(place, rao, visit, asha):
    rule("patient_overlap")
    rule("one_active")
    booked = timed(place, rao, visit, asha, local(14))

    moved = service.move(booked.id, NewPlace(local(14, 15)), by=SYSTEM, now=NOW)

    assert moved.span.start == local(14, 15)


def test_doses_lie_apart(place, rao, visit, asha):
    rule("dose_gap", days=28, type_id=visit.public_id)
    token(place, rao, visit, asha)

    soon, late = (MONDAY + timedelta(days=n) for n in (27, 28))
    refused("dose_gap", lambda: token(place, rao, visit, asha, local(10, day=soon)))
    booked = token(place, rao, visit, asha, local(10, day=late))
    assert booked.status is Status.SCHEDULED


def test_age_range_counts_full_years(place, rao, visit):
    rule("age_range", least=1, most=5)
    child, adult = (
        patients.register(
            NewPatient(name="Diya", birth_date=born),
            by=SYSTEM,
            now=NOW,
            scope=make.EVERYWHERE,
        )
        for born in (date(2021, 3, 3), date(2020, 3, 2))
    )

    refused("age_range", lambda: token(place, rao, visit, adult))
    assert token(place, rao, visit, child).status is Status.SCHEDULED


def test_age_range_asks_for_an_age(place, rao, visit, asha):
    rule("age_range", most=5)

    told = refused("age_range", lambda: token(place, rao, visit, asha))

    assert told["reason"] == "age_unknown"


def test_overbooking_is_for_who_may_and_as_far_as_allowed(place, visit, asha):
    dentist = make.resource(place)
    make.hours(place, dentist, make.opd(tokens=10))
    rule("overbooking", percent=10)
    for _ in range(10):
        token(place, dentist, visit, asha)

    meena = make.user(Role.RECEPTION, place).actor
    with pytest.raises(ForbiddenError):
        token(place, dentist, visit, asha, by=meena, overbook=True)
    eleventh = token(place, dentist, visit, asha, overbook=True)
    assert eleventh.token == "A-11"
    with pytest.raises(SlotFullError):
        token(place, dentist, visit, asha, overbook=True)


def test_cancelling_needs_notice(place, rao, visit, asha):
    rule("cancel_notice", minutes=120)
    booked = token(place, rao, visit, asha)

    refused("cancel_notice", lambda: service.cancel(booked.id, "x", by=SYSTEM, now=NOW))
    off = service.cancel(
        booked.id, "ill", by=SYSTEM, now=NOW, override=Override("fever")
    )
    assert off.status is Status.CANCELLED


def test_required_role_keeps_others_out(place, rao, visit, asha):
    rule("required_role", roles=["doctor"])
    meena, doctor = (
        make.user(role, place).actor for role in (Role.RECEPTION, Role.DOCTOR)
    )

    refused("required_role", lambda: token(place, rao, visit, asha, by=meena))
    assert token(place, rao, visit, asha, by=doctor).status is Status.SCHEDULED


def test_quiet_period_lies_between_cases(place, rao, visit, asha):
    rule("quiet_period", minutes=30)
    timed(place, rao, visit, asha, local(14))

    refused("quiet_period", lambda: timed(place, rao, visit, asha, local(14, 45)))
    assert timed(place, rao, visit, asha, local(15)).status is Status.SCHEDULED


def test_rules_hold_where_they_are_set(place, rao, visit, asha):
    other = make.facility()
    rule("lead_time", minutes=600, facility_id=other.public_id)

    assert token(place, rao, visit, asha).status is Status.SCHEDULED


def test_an_override_needs_permission_and_a_reason(place, rao, visit, asha):
    rule("lead_time", minutes=600)
    meena = make.user(Role.RECEPTION, place).actor
    why = Override("sent by the ward")

    with pytest.raises(ForbiddenError):
        token(place, rao, visit, asha, by=meena, override=why)
    with pytest.raises(InputError):
        token(place, rao, visit, asha, override=Override(" "))
    assert token(place, rao, visit, asha, override=why).status is Status.SCHEDULED


def test_a_rule_dropped_holds_no_longer(place, rao, visit, asha):
    set_rule = rule("lead_time", minutes=600)

    service.drop_rule(set_rule, by=SYSTEM, now=NOW)

    assert token(place, rao, visit, asha).status is Status.SCHEDULED


class EvenHours:
    """A rule of another package: on even hours only."""

    kind, judges = "even_hours", Judges.PLACE

    def check(self, case):
        if case.span.start.astimezone(case.facility.zone).hour % 2:
            raise refuse(self, field="starts_at")


@pytest.fixture
def added(monkeypatch):
    """Give the kinds that another package adds."""
    found = {"even_hours": EvenHours}

    def points(group):
        assert group == "baari.rules"
        return [SimpleNamespace(name=n, load=lambda k=k: k) for n, k in found.items()]

    monkeypatch.setattr(rules, "entry_points", points)
    rules.kinds.cache_clear()
    yield found
    rules.kinds.cache_clear()


def test_another_package_adds_a_kind(added, place, rao, visit, asha):
    rule("even_hours")

    refused("even_hours", lambda: token(place, rao, visit, asha, local(11)))
    assert token(place, rao, visit, asha, local(10)).status is Status.SCHEDULED


def test_another_package_replaces_none_of_ours(added, place, rao, visit, asha):
    added["lead_time"] = EvenHours
    rule("lead_time", minutes=600)

    refused("lead_time", lambda: token(place, rao, visit, asha, local(10)))


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("lead_time", {"minutes": -1}, "minutes"),
        ("lead_time", {"minutes": True}, "minutes"),
        ("lead_time", {"hours": 1}, "settings"),
        ("horizon", {"dates": ["soon"]}, "dates"),
        ("allowed_days", {"weekdays": []}, "weekdays"),
        ("required_role", {"roles": ["the king"]}, "roles"),
        ("age_range", {"least": 9, "most": 3}, "most"),
        ("luck", {}, "kind"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(kind, settings, field):
    with pytest.raises(InputError) as told:
        rules.build(kind, settings)

    assert told.value.field == field
