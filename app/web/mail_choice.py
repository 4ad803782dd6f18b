"""What one gets by mail of what the bell tells: which kinds, and not at which hours."""

from datetime import time

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import DomainError, InputError
from app.doors import current
from app.doors.htmx import page
from app.doors.problems import problem_of
from app.notifications import queries, service
from app.notifications.kinds import Subject
from app.notifications.mail_wishes import MailView
from app.web import message_words
from app.web.reading import any_facility, clock_of
from app.web.setting_form import Field, Sheet, Values, text

bp = Blueprint("mail", __name__, url_prefix="/notices/mail")

_SUBJECTS = (
    (Subject.BOOKINGS.value, "New bookings and requests"),
    (Subject.CANCELLATIONS.value, "Visits cancelled, denied or displaced"),
    (Subject.CHANGES.value, "Visits moved, other hours"),
    (Subject.CONFLICTS.value, "Conflicts"),
    (Subject.LATE.value, "Late doctors"),
    (Subject.FILLS.value, "Places taken from the waitlist"),
)


@bp.get("/")
def form() -> ResponseReturnValue:
    """Show what one gets."""
    return _shown(done=request.args.get("done") == "1")


@bp.post("/")
def save() -> ResponseReturnValue:
    """Keep what one wants."""
    typed = request.form
    try:
        service.set_mail(_wanted(typed), by=current.actor(), now=clock.now())
    except DomainError as error:
        return _shown(typed, error)
    return redirect(url_for(".form", done=1), 303)


def _wanted(typed: Values) -> MailView:
    try:
        subjects = frozenset(map(Subject, typed.getlist("subjects")))
    except ValueError as exc:
        raise InputError(field="subjects", reason="choice") from exc
    return MailView(subjects, _time(typed, "quiet_from"), _time(typed, "quiet_till"))


def _time(typed: Values, name: str) -> time | None:
    """
    Read an hour of the day that may be left out.

    :raises InputError: if it is none
    """
    given = text(typed, name)
    return clock_of(given, field=name) if given else None


def _shown(
    typed: Values | None = None, error: DomainError | None = None, *, done: bool = False
) -> ResponseReturnValue:
    mail = queries.mail(by=current.actor())
    return page(
        "web/notices/mail.html",
        partial="web/notices/_mail.html",
        status=problem_of(error).status if error else 200,
        mail=mail,
        tell=message_words,
        done=done,
        **_sheet(mail).told(typed, error),
    )


def _sheet(mail: MailView) -> Sheet:
    start = tuple(each.value for each in Subject if each in mail.subjects)
    quiet = [f"{at:%H:%M}" if at else "" for at in (mail.quiet_from, mail.quiet_till)]
    return Sheet(
        title="Notices by e-mail",
        fields=(
            Field("subjects", "Mail me", "checks", options=_SUBJECTS, start=start),
            Field(
                "quiet_from",
                "Quiet from",
                hint="for example 21:00, in the time of the hospital",
                start=(quiet[0],),
            ),
            Field(
                "quiet_till",
                "Quiet until",
                hint="what came meanwhile is then one letter",
                start=(quiet[1],),
            ),
        ),
        address=url_for("mail.save"),
        back=url_for("notices.index"),
        submit="Keep it",
        facility=any_facility(),
    )
