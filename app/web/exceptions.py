"""Exceptions: leave, added time and holidays, with whom they strand; and back again."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from app.availability import queries, service
from app.availability.kinds import Offered
from app.availability.views import ExceptionView, NewException
from app.booking import queries as booking
from app.booking.queries import Stranded
from app.core.errors import DomainError, InputError, NotFoundError
from app.core.spans import Span
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.web import hours_desk, hours_words
from app.web.hours_desk import Whose, leave_for, span_of, whose
from app.web.reading import number_of
from app.web.telling import Refusal, refusal_of

bp = Blueprint("exceptions", __name__, url_prefix="/schedules")

_LONGEST = 200
_KINDS = {"tokens": Offered.TOKENS, "open": Offered.OPEN, "away": Offered.OPEN}
_FIELDS = {"slot_minutes": "slot", "tokens_per_slot": "tokens", "during": "last"}


class Asked(Struct, frozen=True):
    """The form as typed. `what` is away, tokens or open."""

    what: str = "away"
    first: str = ""
    start: str = ""
    last: str = ""
    end: str = ""
    slot: str = ""
    tokens: str = ""
    reason: str = ""
    everywhere: str = ""
    seen: str = ""

    @classmethod
    def read(cls, values: MultiDict[str, str]) -> "Asked":
        typed = {
            name: values.get(name, "")[:_LONGEST].strip()
            for name in cls.__struct_fields__
        }
        return cls(**typed | {"what": typed["what"] or "away"})

    def order(self, it: Whose) -> NewException:
        """
        Make the order of it.

        :raises InputError: naming the field that cannot be right
        """
        if self.what not in _KINDS or (it.resource is None and self.what != "away"):
            raise InputError(field="what", reason="choice")
        extra = self.what != "away"
        if extra and not (self.start and self.end):
            lacking = "start" if not self.start else "end"
            raise InputError(field=lacking, reason="required")
        during = span_of(
            self.first, self.start, self.last, self.end, it.zone, today=it.today
        )
        tokens = self.what == "tokens"
        away_everywhere = self.everywhere == "1" and not extra and it.resource
        return NewException(
            facility_id=None if away_everywhere else it.facility.public_id,
            resource_id=it.resource_id,
            is_available=extra,
            during=during,
            kind=_KINDS[self.what],
            slot_minutes=number_of({"slot": self.slot}, "slot") if tokens else None,
            tokens_per_slot=(
                number_of({"tokens": self.tokens}, "tokens") if tokens else None
            ),
            reason=self.reason,
        )


@bp.get("/<facility>/house/exception", defaults={"code": ""})
@bp.get("/<facility>/of/<code>/exception")
def form(facility: str, code: str) -> ResponseReturnValue:
    it = whose(facility, code)
    it.must_manage()
    asked = Asked.read(request.args)
    first = asked.first or it.today.isoformat()
    return _form(it, replace(asked, first=first), looked=False)


@bp.post("/<facility>/house/exception", defaults={"code": ""})
@bp.post("/<facility>/of/<code>/exception")
def add(facility: str, code: str) -> ResponseReturnValue:
    """Look whom it strands, or write it down."""
    it = whose(facility, code)
    asked = Asked.read(request.form)
    by = current.actor()
    stranded: list[Stranded] = []
    try:
        order = asked.order(it)
        stranded = booking.impact(order, by=by, now=it.now)
        if request.form.get("act") == "look":
            return _form(it, asked, stranded=stranded)
        hours_desk.must_be_seen(stranded, asked.seen)
        service.add_exception(order, by=by, now=it.now)
    except DomainError as refusal:
        told = refusal_of(refusal, it.zone)
        told = replace(told, field=_FIELDS.get(refusal.field or "", told.field))
        looked = bool(stranded)
        status = problem_of(refusal).status
        return _form(it, asked, told, status, stranded, looked=looked)
    return leave_for(it.to("schedules.show", done="added", week=asked.first))


@bp.get("/<facility>/house/exception/<uuid:exception>", defaults={"code": ""})
@bp.get("/<facility>/of/<code>/exception/<uuid:exception>")
def revoke_form(facility: str, code: str, exception: UUID) -> ResponseReturnValue:
    """Ask once more, and tell who is booked in time that was added."""
    it = whose(facility, code)
    it.must_manage()
    found = _standing(it, exception)
    return page(
        "web/hours/revoke.html",
        partial="web/hours/_revoke.html",
        it=it,
        facility=it.facility,
        exception=found,
        told=hours_words.span_told(found.span, it.zone),
        stranded=_within(it, found),
        unclear=False,
        zone=it.zone,
        now=it.now,
    )


@bp.post("/<facility>/house/exception/<uuid:exception>", defaults={"code": ""})
@bp.post("/<facility>/of/<code>/exception/<uuid:exception>")
def revoke(facility: str, code: str, exception: UUID) -> ResponseReturnValue:
    it = whose(facility, code)
    service.revoke_exception(exception, by=current.actor(), now=it.now)
    return leave_for(it.to("schedules.show", done="revoked"))


def _standing(it: Whose, exception: UUID) -> ExceptionView:
    window = Span(it.now, it.now + hours_desk.AHEAD)
    found = queries.exceptions(
        it.facility,
        window,
        by=current.actor(),
        resource=it.resource,
        holidays=it.resource is None,
    )
    for each in found:
        if each.id == exception:
            return each
    raise NotFoundError("exception", field="exception_id")


def _within(it: Whose, found: ExceptionView) -> list[Stranded]:
    """Tell who is booked in added time: taking it back strands them, as leave would."""
    if not found.is_available or found.span.end <= it.now:
        return []
    instead = NewException(
        facility_id=it.facility.public_id,
        resource_id=it.resource_id,
        is_available=False,
        during=found.span,
    )
    return booking.impact(instead, by=current.actor(), now=it.now)


def _form(
    it: Whose,
    asked: Asked,
    refusal: Refusal | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    stranded: list[Stranded] | None = None,
    *,
    looked: bool = True,
) -> Response:
    found = stranded or []
    return page(
        "web/hours/exception.html",
        partial="web/hours/_exception.html",
        status=status,
        it=it,
        facility=it.facility,
        asked=asked,
        looked=looked,
        stranded=found,
        unclear=False,
        seen=hours_desk.mark(found),
        refusal=refusal,
        address=it.to("exceptions.add"),
        zone=it.zone,
        now=it.now,
    )
