"""Set-up of queue policies: how a department's queues are ordered, tried on today's."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, NotFoundError
from app.directory import queries as directory
from app.directory.views import FacilityView
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.queues import queries, service
from app.queues.kinds import WalkIns
from app.queues.scoring.due_time import PRECEDENCE, DueTime
from app.queues.views import NewPolicy, PolicyView, Preview
from app.web import policy_words as words
from app.web.hours_desk import leave_for
from app.web.reading import uuid_of
from app.web.setting_form import (
    Sheet,
    Values,
    chosen,
    in_use,
    number,
    place_of,
    text,
)
from app.web.setting_home import DONE, Listing, Row

bp = Blueprint("policy", __name__, url_prefix="/setup/at/<facility>/policy")

EVERY = "all"


class About(Struct, frozen=True):
    """Whose policy it is: a department's, or of all that have none of their own."""

    facility: FacilityView
    name: str
    department_id: UUID | None
    versions: tuple[PolicyView, ...]
    usual: PolicyView | None

    @property
    def standing(self) -> PolicyView | None:
        """Give the version that holds; None while the usual does."""
        return self.versions[0] if self.versions else self.usual

    @property
    def where(self) -> str:
        return str(self.department_id) if self.department_id else EVERY


@bp.get("")
def index(facility: str) -> ResponseReturnValue:
    """List the departments with how their queues are ordered now."""
    place = place_of(facility, Permission.MANAGE_RULES)
    return Listing(
        "Queue policies",
        ("Queues of", "Ordered by", "Who walks in", "Saved", ""),
        [_row(each) for each in _all(place)],
        lead="A department without a policy of its own follows that of the facility.",
    ).shown(place, [])


@bp.get("/<where>")
def form(facility: str, where: str) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_RULES)
    about = _about(place, where)
    kept = about.standing
    return _shown(about, _order(about, words.typed(kept)), words.typed(kept))


@bp.post("/<where>/preview")
def preview(facility: str, where: str) -> ResponseReturnValue:
    """Show what a policy would do to today's queues; nothing is saved."""
    place = place_of(facility, Permission.MANAGE_RULES)
    about, values = _about(place, where), request.form
    try:
        return _shown(about, _order(about, values), values)
    except DomainError as error:
        return _refused(about, values, error)


@bp.post("/<where>")
def save(facility: str, where: str) -> ResponseReturnValue:
    """Let a policy hold from now on, as a version of its own."""
    place = place_of(facility, Permission.MANAGE_RULES)
    about, values = _about(place, where), request.form
    try:
        order = _order(about, values)
        service.save_policy(order, by=current.actor(), now=clock.now())
    except DomainError as error:
        return _refused(about, values, error)
    to = url_for(".form", facility=facility, where=where, done="changed")
    return leave_for(to)


def _all(place: FacilityView) -> list[About]:
    by = current.actor()
    found = queries.policy_versions(place, by=by)

    def of(name: str, department_id: UUID | None) -> About:
        own = tuple(e for e in found if e.department_id == department_id)
        usual = next((e for e in found if e.department_id is None), None)
        return About(place, name, department_id, own, usual)

    departments = directory.departments(place, by=by)
    return [
        of(f"{place.name}, all others", None),
        *(of(each.name, each.public_id) for each in in_use(departments)),
    ]


def _about(place: FacilityView, where: str) -> About:
    for each in _all(place):
        if each.where == where:
            return each
    if where != EVERY:
        uuid_of(where, field="department_id", what="department")
    raise NotFoundError("department", field="department_id")


def _row(about: About) -> Row:
    kept = about.standing
    own = about.versions[0] if about.versions else None
    since = words.saved(own, about.facility.zone) if own else "none of its own"
    return Row(
        about.name,
        url_for(".form", facility=about.facility.slug, where=about.where),
        (
            words.scoring_name(kept.scoring if kept else words.USUAL_SCORING),
            words.walk_ins(kept),
            since,
        ),
    )


def _order(about: About, values: Values) -> NewPolicy:
    """
    Read a policy as typed.

    :raises InputError: naming the field that cannot be right
    """
    scoring = text(values, "scoring")
    kept = about.standing
    settings: dict[str, Any] = {}
    if scoring == DueTime.kind:
        settings = {name: number(values, name) for name in words.MINUTES}
        settings["precedence"] = {
            need: number(values, f"precedence.{need}", 0) for need in PRECEDENCE
        }
    elif kept is not None and kept.scoring == scoring:
        settings = kept.settings
    walk_ins = chosen(values, "walk_ins", WalkIns)
    return NewPolicy(
        about.facility.public_id,
        about.department_id,
        scoring,
        settings,
        walk_ins,
        number(values, "share", 0) if walk_ins is WalkIns.SHARE else 0,
        number(values, "skip_places"),
        number(values, "no_show_minutes"),
        number(values, "long_wait_minutes"),
        number(values, "too_long_wait_minutes"),
        number(values, "come_minutes", 1440),
    )


def _shown(about: About, order: NewPolicy, values: Values) -> Response:
    found = queries.preview(order, by=current.actor(), now=clock.now())
    return _page(about, values, found)


def _refused(about: About, values: Values, error: DomainError) -> Response:
    return _page(about, values, [], error)


def _page(
    about: About,
    values: Values,
    found: list[Preview],
    error: DomainError | None = None,
) -> Response:
    to: dict[str, Any] = {"facility": about.facility.slug, "where": about.where}
    trying = request.endpoint == "policy.preview"
    sheet = Sheet(
        title=f"Queue policy: {about.name}",
        lead=words.LEAD,
        fields=words.FIELDS,
        address=url_for(".save", **to),
        back=url_for(".index", facility=about.facility.slug),
        submit="Save this policy",
        facility=about.facility,
    )
    return page(
        "web/setup/policy.html",
        partial="web/setup/_policy_preview.html"
        if trying
        else "web/setup/_policy.html",
        status=problem_of(error).status if error else 200,
        about=about,
        trying=url_for(".preview", **to),
        policy_words=words,
        previews=found,
        done=DONE.get(request.args.get("done", "")),
        **sheet.told(values, error),
    )
