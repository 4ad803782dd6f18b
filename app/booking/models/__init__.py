"""Rows of the booking room; no other room names them."""

from app.booking.models.appointments import (
    ASKED,
    HELD,
    ONE_PROCEDURE,
    Appointment,
    AppointmentSeries,
    Participant,
    StatusMove,
    Token,
    TokenSeries,
    TokenSlot,
)
from app.booking.models.cascades import (
    Cascade,
    CascadeItem,
    CascadeOrder,
    Proposal,
)
from app.booking.models.claims import NO_TWO_CLAIMS, BookingResource, ResourceConflict
from app.booking.models.displacements import (
    Displacement,
    DisplacementEntry,
    DisplacementSlot,
    Rebooking,
)
from app.booking.models.procedures import (
    Procedure,
    ProcedureNeed,
    ProcedurePatient,
)
from app.booking.models.ratings import Rating
from app.booking.models.rules import DailyLoad, IdempotencyKey, RuleSetting
from app.booking.models.waitlist import Offer, WaitlistEntry

__all__ = [
    "ASKED",
    "HELD",
    "NO_TWO_CLAIMS",
    "ONE_PROCEDURE",
    "Appointment",
    "AppointmentSeries",
    "BookingResource",
    "Cascade",
    "CascadeItem",
    "CascadeOrder",
    "DailyLoad",
    "Displacement",
    "DisplacementEntry",
    "DisplacementSlot",
    "IdempotencyKey",
    "Offer",
    "Participant",
    "Procedure",
    "ProcedureNeed",
    "ProcedurePatient",
    "Proposal",
    "Rating",
    "Rebooking",
    "ResourceConflict",
    "RuleSetting",
    "StatusMove",
    "Token",
    "TokenSeries",
    "TokenSlot",
    "WaitlistEntry",
]
