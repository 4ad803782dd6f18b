"""Who keeps the hours of a resource sets its windows and limits, and no other rules."""

import pytest

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.views import Reach
from app.booking import service
from app.booking.setting import NewRule
from app.booking.window_queries import windows
from app.core.actor import SYSTEM
from app.core.errors import ForbiddenError, RuleError
from app.directory import service as directory
from tests import factories as make
from tests.factories import NOW, local


@pytest.fixture
def place(session):
    return make.facility()


@pytest.fixture
def rao(place):
    rao = make.resource(place, token_prefix="A")
    make.hours(place, rao, make.opd())
    return rao


def keeper(place, rao):
    """Make somebody who looks at all of a place, and keeps the hours of one."""
    user = make.user(Role.NURSE, place)
    reach = Reach(resource_id=rao.id)
    accounts.give_role(user.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    return user.actor


def test_who_keeps_hours_sets_their_limits_and_drops_them(place, rao):
    doctor = keeper(place, rao)
    order = NewRule(
        "daily_limit",
        {"limit": 0},
        facility_id=place.public_id,
        resource_id=rao.public_id,
    )

    limit = service.add_rule(order, by=doctor, now=NOW)
    (told,) = windows(place, rao, by=doctor)
    order = make.token_order(place, rao, make.kind(), make.patient(), local(10))
    with pytest.raises(RuleError) as told_no:
        service.book_token(order, by=SYSTEM, now=NOW)
    service.drop_rule(limit, by=doctor, now=NOW)

    assert told_no.value.params["rule"] == "daily_limit"
    assert (told.id, told.settings) == (limit, {"limit": 0})
    assert windows(place, rao, by=doctor) == []


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("daily_limit", "another"),
        ("daily_limit", "everybody"),
        ("required_role", "own"),
        ("required_role", "another"),
    ],
)
def test_who_keeps_hours_sets_no_other_rules(place, rao, kind, of):
    other = make.resource(place)
    whose = {"own": rao, "another": other}.get(of)
    settings = {"limit": 1} if kind == "daily_limit" else {"roles": ["doctor"]}
    order = NewRule(
        kind,
        settings,
        facility_id=place.public_id,
        resource_id=whose.public_id if whose else None,
    )

    with pytest.raises(ForbiddenError):
        service.add_rule(order, by=keeper(place, rao), now=NOW)


def test_who_has_one_calendar_alone_sees_what_holds_for_it(place, rao):
    doctor = make.user(None)
    reach = Reach(resource_id=rao.id)
    accounts.give_role(doctor.username, Role.DOCTOR, reach, by=SYSTEM, now=NOW)
    order = NewRule("daily_limit", {"limit": 9}, facility_id=place.public_id)
    limit = service.add_rule(order, by=SYSTEM, now=NOW)

    assert [each.id for each in windows(place, rao, by=doctor.actor)] == [limit]
    assert [each.id for each in windows(place, None, by=doctor.actor)] == [limit]
    for there, whose in ((place, make.resource(place)), (make.facility(), None)):
        with pytest.raises(ForbiddenError):
            windows(there, whose, by=doctor.actor)


def test_windows_are_those_of_the_resource_its_department_and_all(place):
    surgery, medicine = (
        directory.add_department(place, name, by=SYSTEM, now=NOW)
        for name in ("Surgery", "Medicine")
    )
    rao = make.resource(place, department_id=medicine.id)
    ids = [
        service.add_rule(
            NewRule(kind, settings, facility_id=place.public_id, **where),
            by=SYSTEM,
            now=NOW,
        )
        for kind, settings, where in (
            ("horizon", {"days": 30}, {}),
            ("horizon", {"days": 20}, {"department_id": medicine.public_id}),
            ("horizon", {"days": 10}, {"department_id": surgery.public_id}),
            ("lead_time", {"minutes": 5}, {"resource_id": rao.public_id}),
            ("required_role", {"roles": ["doctor"]}, {"resource_id": rao.public_id}),
        )
    ]

    assert [each.id for each in windows(place, rao, by=SYSTEM)] == [
        ids[3],
        ids[0],
        ids[1],
    ]
    assert [each.id for each in windows(place, None, by=SYSTEM)] == [ids[0]]
