"""Rows of the booking room; no other room names them."""

from app.booking.models.appointments import (
    ONE_PROCEDURE,
    Appointment,
    AppointmentSeries,
    Participant,
    StatusMove,
    Token,
    TokenSeries,
    TokenSlot,
)
from app.booking.models.claims import NO_TWO_CLAIMS, BookingResource, ResourceConflict
from app.booking.models.procedures import (
    Procedure,
    ProcedureNeed,
    ProcedurePatient,
)
from app.booking.models.rules import DailyLoad, IdempotencyKey, RuleSetting
from app.booking.models.waitlist import Offer, WaitlistEntry

__all__ = [
    "NO_TWO_CLAIMS",
    "ONE_PROCEDURE",
    "Appointment",
    "AppointmentSeries",
    "BookingResource",
    "DailyLoad",
    "IdempotencyKey",
    "Offer",
    "Participant",
    "Procedure",
    "ProcedureNeed",
    "ProcedurePatient",
    "ResourceConflict",
    "RuleSetting",
    "StatusMove",
    "Token",
    "TokenSeries",
    "TokenSlot",
    "WaitlistEntry",
]
