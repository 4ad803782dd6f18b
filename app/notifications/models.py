"""Rows of the notifications room; no other room names them."""

import uuid
from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.permissions import Role
from app.core.db import Instant, Model, choice
from app.notifications.kinds import (
    About,
    Agreed,
    Channel,
    Outcome,
    Rung,
    Sending,
    Subject,
    Told,
)


class Message(Model):
    """
    Something one recipient is to be told, written in the act it tells of.

    The recipient is a patient, a user, or whoever has a role at the facility. `data` is
    what the words need, never a finished sentence: the language is known when it is
    sent. `dedup_key` keeps the same thing from being told twice to the same recipient.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(patient_id, user_id, role) = 1", name="one_recipient"
        ),
        Index("ix_messages_appointment_id", "appointment_id"),
        Index(
            "ix_messages_user_id",
            "user_id",
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        # What is not sent any more is not due; so the sweep reads what is, and no more.
        CheckConstraint(
            "due_at IS NULL OR (status IN ('queued', 'sending', 'failed')"
            " AND patient_id IS NOT NULL)",
            name="due",
        ),
        CheckConstraint("tries >= 0", name="tries"),
        Index(
            "ix_messages_due_at",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_messages_facility_id", "facility_id", text("id DESC")),
        Index(
            "ix_messages_role",
            "facility_id",
            "role",
            postgresql_where=text("role IS NOT NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    # By its public id: whoever writes in the same transaction knows no other.
    appointment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appointments.public_id")
    )
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    role: Mapped[Role | None] = mapped_column(choice(Role, "role"))
    kind: Mapped[Told] = mapped_column(choice(Told, "kind"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    status: Mapped[Sending] = mapped_column(choice(Sending, "status"))
    dedup_key: Mapped[str] = mapped_column(String(160), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    # While it is being sent: when it counts as lost with the process that sent it.
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(server_default="0", default=0)


class MessageTry(Model):
    """One try to send a message, and what became of it; `words` hold no secret."""

    __tablename__ = "message_tries"
    __table_args__ = (Index("ix_message_tries_message_id", "message_id"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel"))
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome, "outcome"))
    words: Mapped[str] = mapped_column(String(200))
    # Under which registered text a gateway was asked to send it, if under one.
    template_id: Mapped[str] = mapped_column(String(100), server_default="", default="")


class MessageText(Model):
    """
    What a facility says instead of the usual words, and under what it is registered.

    A registered text is kept here even where it is the usual one: what a regulator has
    approved must not change with the files.
    """

    __tablename__ = "message_texts"
    __table_args__ = (
        UniqueConstraint("facility_id", "kind", "language", "channel"),
        CheckConstraint("channel IN ('email', 'sms', 'whatsapp')", name="channel"),
        CheckConstraint("written <> ''", name="written"),
        CheckConstraint(
            "template_id = ''"
            " OR (channel = 'sms' AND template_id ~ '^[0-9]{19}$')"
            " OR (channel = 'whatsapp' AND template_id ~ '^[a-z0-9_]+$')",
            name="template_id",
        ),
        CheckConstraint(
            "(channel = 'sms' AND template_id <> '') = (sender <> '')", name="sender"
        ),
    )

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    kind: Mapped[Told] = mapped_column(choice(Told, "kind"))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(30))
    written: Mapped[str] = mapped_column(String(4000))
    template_id: Mapped[str] = mapped_column(String(100), server_default="", default="")
    sender: Mapped[str] = mapped_column(String(6), server_default="", default="")


class MessageRule(Model):
    """Whether a facility sends registered texts alone to phones."""

    __tablename__ = "message_rules"

    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"), unique=True)
    registered_only: Mapped[bool]


class Contact(Model):
    """
    How a patient wants to be reached, who agreed to it, and what has stopped.

    Undecided means whatever there is. `agreed_by` is the patient's own name or that of
    their guardian.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint(
            "channel IN ('undecided', 'email', 'sms', 'whatsapp')", name="channel"
        ),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by = '')", name="agreed"),
        CheckConstraint("channel <> 'email' OR email <> ''", name="email"),
        CheckConstraint("stopped <@ '{email,sms,whatsapp}'::varchar[]", name="stopped"),
        CheckConstraint("(stopped_at IS NULL) = (stopped = '{}')", name="stopped_at"),
        CheckConstraint(
            "(guardian = '') = (guardian_is = '')"
            " AND (guardian = '') = (guardian_phone IS NULL)",
            name="guardian",
        ),
        CheckConstraint(
            "guardian_phone ~ '^\\+[1-9][0-9]{6,14}$'", name="guardian_phone_e164"
        ),
        Index(
            "ix_contacts_guardian_phone",
            "guardian_phone",
            postgresql_where=text("guardian_phone IS NOT NULL"),
        ),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(30))
    email: Mapped[str] = mapped_column(String(254))
    agreed_by: Mapped[str] = mapped_column(String(120))
    agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    # By which channels nothing is sent, and since when it is any.
    stopped: Mapped[list[str]] = mapped_column(ARRAY(String(30)), server_default="{}")
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    # Opens the page that stops messages, and nothing else.
    secret: Mapped[str | None] = mapped_column(String(16), unique=True)
    # Who is told instead of a minor: name, what they are to them, and phone in E.164.
    guardian: Mapped[str] = mapped_column(String(120), server_default="")
    guardian_is: Mapped[str] = mapped_column(String(40), server_default="")
    guardian_phone: Mapped[str | None] = mapped_column(String(16))


