"""Routes on which patients book, without a sign-in, and the switch that lets them."""

from typing import Any
from uuid import uuid4

from app.core.actor import SYSTEM
from app.directory import service as directory
from tests import factories as make
from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.pictures import DOT, Sent
from tests.doors.world import NOW, World
from tests.factories import MONDAY, local

_KEEP = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN, desk=Answer.FORBIDDEN)
_ADMIN = _KEEP
_NOBODYS = dict.fromkeys(everybody(), Answer.HIDDEN)


def _facility(world: World) -> dict[str, Any]:
    return {"facility": world.kochi.slug}


def _rao(world: World) -> dict[str, Any]:
    directory.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    return _facility(world) | {"doctor": world.rao.code}


def _logo(world: World) -> dict[str, Any]:
    place = directory.set_logo(world.kochi, DOT, by=SYSTEM, now=NOW)
    return _facility(world) | {"mark": place.logo[:16]}


def _reason(world: World) -> dict[str, Any]:
    return _rao(world) | {"reason": make.kind().code}


def _day(world: World) -> dict[str, Any]:
    return _reason(world) | {"on": MONDAY}


PUBLIC = (
    Route("booking_online.landing", "GET", everybody(), args=_facility),
    Route("booking_online.colour", "GET", everybody(), args=_facility),
    Route("booking_online.reason", "GET", everybody(), args=_rao),
    Route("booking_online.day", "GET", everybody(), args=_reason),
    Route("booking_online.time", "GET", everybody(), args=_day),
    Route(
        "booking_online.keep",
        "POST",
        everybody(),
        args=_day,
        form=lambda _: {"at": f"token@{local(10).isoformat()}"},
    ),
    Route("booking_guardian.notice", "GET", everybody(), args=_facility),
    Route("booking_guardian.ask", "GET", everybody(), args=_facility),
    Route("booking_guardian.take", "POST", everybody(), args=_facility),
    Route("booking_person.who", "GET", everybody(), args=_facility),
    Route("booking_person.tell_who", "POST", everybody(), args=_facility),
    Route("booking_person.check", "GET", everybody(), args=_facility),
    Route("booking_person.confirm", "POST", everybody(), args=_facility),
    Route("booking_person.done", "GET", everybody(), args=_facility),
    Route("booking_person.calendar", "GET", _NOBODYS, args=_facility),
    Route("booking_again.again", "POST", everybody(), args=_facility),
    Route("booking_waiting.form", "GET", everybody(), args=_reason),
    Route("booking_waiting.join", "POST", everybody(), args=_reason),
    Route(
        "booking_waiting.leave",
        "POST",
        everybody(),
        args=lambda world: _reason(world) | {"entry": uuid4()},
    ),
    Route("setting_online.form", "GET", _ADMIN, args=_facility),
    Route("setting_links.show", "GET", _ADMIN, args=_facility),
    Route(
        "setting_links.code",
        "GET",
        _ADMIN,
        args=lambda world: _facility(world) | {"kind": "svg"},
    ),
    Route(
        "setting_online.change",
        "POST",
        _ADMIN,
        args=_facility,
        form=lambda _: {"colour": "#0b655a", "online_holds": "9"},
    ),
    Route("setting_registries.form", "GET", _ADMIN, args=_facility),
    Route(
        "setting_registries.change",
        "POST",
        _ADMIN,
        args=_facility,
        form=lambda _: {"hfr_id": "IN3310001234"},
    ),
    Route("setting_network.form", "GET", _ADMIN, args=_facility),
    Route(
        "setting_network.change",
        "POST",
        _ADMIN,
        args=_facility,
        form=lambda _: {"terms": "prepaid"},
    ),
    Route("branding.logo", "GET", everybody(), args=_logo),
    Route("setting_logo.form", "GET", _ADMIN, args=_facility),
    Route(
        "setting_logo.change",
        "POST",
        _ADMIN,
        args=_facility,
        form=lambda _: {"logo": (Sent(DOT), "logo.png")},
    ),
    Route("setting_logo.remove", "POST", _ADMIN, args=_facility),
    Route(
        "showing.show",
        "POST",
        _KEEP,
        args=lambda world: _facility(world) | {"code": world.rao.code},
        form=lambda _: {"public": "1"},
    ),
)
