"""Set-up of what patients see online: the colour, and how many places they hold."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError
from app.directory import queries as directory
from app.directory import service
from app.directory.views import FacilityView
from app.doors import current
from app.web.hours_desk import leave_for
from app.web.setting_form import Field, Sheet, number, place_of, text

bp = Blueprint("setting_online", __name__, url_prefix="/setup")

_COLOUR = "such as #0b655a, dark enough to be read; empty for the usual one"
_HOLDS = "while they answer; beyond that a place is booked without being kept first"


@bp.get("/at/<facility>/online")
def form(facility: str) -> ResponseReturnValue:
    return _sheet(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/at/<facility>/online")
def change(facility: str) -> ResponseReturnValue:
    """Set the colour and the number; a colour that cannot be read is refused."""
    place = directory.facility(facility, by=current.actor())
    typed = request.form
    try:
        service.set_online(
            place,
            colour=text(typed, "colour"),
            online_holds=number(typed, "online_holds"),
            by=current.actor(),
            now=clock.now(),
        )
    except DomainError as error:
        return _sheet(place).shown(typed, error)
    return leave_for(url_for("setup.show", facility=facility, done="changed"))


def _sheet(place: FacilityView) -> Sheet:
    return Sheet(
        title=f"Booking by patients at {place.name}",
        fields=(
            Field(
                "colour",
                "Colour of the pages of patients",
                hint=_COLOUR,
                start=(place.colour,),
            ),
            Field(
                "online_holds",
                "Places patients may hold at once",
                "number",
                _HOLDS,
                start=(str(place.online_holds),),
            ),
        ),
        address=url_for(".change", facility=place.slug),
        back=url_for("setup.show", facility=place.slug),
        submit="Change it",
        facility=place,
        lead="Who can be booked online is switched beside their hours.",
        links=(
            (url_for("booking_online.landing", facility=place.slug), "See the page"),
            (url_for("setting_links.show", facility=place.slug), "Links to it"),
        ),
    )
