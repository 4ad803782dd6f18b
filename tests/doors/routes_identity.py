"""Routes of who proves a phone, and of who scans a sign: open to everybody."""

from typing import Any

from flask import current_app
from itsdangerous import Signer, URLSafeSerializer

from app.patients import abha
from app.patients.abha_demo import HOLDERS, DemoRegistry
from tests.doors.access import Answer, Route, everybody, staff
from tests.doors.world import World

ACT = staff(outsider=Answer.HIDDEN, analyst=Answer.FORBIDDEN)


def _step(_: World) -> dict[str, Any]:
    signer = URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="step")
    return {"step": signer.dumps({"back": "/", "place": "kochi"})}


def scan_args(world: World) -> dict[str, Any]:
    """Name a sign as its address does."""
    signer = Signer(str(current_app.config["SECRET_KEY"]), salt="scan")
    things = (world.kochi, world.rao, world.visit)
    told = "/".join(str(each.public_id) for each in things)
    return {
        "facility": world.kochi.slug,
        "resource": world.rao.code,
        "kind": world.visit.code,
        "sign": signer.get_signature(told).decode(),
    }


def _abha_step(world: World) -> dict[str, Any]:
    # Which test was here before says who verifies numbers by now.
    abha.use(DemoRegistry())
    return _step(world)


IDENTITY = (
    Route("proving.phone", "GET", everybody(), args=_step),
    Route(
        "proving.send",
        "POST",
        everybody(),
        args=_step,
        form=lambda _: {"phone": "98470 12399"},
    ),
    Route("proving.abha_number", "GET", everybody(), args=_abha_step),
    Route(
        "proving.ask_holder",
        "POST",
        everybody(),
        args=_abha_step,
        form=lambda _: {"abha_number": HOLDERS[0].number},
    ),
    Route("proving.code", "GET", everybody(), args=_step),
    Route("proving.check", "POST", everybody(), args=_step),
    Route("proving.outbox", "GET", everybody()),
    Route("devices.index", "GET", everybody()),
    Route(
        "devices.forget",
        "POST",
        everybody(),
        args=lambda world: {"device": world.asha.public_id},
    ),
    Route("scanning.form", "GET", everybody(), args=scan_args),
    Route("scanning.take", "POST", everybody(), args=scan_args),
    Route(
        "arrivals.scan_sign",
        "GET",
        ACT,
        args=lambda world: {"facility": world.kochi.slug},
    ),
)
