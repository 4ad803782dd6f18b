"""Words and small tools that the staff's templates share."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, url_for
from markupsafe import Markup

from app.accounts.permissions import Role
from app.booking import kinds
from app.booking import queries as booking
from app.booking.states import Status
from app.booking.views import SlotView
from app.directory.kinds import Category, ResourceKind
from app.doors import current, rule_words, times
from app.patients import phones
from app.patients.views import PatientView, Sex
from app.web import arrival_lines, keys

STATUS: Mapping[Status, str] = {
    Status.HELD: "Held",
    Status.REQUESTED: "To approve",
    Status.SCHEDULED: "Booked",
    Status.CHECKED_IN: "Arrived",
    Status.IN_PROGRESS: "In room",
    Status.COMPLETED: "Done",
    Status.CANCELLED: "Cancelled",
    Status.NO_SHOW: "No-show",
    Status.DENIED: "Denied",
    Status.EXPIRED: "Expired",
}
TYPE: Mapping[Category, str] = {
    Category.NEW: "New",
    Category.FOLLOW_UP: "Follow-up",
    Category.PROCEDURE: "Procedure",
    Category.VACCINATION: "Vaccination",
}
KIND: Mapping[ResourceKind, tuple[str, str]] = {
    ResourceKind.PRACTITIONER: ("doctor", "doctors"),
    ResourceKind.ROOM: ("room", "rooms"),
    ResourceKind.CHAIR: ("chair", "chairs"),
    ResourceKind.LOCATION: ("theatre or site", "theatres and sites"),
    ResourceKind.EQUIPMENT: ("machine", "machines"),
    ResourceKind.TEAM: ("team", "teams"),
}
ROLE: Mapping[Role, str] = {
    Role.ADMIN: "Admin",
    Role.DOCTOR: "Doctor",
    Role.RECEPTION: "Reception",
    Role.NURSE: "Nurse",
    Role.LOCATION_MANAGER: "Manager",
    Role.ANALYST: "Analyst",
}
COMES_AS: Mapping[kinds.Role, str] = {
    kinds.Role.PATIENT: "Patient",
    kinds.Role.GUARDIAN: "Guardian",
    kinds.Role.COMPANION: "Companion",
}
SEX: Mapping[Sex, str] = {
    Sex.FEMALE: "female",
    Sex.MALE: "male",
    Sex.OTHER: "other",
    Sex.UNKNOWN: "not known",
}
SEX_SHORT: Mapping[Sex, str] = {
    Sex.FEMALE: "F",
    Sex.MALE: "M",
    Sex.OTHER: "X",
    Sex.UNKNOWN: "",
}
FEW = 2
_INDENT = re.compile(r"\s{2,}")


def init_app(app: Flask) -> None:
    """Give templates the words, the filters and the names of static files."""
    marks = _marks(Path(app.static_folder or ""))

    def static(name: str) -> str:
        """Name a static file so that a browser keeps it until it changes."""
        return url_for("static", filename=name, v=marks[name])

    app.jinja_env.filters.update(
        clock=times.told,
        between=times.between,
        short_day=times.short_day,
        full_day=times.full_day,
        moment=times.moment,
        month=times.month,
        ago=times.ago,
        stamp=stamp,
        phone=phone,
        born=born,
        person=person,
        unindented=unindented,
    )
    app.jinja_env.globals.update(
        static=static,
        rule_told=rule_words.tell,
        day_barred=rule_words.OF_A_DAY,
        words={
            "status": STATUS,
            "type": TYPE,
            "kind": KIND,
            "role": ROLE,
            "comes_as": COMES_AS,
            "sex": SEX,
        },
        slot_state=slot_state,
        settings=current.settings,
        signed_in=current.user,
        approvals_waiting=approvals_waiting,
        lines_of=arrival_lines.lines_of,
        may_check_in_at=arrival_lines.may_check_in_at,
        key_hint=keys.hint,
        keymap=keys.for_script,
        KEYS=keys.KEYS,
        keys_of=lambda: keys.keymap(current.user().likes),
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def approvals_waiting() -> int:
    """Count the requests that wait for who is looking."""
    return booking.waiting(by=current.actor())


def stamp(moment: datetime) -> str:
    """Write an instant as addresses have it: 20261124T0930Z, the same in any zone."""
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y%m%dT%H%MZ")


def phone(number: str | None) -> str:
    """Write a phone as people of its country do."""
    return phones.shown(number) if number else ""


def born(patient: PatientView) -> str:
    """Tell the day of birth, or the year if no more is known."""
    if patient.birth_date:
        return times.full_day(patient.birth_date)
    return str(patient.birth_year or "")


def person(patient: PatientView, now: datetime) -> str:
    """Tell who a patient is in few words: 34 F, MRN 10482."""
    age = patient.age(now.date())
    known = [str(age) if age is not None else "", SEX_SHORT[patient.sex]]
    short = " ".join(part for part in known if part)
    return ", ".join(part for part in (short, f"MRN {patient.mrn}") if part)


def unindented(markup: str) -> str:
    """Leave the indents and empty lines of markup out: its words stay apart."""
    return Markup(_INDENT.sub("\n", markup))  # noqa: S704 - a template's own output


def slot_state(slot: SlotView, now: datetime) -> tuple[str, str]:
    """Tell how a slot looks and what it says: its class and its word."""
    over = slot.span.end <= now
    if slot.waiting:
        return "slot-live", f"{slot.waiting} waiting"
    if over or (slot.in_room and not slot.left):
        told = f"{slot.in_room} in room" if slot.in_room else f"{slot.seen} seen"
        return "slot-past", told if slot.taken else "nobody"
    if slot.blocked:
        return "slot-full", "closed"
    if not slot.left:
        return "slot-full", "full"
    return ("slot-few" if slot.left <= FEW else ""), f"{slot.left} left"


def _marks(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:8]
        for path in folder.rglob("*")
        if path.is_file()
    }
