"""Who agrees: the notice of what is kept, and of a minor a parent or guardian."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.views import Scope
from app.core.errors import DomainError, InputError
from app.core.text import clean
from app.doors import booking_words
from app.doors.problems import problem_of
from app.notifications import consenting, service
from app.notifications.consenting import NOTICE, Agreement
from app.notifications.kinds import Agreed, Guardian
from app.patients.views import PatientView
from app.public import booking_path
from app.public.booking_choosing import tell, vary, words
from app.public.booking_path import Path

bp = Blueprint("booking_guardian", __name__, url_prefix="/book")
bp.after_request(vary)
bp.register_error_handler(DomainError, tell)


@bp.get("/<facility>/notice")
def notice(facility: str) -> ResponseReturnValue:
    """Show what is kept of patients, and why."""
    return render_template(
        "public/book/notice.html",
        facility=booking_path.place_of(facility),
        version=NOTICE,
        **words(),
    )


@bp.get("/<facility>/guardian")
def ask(facility: str) -> ResponseReturnValue:
    """Ask who agrees for a minor."""
    path = booking_path.read()
    if path.facility != facility or path.booked or not path.who:
        return redirect(url_for("booking_person.who", facility=facility), 303)
    return _shown(path, path.who)


@bp.post("/<facility>/guardian")
def take(facility: str) -> ResponseReturnValue:
    """Take down who agrees; the phone, which is theirs, is proved next."""
    path = booking_path.read()
    if path.facility != facility or path.booked or not path.who:
        return redirect(url_for("booking_person.who", facility=facility), 303)
    typed = {
        name: request.form.get(name, "")[:120].strip()
        for name in ("guardian", "guardian_is")
    }
    try:
        clean(typed["guardian"], field="guardian", least=1, most=120)
        _is(typed["guardian_is"])
    except InputError as refusal:
        return _shown(path, typed, refusal)
    booking_path.write(path, who=path.who | typed)
    return redirect(url_for("booking_person.check", facility=facility), 303)


def missing(path: Path, born: int | None, now: datetime) -> bool:
    """Say whether a guardian has to be asked for first."""
    return consenting.young(born, now) and not path.who.get("guardian")


def agreed(path: Path, person: PatientView, scope: Scope, *, now: datetime) -> None:
    """Keep that who books agrees to what stands on the page they book from."""
    young = consenting.minor(person, now)
    told = Agreement(
        given_by=path.who.get("guardian", "") if young else person.name,
        language=booking_path.reading().language.code,
        how=Agreed.ONLINE,
        given_as=_is(path.who.get("guardian_is", "")) if young else None,
        phone=person.phone if young else None,
    )
    service.agree(person.public_id, told, scope, by=path.actor, now=now)


def _is(written: str) -> Guardian:
    try:
        return Guardian(written)
    except ValueError as exc:
        raise InputError(field="guardian_is", reason="choice") from exc


def _shown(
    path: Path, typed: dict[str, str], refusal: InputError | None = None
) -> ResponseReturnValue:
    language = booking_path.reading().language
    page = render_template(
        "public/book/guardian.html",
        facility=booking_path.place_of(path.facility),
        path=path,
        typed=typed,
        kinds=[each.value for each in Guardian],
        error=booking_words.refusal(refusal, language) if refusal else "",
        field=refusal.field if refusal else None,
        **words(),
    )
    return page, problem_of(refusal).status if refusal else 200
