"""Kind words for every refusal. Rooms raise codes and params; only doors speak."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.booking.views import Clash
from app.core.errors import DomainError
from app.core.spans import Span
from app.doors import brand_words, merge_words, rule_words, text_words, times, use_words

Params = Mapping[str, Any]
Teller = Callable[[Params, ZoneInfo], str]


def say(error: DomainError, zone: ZoneInfo | None = None) -> str:
    """Tell a refusal in a sentence or two; times are in `zone`, else in UTC."""
    teller = TELLERS.get(error.code)
    if teller is None:
        return "That is not possible here."
    return teller(error.params, zone or ZoneInfo("UTC"))


def clash(blocking: Clash, zone: ZoneInfo) -> str:
    """Say who has what until when, as far as the reader may know it."""
    who = blocking.patient or ("A booking" if blocking.reference else "A token slot")
    told = f"{who} has {blocking.resource} {times.between(blocking.span, zone)}"
    if blocking.booked_by is None or blocking.booked_at is None:
        return f"{told}."
    when = times.moment(blocking.booked_at, zone)
    return f"{told} (booked by {blocking.booked_by}, {when})."


def _invalid(params: Params, zone: ZoneInfo) -> str:
    del zone
    known = _REASONS | brand_words.REASONS | text_words.REASONS
    told = known.get(params.get("reason", ""), "This cannot be right.")
    return told.format_map(_Gaps(params))


class _Gaps(dict[str, Any]):
    """Params for a sentence; one that is missing must not hide the refusal."""

    def __missing__(self, key: str) -> str:
        return "…"


_REASONS: dict[str, str] = {
    "required": "This is needed.",
    "settings": "A rule “{kind}” has other settings than these.",
    "closed_department": "“{name}” is out of use: put it back in use first.",
    "region": "Give a country in two capital letters, for example IN.",
    "built_in": "The role “{role}” ships with Baari and stays as it is.",
    "no_place": "Only a theatre, a room or a chair has people who keep it.",
    "oneself": "That is yourself.",
    "gone_by": "That time has gone by.",
    "control_characters": "It holds characters that no line of text may hold.",
    "length": "Give {least} to {most} characters.",
    "between": "Give a number from {least} to {most}.",
    "same_patient": "That is the same patient.",
    "money": "Give an amount above 0, with two decimals at most, up to {most}.",
    "currency": "Give the currency in three capital letters, for example INR.",
    "email": "Give a mail address, for example asha@example.org.",
    "phone": "Give a phone number with all its digits.",
    "choice": "Choose one of the offered values.",
    "guardian_agrees": "Of a minor, the guardian agrees; else the patient does.",
    "number": "Give a whole number.",
    "time": "Give a time as hours and minutes, for example 14:30.",
    "date": "Give a date, for example 2026-11-24.",
    "jumped": "The clocks go forward then: that time does not exist on this day.",
    "future": "A date of birth lies in the past.",
    "both_births": "Give the date of birth or the year, not both.",
    "before_start": "The end must come after the start.",
    "too_long_extra": "Time that is added is {days} days at the most.",
    "too_long": "That is too long: {most} minutes are the most.",
    "outside": "It must lie within the time of the appointment.",
    "some": "Choose {least} to {most}.",
    "count": "Name {least} to {most} resources.",
    "one_end": "Say how often, or until which day, but not both.",
    "takes_part": "That patient takes part already.",
    "last": "No other patient would be left: cancel the appointment instead.",
    "nobody_treated": "Somebody must come as the patient.",
    "token_is_for_one": "A token is for one patient: book another one.",
    "twice": "The same resource is named twice.",
    "no_location": "Name the theatre or another location it needs.",
    "principal": "Whom the appointment is with stays; move it instead.",
    "held_by_slot": "The token slot holds that resource already.",
    "needed": "The appointment needs it: {need}.",
    "empty_team": "There is nobody in that team.",
    "nested_team": "A team cannot be in another team: name its members.",
    "team": "A team is added together with its members.",
    "part": "A part of the time lasts from a minute to a day, and begins at most a day"
    " before or after the appointment.",
    "nobody_named": "Name a resource, or say of which kind, department or use.",
    "named_or_any": "Name a resource, or any of a kind, but not both.",
    "no_series": "What is done once is booked once, not as a series.",
    "no_room": "Only a room that is required can be required to do something.",
    "inactive_type": "“{type}” is out of use.",
    "key": "Give one visible character.",
    "key_twice": "One key cannot do two things: give each its own.",
    "reused": "The same key came before with another content.",
    "zone": "This is not the name of a time zone, such as Asia/Kolkata.",
    "code": "Use small letters, digits, - and _ only.",
    "prefix": "A token letter is one to three capital letters.",
    "none_chosen": "Choose a place for at least one of them.",
    "weekday_needed": "Tick the days it is on.",
    "yes_no": "Answer yes or no: true or false.",
    "weekday": "Weekdays go from 0, Monday, to 6, Sunday.",
    "overlap": "It overlaps another session of the same week.",
    "nth": "A weekday of the month is the 1st to the 5th, or -1 for the last.",
    "not_in_version": "A change begins on a day on which its version holds:"
    " {first} to {last}.",
    "never": "It would never be: no day fits until then.",
    "too_long_series": "What repeats is written out for {days} days at the most.",
    "longer_than_week": "What repeats lasts a week at the most.",
    "too_many_days": "Ask for {most} days at the most.",
    "no_time_left": "The bookings in the way leave no time for it.",
    "not_in_the_way": "One of the bookings named is not in the way.",
    "booking_twice": "The same appointment is named twice.",
    "only_tokens": "Only token sessions have slots.",
    "remainder": "{minutes} minutes cannot be parted into slots of {slot}.",
    "level_stays": "This level ships with Baari: it stays, and the queue policies say"
    " what it weighs.",
    "patient_or_person": "Name a patient, or a person who is not registered yet.",
    "same_queue": "They are in that queue already.",
    "boost_until": "Give an end that lies ahead, {hours} hours at the most.",
    "no_tokens_that_weekday": "There are no tokens on that weekday to take over:"
    " give slot minutes and tokens.",
}

_NOT_FOUND: Mapping[str, str] = {
    "patient": "There is no such patient.",
    "resource": "There is no such doctor, room or machine in this facility.",
    "facility": "There is no such facility.",
    "department": "There is no such department.",
    "rule": "There is no such rule.",
    "type": "There is no such type of appointment.",
    "appointment": "There is no such appointment.",
    "merge": "There was no such merge.",
    "message": "There is no such message here.",
    "text": "There is no such text.",
    "receipt": "There is no such receipt.",
    "user": "There is no such user.",
    "role": "There is no such role.",
    "delegation": "Nothing of that kind is lent to you at this moment.",
    "slot": "There is no such token slot; the schedule may have changed.",
    "token": "There is no such token.",
    "slip": "There is no such slip.",
    "schedule": "There is no such schedule.",
    "series": "There is no such series of appointments.",
    "waitlist_entry": "There is no such entry on the waitlist.",
    "offer": "There is no such offer.",
    "availability": "There is no such session in a schedule.",
    "exception": "There is no such exception.",
    "maintenance": "There is no such maintenance.",
    "conflict": "There is no such conflict.",
    "report": "There is no such report.",
    "notice": "There is no such notice.",
    "cascade": "There is no such leave or maintenance.",
    "displacement": "There is no such displacement.",
    "rebooking": "There is no such entry on the rebooking list.",
    "procedure": "There is no such procedure.",
    "team": "There is no such team.",
    "queue": "There is no such queue.",
    "level": "There is no such priority level.",
    "queue_entry": "There is nobody of that number in a queue.",
    "counter": "There is no such counter in this facility.",
    "object": "There is nothing of that kind here to say something about.",
}


def _not_found(params: Params, zone: ZoneInfo) -> str:
    del zone
    return _NOT_FOUND.get(params.get("what", ""), "There is no such thing.")


def _forbidden(params: Params, zone: ZoneInfo) -> str:
    del zone
    return f"Your role does not allow that here.{_may(params)}"


def _may(params: Params) -> str:
    """Say whom to ask, where a refusal names who may."""
    names = [rule_words.ROLE_NAMES[role] for role in params.get("may") or ()]
    if not names:
        return ""
    last = f"{', '.join(names[:-1])} or {names[-1]}" if names[1:] else names[0]
    return f" Who may: {last}."


def _taken(params: Params, zone: ZoneInfo) -> str:
    blocking = params.get("clashes") or ()
    if not blocking:
        return "Somebody has just taken that time."
    return " ".join(clash(each, zone) for each in blocking)


def _full(params: Params, zone: ZoneInfo) -> str:
    span = params.get("span")
    when = f" {times.between(span, zone)}" if isinstance(span, Span) else ""
    tokens = params.get("tokens")
    if tokens == 1:
        return f"The one token of the slot{when} is given."
    count, kept = f" {tokens}" if tokens else "", params.get("kept")
    but = f", but for {kept} kept for who walks in" if kept else ""
    return f"All{count} tokens of the slot{when} are given{but}."


def _none_free(params: Params, zone: ZoneInfo) -> str:
    del zone
    kind, _, capability = str(params.get("need", "")).partition(":")
    if kind == "together":
        return f"In the next {params.get('days')} days they are never free together."
    what = _NEEDED.get(kind, "machine")
    able = f" for “{capability}”" if capability else ""
    passed = [
        f"{each.resource.name} {PASSED.get(each.why, 'is not free')}"
        for each in params.get("passed") or ()
    ]
    if not passed:
        return f"There is no {what}{able} in this facility."
    return f"No {what}{able} is free: {', '.join(passed)}."


_NEEDED: Mapping[str, str] = {
    "anybody": "resource",
    "chair": "chair",
    "location": "theatre or site",
    "practitioner": "doctor",
    "room": "room",
}


PASSED: Mapping[str, str] = {
    "taken": "is taken",
    "inactive": "is not in use",
    "maintenance": "is in maintenance",
    "away": "is away",
    "hours": "has no hours then",
    "break": "has a break then",
    "token_slot": "has a token slot then",
    "type": "does not take that type then",
    "after": "is free too",
    "authorised": "is for authorised people only",
    "approval": "needs an approval",
}


def _not_offered(params: Params, zone: ZoneInfo) -> str:
    reason = _OFFERED.get(params.get("reason", ""), "{resource} does not offer that.")
    told = reason.format_map(_Gaps(params))
    if params.get("why"):
        told = f"{told}: {params['why']}"
    closed = params.get("closed")
    if isinstance(closed, Span):
        told = f"{told}, {_until(closed, zone)}"
    return f"{told.rstrip('.')}.{_may(params)}"


_OFFERED: Mapping[str, str] = {
    "hours": "{resource} has no hours then",
    "type": "{resource} does not take “{type}” then",
    "inactive": "{resource} is not in use",
    "token_slot": "{resource} sees people by token then: book a token in that slot",
    "closed": "That token slot of {resource} is closed",
    "break": "{resource} has a break then",
    "away": "{resource} is away then",
    "maintenance": "{resource} is in maintenance then",
}


def _until(closed: Span, zone: ZoneInfo) -> str:
    """Say until when it lasts; the day only when it is another."""
    start, end = closed.start.astimezone(zone), closed.end.astimezone(zone)
    if start.date() == end.date():
        return times.between(closed, zone)
    return f"until {times.moment(end, zone)}"


def _over(params: Params, zone: ZoneInfo) -> str:
    ended = params.get("ended")
    if not isinstance(ended, datetime):
        return "That time has gone by."
    return f"That time has gone by: it ended {times.moment(ended, zone)}."


def _status(params: Params, zone: ZoneInfo) -> str:
    del zone
    now = STATUSES.get(str(params.get("status", "")))
    return f"It is {now} already." if now else "Its status does not allow that."


# How a status is said within a sentence.
STATUSES: Mapping[str, str] = {
    "held": "held",
    "requested": "waiting for approval",
    "scheduled": "booked",
    "checked_in": "checked in",
    "in_progress": "in the room",
    "completed": "done",
    "cancelled": "cancelled",
    "no_show": "marked as no-show",
    "denied": "denied",
    "expired": "expired",
    "undone": "undone",
    "moved": "moved elsewhere",
    "booked": "booked",
    "done": "done",
}


def _entry_state(params: Params, zone: ZoneInfo) -> str:
    del zone
    now = ENTRY_STATES.get(str(params.get("state", "")))
    return f"They are {now}." if now else "From where they are that cannot be done."


# Where somebody in a queue is, as said within a sentence.
ENTRY_STATES: Mapping[str, str] = {
    "waiting": "waiting",
    "called": "called",
    "in_room": "in the room",
    "on_hold": "set aside",
    "at_tests": "at tests",
    "done": "done",
    "no_show": "marked as no-show",
    "off": "no longer in the queue",
    "skipped": "skipped just now by somebody else",
}


def _not_today(params: Params, zone: ZoneInfo) -> str:
    starts_at = params.get("starts_at")
    if not isinstance(starts_at, datetime):
        return "The appointment is on another day."
    there = params.get("zone") or zone
    return f"The appointment is on another day: {times.moment(starts_at, there)}."


def _plain(sentence: str) -> Teller:
    def tell(params: Params, zone: ZoneInfo) -> str:
        del zone
        return sentence.format_map(_Gaps(params))

    return tell


TELLERS: Mapping[str, Teller] = {
    "invalid": _invalid,
    "not_found": _not_found,
    "forbidden": _forbidden,
    "conflict": _plain("Somebody changed this meanwhile. Look again."),
    "rule": rule_words.tell,
    "busy": _plain("Too many want the same at this moment. Try again."),
    "sign_in": _plain("That user name and password do not fit."),
    "username_taken": _plain("Somebody else has the user name “{username}”."),
    "slot_taken": _taken,
    "none_free": _none_free,
    "slot_full": _full,
    "not_offered": _not_offered,
    "over": _over,
    "status": _status,
    "hold_lost": _plain("The hold has run out, and the place is gone. Choose again."),
    **use_words.TELLERS,
    "link_taken": _plain("It has an appointment already."),
    "changed": _plain("Somebody changed this appointment meanwhile. Look again."),
    "text_registered": _plain(text_words.REGISTERED),
    "not_resent": _plain("It goes by itself, or was sent: nothing is left to do."),
    "idempotency_key_reused": _plain("The same key came before with another content."),
    "schedule_overlap": _plain("The hours clash: {new} against {old}."),
    "stranded_unseen": _plain(
        "Bookings lose their place by this: {number}. Look at them below; send it again"
        " if that is meant."
    ),
    "nobody_waits": _plain("Nobody is waiting here."),
    "entry_state": _entry_state,
    "not_present": _plain(
        "They checked in from afar: mark that they are here before you call them."
    ),
    "not_today": _not_today,
    "too_early": _plain("It is too early to say from elsewhere that one comes."),
    "nobody_due": _plain("No visit of today has that: look again, or ask at the desk."),
    "walk_ins_full": _plain(
        "The places kept for who walks in are used up today, all {most} of them."
    ),
    **merge_words.TELLERS,
    "receipt_voided": _plain("{who} has voided this receipt already."),
    "prepayment_used": _plain("That transfer paid for another visit."),
    "receipt_used": _plain("That receipt is of another payment. Open the form anew."),
    "mrn_taken": _plain("Another patient has the record number {mrn}."),
    "code_taken": _plain("“{taken}” is in use already."),
    "loan_ended": _plain(
        "What was lent to you has ended, and nothing was done. Do it as yourself."
    ),
    "role_in_use": _plain("Somebody has the role “{role}”: take it from them first."),
    "unavailable": _plain(text_words.UNAVAILABLE),
    "prefix_taken": _plain("Another queue has the token letter {taken}."),
    "prefixes_gone": _plain("Every token letter of this facility is in use."),
}
