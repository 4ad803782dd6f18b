"""What staff read of who agreed that a patient is sent messages."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from app.doors import times
from app.notifications.consenting import StandingView
from app.notifications.kinds import Agreed, Guardian

GUARDIANS: Mapping[Guardian, str] = {
    Guardian.MOTHER: "mother",
    Guardian.FATHER: "father",
    Guardian.GUARDIAN: "guardian",
}
_HOW: Mapping[Agreed, str] = {Agreed.ONLINE: "online", Agreed.DESK: "at the desk"}


def said(told: StandingView, zone: ZoneInfo) -> list[str]:
    """Say who agreed last, and whom to ask now."""
    lines = []
    if told.given:
        last = told.given[0]
        as_ = f" ({GUARDIANS[last.given_as]})" if last.given_as else ""
        when = times.moment(last.given_at, zone)
        lines.append(
            f"{last.given_by}{as_} agreed {_HOW[last.how]}, {when},"
            f" to the notice {last.version}."
        )
    if told.of_age:
        lines.append("The patient is of age now: ask them.")
    elif told.due:
        who = "the guardian" if told.minor else "the patient"
        lines.append(f"Nobody agreed to the notice of now: read it to {who}, and ask.")
    return lines