class Consent(Model):
    """
    Who agreed that a patient is sent messages, by which notice, and where.

    `given_as` is what they are to the patient; empty for the patient. `version` is that
    of the data-protection notice they read, in `language`.
    """

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("given_by <> ''", name="given_by"),
        UniqueConstraint("patient_id", "given_by", "given_as", "version"),
    )

    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    given_by: Mapped[str] = mapped_column(String(120))
    given_as: Mapped[str] = mapped_column(String(40), server_default="")
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    how: Mapped[Agreed] = mapped_column(choice(Agreed, "how"))
    given_at: Mapped[datetime] = mapped_column(Instant)


class Notice(Model):
    """
    Something the bell tells one user, written in the act it tells of.

    `data` is what the words need. An appointment or a queue is named by its public id;
    hours and conflicts are found by what `data` holds.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "dedup_key"),
        CheckConstraint(
            "(about IN ('appointment', 'queue')) = (about_id IS NOT NULL)",
            name="about_id",
        ),
        CheckConstraint("read_at >= created_at", name="read_at"),
        Index("ix_notices_user_id", "user_id", text("id DESC")),
        Index("ix_notices_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_created_at", "created_at"),
        # What is in a letter waits for none.
        CheckConstraint("num_nonnulls(mail_at, mailing_id) <= 1", name="mail"),
        Index(
            "ix_notices_mail_at",
            "mail_at",
            postgresql_where=text("mail_at IS NOT NULL"),
        ),
        Index(
            "ix_notices_mailing_id",
            "mailing_id",
            postgresql_where=text("mailing_id IS NOT NULL"),
        ),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    kind: Mapped[Rung] = mapped_column(choice(Rung, "kind"))
    about: Mapped[About] = mapped_column(choice(About, "about"))
    about_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedup_key: Mapped[str] = mapped_column(String(160))
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    # From when it may go by mail, until it is decided whether it does, and in which.
    mail_at: Mapped[datetime | None] = mapped_column(Instant)
    mailing_id: Mapped[int | None] = mapped_column(
        ForeignKey("mailings.id", ondelete="SET NULL")
    )


class Mailing(Model):
    """
    A letter to one user: what the bell told them at a facility, as far as they wish.

    `words` say what became of the last try. What it holds are the notices of it.
    """

    __tablename__ = "mailings"
    __table_args__ = (
        CheckConstraint(
            "(due_at IS NOT NULL) = (status IN ('queued', 'sending', 'failed'))",
            name="due",
        ),
        CheckConstraint("tries >= 0", name="tries"),
        Index(
            "ix_mailings_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")
        ),
        Index("ix_mailings_created_at", "created_at"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    status: Mapped[Sending] = mapped_column(choice(Sending, "status"))
    words: Mapped[str] = mapped_column(String(200), server_default="", default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(server_default="0", default=0)


class MailWish(Model):
    """
    What a user wants by mail, and in which hours none, in the zone of the facility.

    Who has no row gets what is usual for their roles.
    """

    __tablename__ = "mail_wishes"
    __table_args__ = (
        CheckConstraint(
            f"subjects <@ ARRAY[{', '.join(map(repr, map(str, Subject)))}]::varchar[]",
            name="subjects",
        ),
        CheckConstraint(
            "(quiet_from IS NULL) = (quiet_till IS NULL) AND quiet_from <> quiet_till",
            name="quiet",
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), unique=True)
    subjects: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    quiet_from: Mapped[time | None]
    quiet_till: Mapped[time | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)
