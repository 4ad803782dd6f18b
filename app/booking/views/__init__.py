"""Plain data between doors and booking."""

from app.booking.views.joint import JointOpening, Member, Part, Seeking
from app.booking.views.links import Link
from app.booking.views.listed import (
    ColumnView,
    DayView,
    MonthView,
    Opening,
    SlotView,
    VisitView,
)
from app.booking.views.orders import (
    Arrangement,
    Holding,
    NewPlace,
    NewTimed,
    NewToken,
    NewWaiting,
    Once,
    Override,
    Repeat,
    Want,
)
from app.booking.views.procedures import NewProcedure, ProcedurePlace, ProcedureView
from app.booking.views.resources import (
    Assigned,
    Choice,
    ConflictView,
    Hindrance,
    Party,
    Passed,
)
from app.booking.views.told import (
    AppointmentView,
    ClaimView,
    Clash,
    Occurrence,
    OfferView,
    ParticipantView,
    SeriesView,
    WaitingView,
)

__all__ = [
    "AppointmentView",
    "Arrangement",
    "Assigned",
    "Choice",
    "ClaimView",
    "Clash",
    "ColumnView",
    "ConflictView",
    "DayView",
    "Hindrance",
    "Holding",
    "JointOpening",
    "Link",
    "Member",
    "MonthView",
    "NewPlace",
    "NewProcedure",
    "NewTimed",
    "NewToken",
    "NewWaiting",
    "Occurrence",
    "OfferView",
    "Once",
    "Opening",
    "Override",
    "Part",
    "ParticipantView",
    "Party",
    "Passed",
    "ProcedurePlace",
    "ProcedureView",
    "Repeat",
    "Seeking",
    "SeriesView",
    "SlotView",
    "VisitView",
    "WaitingView",
    "Want",
]
