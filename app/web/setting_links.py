"""Links with which other sites lead to booking: plain ones, and codes to print."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.accounts.permissions import Permission
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current, qr
from app.web.setting_form import place_of

bp = Blueprint("setting_links", __name__, url_prefix="/setup")

# As on our own pages where a facility has no colour of its own.
_USUAL = "#0b655a"


@dataclass(frozen=True, slots=True)
class Lead:
    """A link to a page of booking: what it says, where, and how it is written."""

    name: str
    address: str
    html: str
    code: Markup


@bp.get("/at/<facility>/online/links")
def show(facility: str) -> ResponseReturnValue:
    """Show the link of a facility and of each whom patients book there."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    every = directory.resources(place, by=current.actor())
    shown = [each for each in every if each.on_show]
    whole = url_for("booking_online.landing", facility=facility, _external=True)
    leads = [_lead(place, place.name, whole)]
    for each in shown:
        own = url_for(
            "booking_online.reason",
            facility=facility,
            doctor=each.code,
            _external=True,
        )
        leads.append(_lead(place, each.name, own))
    return render_template("web/setup/links.html", facility=place, leads=leads)


def _lead(place: FacilityView, name: str, address: str) -> Lead:
    """Write a link that needs nothing of ours on the other site, as no script."""
    style = (
        f"display:inline-block;padding:.75em 1.25em;border-radius:.5em;"
        f"background:{place.colour or _USUAL};color:#fff;font-weight:600;"
        "text-decoration:none"
    )
    told = Markup('<a href="{}" style="{}">Book a visit: {}</a>')
    written = told.format(address, style, name)
    return Lead(name, address, str(written), qr.picture(address))
