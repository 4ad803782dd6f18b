"""Set-up of ids by which national registries know a facility and its people."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory import service
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView, ResourceView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import Field, Sheet, place_of, text

bp = Blueprint("setting_registries", __name__, url_prefix="/setup")


@bp.get("/at/<facility>/registries")
def form(facility: str) -> ResponseReturnValue:
    return _sheet(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/at/<facility>/registries")
def change(facility: str) -> ResponseReturnValue:
    """Set the ids; an empty one is none."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    ids = {
        each.public_id: text(typed, _name(each))
        for each in _people(place)
        if _name(each) in typed
    }
    try:
        service.set_registry_ids(
            place, text(typed, "hfr_id"), ids, by=by, now=clock.now()
        )
    except DomainError as error:
        return _sheet(place).shown(typed, error)
    return leave_for(url_for("setup.show", facility=facility, done="changed"))


def _people(place: FacilityView) -> list[ResourceView]:
    return [
        each
        for each in directory.resources(place, by=current.actor())
        if each.kind is ResourceKind.PRACTITIONER and each.active
    ]


def _name(each: ResourceView) -> str:
    return f"hpr-{each.code}"


def _sheet(place: FacilityView) -> Sheet:
    known = directory.registry_ids()
    people = tuple(
        Field(
            _name(each),
            f"HPR id of {each.name}",
            start=(known.resources.get(each.id, ""),),
        )
        for each in _people(place)
    )
    return Sheet(
        title=f"Ids in national registries of {place.name}",
        fields=(
            Field(
                "hfr_id",
                "HFR id of the facility",
                hint="such as IN3310001234; empty where there is none",
                start=(known.facilities.get(place.id, ""),),
            ),
            *people,
        ),
        address=url_for(".change", facility=place.slug),
        back=url_for("setup.show", facility=place.slug),
        submit="Change them",
        facility=place,
        lead="Catalogs of a network tell them, and patients find a doctor by theirs.",
    )
