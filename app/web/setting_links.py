"""Links with which other sites lead to booking: plain ones, and codes to print."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec import Struct

from app.accounts.permissions import Permission
from app.core.errors import NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current, qr
from app.web.setting_form import place_of

bp = Blueprint("setting_links", __name__, url_prefix="/setup")

# As on our own pages where a facility has no colour of its own.
_USUAL = "#0b655a"


class Lead(Struct, frozen=True):
    """
    A link to a page of booking: what it says, and where it leads.

    `entry` is what its address names of the facility: a department, a doctor, nothing.
    """

    place: FacilityView
    name: str
    entry: dict[str, Any]

    @property
    def address(self) -> str:
        return url_for(
            "booking_online.landing",
            facility=self.place.slug,
            _external=True,
            **self.entry,
        )

    @property
    def html(self) -> str:
        """Write a link that needs nothing of ours on the other site, as no script."""
        style = (
            f"display:inline-block;padding:.75em 1.25em;border-radius:.5em;"
            f"background:{self.place.colour or _USUAL};color:#fff;font-weight:600;"
            "text-decoration:none"
        )
        told = Markup('<a href="{}" style="{}">Book a visit: {}</a>')
        return str(told.format(self.address, style, self.name))

    @property
    def code(self) -> Markup:
        return qr.picture(self.address)

    def file(self, kind: str) -> str:
        """Give where its code is had as a file."""
        return url_for(
            "setting_links.code", facility=self.place.slug, kind=kind, **self.entry
        )


@bp.get("/at/<facility>/online/links")
def show(facility: str) -> ResponseReturnValue:
    """Show the links of a facility, its departments and each whom patients book."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return render_template("web/setup/links.html", facility=place, leads=_leads(place))


@bp.get("/at/<facility>/online/links/code.<any(svg, png):kind>")
def code(facility: str, kind: str) -> ResponseReturnValue:
    """
    Give the code of a link as a file to print.

    :raises NotFoundError: if there is no such link
    """
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    asked = request.args.to_dict()
    for each in _leads(place):
        if each.entry == asked:
            name = "-".join(["book", place.slug, *each.entry.values()]).casefold()
            answer = Response(qr.file(each.address, kind))
            answer.mimetype = "image/svg+xml" if kind == "svg" else "image/png"
            answer.headers.set(
                "Content-Disposition", "attachment", filename=f"{name}.{kind}"
            )
            return answer
    raise NotFoundError("resource")


def _leads(place: FacilityView) -> list[Lead]:
    every = directory.resources(place, by=current.actor())
    shown = [each for each in every if each.on_show]
    departments = sorted({each.department for each in shown if each.department})
    return [
        Lead(place, place.name, {}),
        *(Lead(place, name, {"department": name}) for name in departments),
        *(Lead(place, each.name, {"doctor": each.code}) for each in shown),
    ]
