import uuid
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, choice
from app.directory.kinds import (
    Category,
    LocationForm,
    NetworkTerms,
    ResourceKind,
)


class Facility(Model):
    """
    A hospital or clinic with a time zone of its own.

    `region` is the country, in two letters, whose phone numbers need no code there.
    `online_holds` is how many places patients may hold at once who are not yet proved;
    `colour` that of the pages of patients, or nothing for the usual one; `logo` the
    picture on them, of which `logo_mark` is what the database makes of its bytes.
    `hfr_id` is by what India's registry of facilities knows it; `network_terms` is
    where visits of the network are paid.
    """

    __tablename__ = "facilities"
    __table_args__ = (
        CheckConstraint("region ~ '^([A-Z]{2})?$'", name="region"),
        CheckConstraint("colour ~ '^(#[0-9a-f]{6})?$'", name="colour"),
        CheckConstraint("online_holds BETWEEN 0 AND 1000", name="online_holds"),
        CheckConstraint("hfr_id ~ '^[A-Za-z0-9-]*$'", name="hfr_id"),
        Index(
            "uq_facilities_hfr_id",
            "hfr_id",
            unique=True,
            postgresql_where=text("hfr_id <> ''"),
        ),
        CheckConstraint("octet_length(logo) BETWEEN 1 AND 36864", name="logo"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(2), server_default="", default="")
    address: Mapped[str] = mapped_column(String(300), server_default="")
    phone: Mapped[str] = mapped_column(String(20), server_default="")
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    online_holds: Mapped[int] = mapped_column(server_default="40", default=40)
    colour: Mapped[str] = mapped_column(String(7), server_default="", default="")
    hfr_id: Mapped[str] = mapped_column(String(40), server_default="", default="")
    network_terms: Mapped[NetworkTerms] = mapped_column(
        choice(NetworkTerms, "network_terms"),
        server_default=NetworkTerms.DESK,
        default=NetworkTerms.DESK,
    )
    # Who reads a facility seldom wants its picture.
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_mark: Mapped[str | None] = mapped_column(
        String(64), Computed("encode(sha256(logo), 'hex')", persisted=True)
    )


class Department(Model):
    """A part of a facility; out of use, nothing new is put in it."""

    __tablename__ = "departments"
    __table_args__ = (
        Index("uq_departments_facility_name", "facility_id", "name", unique=True),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    name: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class Practitioner(Model):
    """
    A doctor, nurse or therapist: the original of a resource.

    `hpr_id` is by what India's registry of professionals knows them.
    """

    __tablename__ = "practitioners"
    __table_args__ = (
        CheckConstraint("hpr_id ~ '^[A-Za-z0-9-]*$'", name="hpr_id"),
        Index(
            "uq_practitioners_hpr_id",
            "hpr_id",
            unique=True,
            postgresql_where=text("hpr_id <> ''"),
        ),
    )

    speciality: Mapped[str] = mapped_column(String(80), server_default="")
    registration: Mapped[str] = mapped_column(String(40), server_default="")
    hpr_id: Mapped[str] = mapped_column(String(40), server_default="", default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)


class Location(Model):
    """A room, chair, theatre or site: the original of a resource."""

    __tablename__ = "locations"

    form: Mapped[LocationForm] = mapped_column(choice(LocationForm, "form"))
    floor: Mapped[str] = mapped_column(String(20), server_default="")


class Equipment(Model):
    """A machine: the original of a resource."""

    __tablename__ = "equipment"

    model: Mapped[str] = mapped_column(String(80), server_default="")
    serial: Mapped[str] = mapped_column(String(60), server_default="")


class Resource(Model):
    """
    Anything that can be scheduled: the source's SchedulableResource.

    It has one timeline, wherever it works. `capacity` is how many exclusive claims may
    run at one moment; a shareable resource (`exclusive` false) is never refused. A
    `restricted` one is booked only by who is authorised for it; of one that
    `needs_approval`, a booking is a request but for who may approve there.
    """

    __tablename__ = "resources"
    __table_args__ = (
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"
        ),
        # Each stands for exactly one original of the fitting kind; a team for none.
        CheckConstraint(
            "CASE kind"
            " WHEN 'practitioner' THEN practitioner_id IS NOT NULL"
            " WHEN 'equipment' THEN equipment_id IS NOT NULL"
            " WHEN 'team' THEN TRUE"
            " ELSE location_id IS NOT NULL END"
            " AND num_nonnulls(practitioner_id, location_id, equipment_id)"
            " = CASE kind WHEN 'team' THEN 0 ELSE 1 END",
            name="one_original",
        ),
        # What a foreign key needs that also says of which kind a member is.
        UniqueConstraint("id", "kind"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[ResourceKind] = mapped_column(choice(ResourceKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))
    practitioner_id: Mapped[int | None] = mapped_column(
        ForeignKey("practitioners.id"), unique=True
    )
    location_id: Mapped[int | None] = mapped_column(
        ForeignKey("locations.id"), unique=True
    )
    equipment_id: Mapped[int | None] = mapped_column(
        ForeignKey("equipment.id"), unique=True
    )
    capacity: Mapped[int] = mapped_column(server_default="1", default=1)
    exclusive: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    buffer_before_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    capabilities: Mapped[list[str]] = mapped_column(
        ARRAY(String(40)), server_default="{}", default=list
    )
    schedule_only: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    restricted: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    needs_approval: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class TeamMember(Model):
    """
    A resource of a team, and its own part of the time in minutes from the start.

    The database keeps teams out of teams: the kind is part of the foreign key.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        UniqueConstraint("team_id", "resource_id"),
        ForeignKeyConstraint(
            ["team_id", "team_kind"], ["resources.id", "resources.kind"]
        ),
        ForeignKeyConstraint(
            ["resource_id", "resource_kind"], ["resources.id", "resources.kind"]
        ),
        CheckConstraint("team_kind = 'team'", name="of_a_team"),
        CheckConstraint("resource_kind <> 'team'", name="no_team_in_a_team"),
        CheckConstraint(
            "offset_minutes BETWEEN -1440 AND 1440"
            " AND (minutes IS NULL OR minutes BETWEEN 1 AND 1440)",
            name="part",
        ),
    )

    team_id: Mapped[int]
    team_kind: Mapped[str] = mapped_column(
        String(30), server_default="team", default="team"
    )
    resource_id: Mapped[int] = mapped_column(index=True)
    resource_kind: Mapped[str] = mapped_column(String(30))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(40), server_default="", default="")
    offset_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    minutes: Mapped[int | None]


class Post(Model):
    """
    A resource serving in a facility: its department, its place, its token letter.

    The letter is unique per facility, so A-07 means one thing on one day there. What is
    `public` patients book there themselves.
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index("uq_posts_resource_facility", "resource_id", "facility_id", unique=True),
        Index("uq_posts_facility_prefix", "facility_id", "token_prefix", unique=True),
        Index("ix_posts_department_id", "department_id"),
        CheckConstraint("token_prefix ~ '^[A-Z]{1,3}$'", name="prefix"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    place: Mapped[str] = mapped_column(String(40), server_default="")
    token_prefix: Mapped[str | None] = mapped_column(String(3))
    public: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


class AppointmentType(Model):
    """
    A reason to come, with its usual length in minutes and what it needs.

    `equipment` names capabilities, each met by one machine; `room_capability` what the
    required room must be able to do. Patients book a `public` one themselves; of
    follow-ups, within so many days of a visit.
    """

    __tablename__ = "appointment_types"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers"
        ),
        CheckConstraint("follow_up_days BETWEEN 1 AND 730", name="follow_up_days"),
        # Zero is never.
        CheckConstraint("reminder_hours BETWEEN 0 AND 336", name="reminder_hours"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    reminder_hours: Mapped[int] = mapped_column(server_default="24", default=24)
    category: Mapped[Category] = mapped_column(choice(Category, "category"))
    minutes: Mapped[int]
    buffer_before_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(server_default="0", default=0)
    requires_chair: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    requires_room: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    room_capability: Mapped[str] = mapped_column(
        String(40), server_default="", default=""
    )
    equipment: Mapped[list[str]] = mapped_column(
        ARRAY(String(40)), server_default="{}", default=list
    )
    needs_approval: Mapped[bool] = mapped_column(
        server_default=text("false"), default=False
    )
    public: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    follow_up_days: Mapped[int] = mapped_column(server_default="30", default=30)
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class TypeDuration(Model):
    """How long a type takes with one resource, in minutes, where it differs."""

    __tablename__ = "type_durations"
    __table_args__ = (
        Index("uq_type_durations_type_resource", "type_id", "resource_id", unique=True),
        CheckConstraint("minutes BETWEEN 5 AND 1440", name="minutes"),
    )

    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_types.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    minutes: Mapped[int]
