"""Plain data between notifications and those who write or read messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from app.accounts.permissions import Role
from app.notifications.kinds import (
    RESENT,
    About,
    Channel,
    Guardian,
    Outcome,
    Rung,
    Sending,
    Told,
)
from app.patients.views import PatientView


class To(Struct, frozen=True):
    """A recipient: one patient, one user, or a role at the facility."""

    patient_id: int | None = None
    user_id: int | None = None
    role: Role | None = None

    @property
    def key(self) -> str:
        """Name the recipient uniquely among all, as in patient:12."""
        if self.patient_id is not None:
            return f"patient:{self.patient_id}"
        return f"role:{self.role}" if self.role else f"user:{self.user_id}"


class Note(Struct, frozen=True):
    """
    Something to be told to a recipient about an appointment.

    `event` names what happened among all that ever happens to that appointment.
    """

    to: To
    kind: Told
    facility_id: int
    appointment_id: UUID
    event: str
    data: Mapping[str, Any]


class Ring(Struct, frozen=True):
    """
    Something the bell tells whom it concerns, but for who did it.

    That is a user, whoever stands for one of the resources, and who has a role at the
    facility or department. `event` names what happened among all that ever happens.
    """

    kind: Rung
    about: About
    facility_id: int
    event: str
    data: Mapping[str, Any]
    about_id: UUID | None = None
    user_id: int | None = None
    resource_ids: tuple[int, ...] = ()
    role: Role | None = None
    department_id: int | None = None
    actor_id: int | None = None


class NoticeView(Struct, frozen=True):
    """What the bell told a user, and when they read it."""

    id: UUID
    kind: Rung
    about: About
    about_id: UUID | None
    facility_id: int
    data: Mapping[str, Any]
    created_at: datetime
    read_at: datetime | None


class ContactView(Struct, frozen=True):
    """
    How a patient wants to be reached; `undecided` is whatever there is.

    `agreed_by` is their own name or their guardian's, who is told instead of a minor:
    by phone, E.164. Nothing is sent by the channels `stopped`, since `stopped_at`.
    """

    channel: Channel = Channel.UNDECIDED
    email: str = ""
    agreed_by: str = ""
    agreed_at: datetime | None = None
    stopped: frozenset[Channel] = frozenset()
    stopped_at: datetime | None = None
    guardian: str = ""
    guardian_is: Guardian | None = None
    guardian_phone: str | None = None


class TryView(Struct, frozen=True):
    """
    One try to send a message; `words` say what came of it, or why there was none.

    `template_id` is that of the registered text it was sent as, if it was.
    """

    at: datetime
    channel: Channel
    outcome: Outcome
    words: str
    template_id: str = ""


class TextView(Struct, frozen=True):
    """
    The words of a kind in a language for a channel: a facility's own, or the usual.

    `template_id` is under what they are registered: a DLT id with its sender for SMS,
    the name of an approved template for WhatsApp.
    """

    kind: Told
    language: str
    channel: Channel
    written: str
    own: bool = False
    template_id: str = ""
    sender: str = ""

    @property
    def name(self) -> str:
        """Name it among the texts of its facility, as in booked:ml:sms."""
        return f"{self.kind}:{self.language}:{self.channel}"


class SentView(Struct, frozen=True):
    """A patient's message on its way: what it says, and each try, the latest first."""

    message: "MessageView"
    patient: PatientView
    text: str
    due_at: datetime | None
    tries: tuple[TryView, ...]
    # What it would say in each other language, by language.
    others: tuple[tuple[str, str], ...] = ()

    @property
    def may_resend(self) -> bool:
        """Say whether nothing more is done by itself, and it did not surely arrive."""
        return self.message.status in RESENT


class MessageView(Struct, frozen=True):
    """A message as it stands; patient and user by their row numbers."""

    id: UUID
    kind: Told
    channel: Channel
    status: Sending
    appointment_id: UUID
    data: Mapping[str, Any]
    created_at: datetime
    patient_id: int | None = None
    user_id: int | None = None
    role: Role | None = None

    @property
    def recipient(self) -> str:
        """Say what kind of recipient it has: patient, user or role."""
        if self.patient_id is not None:
            return "patient"
        return "role" if self.role else "user"
