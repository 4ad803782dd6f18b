"""Set-up of where visits that are booked through the network are paid."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory import service
from app.directory.kinds import NetworkTerms
from app.directory.views import FacilityView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import Field, Sheet, chosen, place_of

bp = Blueprint("setting_network", __name__, url_prefix="/setup")

TERMS = (
    (NetworkTerms.DESK.value, "At the desk, when the patient is here"),
    (NetworkTerms.PREPAID.value, "Before it is booked, through the buyer's app"),
)


@bp.get("/at/<facility>/network")
def form(facility: str) -> ResponseReturnValue:
    return _sheet(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/at/<facility>/network")
def change(facility: str) -> ResponseReturnValue:
    """Set the terms of what is asked for from now on."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        terms = chosen(typed, "terms", NetworkTerms)
        service.set_network_terms(place, terms, by=by, now=clock.now())
    except DomainError as error:
        return _sheet(place).shown(typed, error)
    return leave_for(url_for("setup.show", facility=facility, done="changed"))


def _sheet(place: FacilityView) -> Sheet:
    return Sheet(
        title=f"Network payment at {place.name}",
        fields=(
            Field(
                "terms",
                "They pay",
                "choice",
                hint="types without a price are paid at the desk",
                options=TERMS,
                start=(directory.network_terms(place).value,),
            ),
        ),
        address=url_for(".change", facility=place.slug),
        back=url_for("setup.show", facility=place.slug),
        submit="Change it",
        facility=place,
        lead="Where patients pay who book through an app of the network. What was"
        " quoted before stays as it was quoted.",
    )
