"""Taking a place: what every act that books does with its draft."""

from datetime import datetime

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import drafting, placing
from app.booking.placing import Draft
from app.booking.rules.case import Judges
from app.booking.views import AppointmentView
from app.core.actor import Actor


def book(draft: Draft, *, by: Actor, now: datetime, request: bool) -> AppointmentView:
    """
    Book a draft, or request it, as far as its actor may and the rules allow.

    The caller holds the locks of everything it names.
    """
    status = drafting.first_status(draft, request=request, by=by)
    if draft.double_book:
        accounts.require(by, Permission.OVERRIDE, draft.scope)
    placing.judge(draft, (Judges.PLACE, Judges.PATIENT), by=by, now=now)
    return placing.place(draft, status, by=by, now=now)
