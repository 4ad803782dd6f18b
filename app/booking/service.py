"""Acts of booking: book a token or a time, hold, decide, move, cancel."""

from datetime import datetime
from uuid import uuid4

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.booking import (
    candidates,
    drafting,
    fulfilling,
    guard,
    links,
    rows,
    taking,
    teams,
)
from app.booking.answering import accept_own, decline_own
from app.booking.applying import apply_proposals, leave_to_list, undo_cascade
from app.booking.assigning import assign, auto_assign
from app.booking.deciding import (
    accept_place,
    approve,
    deny,
    expire_requests,
    offer_place,
)
from app.booking.ending import cancel
from app.booking.holds import confirm, extend, hold_timed, hold_token, release
from app.booking.leave import mark_absent, plan_maintenance, propose
from app.booking.moving import move
from app.booking.overriding import admit_emergency, book_over_slots
from app.booking.own import cancel_own, move_own, rate_own
from app.booking.own_joining import join_own
from app.booking.procedures import (
    add_procedure,
    book_procedure,
    cancel_procedure,
    change_procedure,
)
from app.booking.rebooking import drop_rebooking, propose_rebooking, rebook
from app.booking.resolving import (
    approve_conflict,
    cancel_conflict,
    reassign_conflict,
    reopen_conflict,
)
from app.booking.series import book_series, cancel_following, move_following
from app.booking.setting import add_rule, drop_rule
from app.booking.undoing import undo
from app.booking.views import AppointmentView, NewTimed, NewToken
from app.booking.visits import (
    add_participant,
    attend,
    no_show,
    remove_participant,
)
from app.booking.waiting_oneself import stop_waiting, wait_oneself
from app.booking.waitlist import (
    accept_offer,
    decline_offer,
    join_waitlist,
    leave_waitlist,
    offer_freed,
)
from app.core.actor import Actor

__all__ = [
    "accept_offer",
    "accept_own",
    "accept_place",
    "add_participant",
    "add_procedure",
    "add_rule",
    "admit_emergency",
    "apply_proposals",
    "approve",
    "approve_conflict",
    "assign",
    "attend",
    "auto_assign",
    "book_over_slots",
    "book_procedure",
    "book_series",
    "book_timed",
    "book_token",
    "cancel",
    "cancel_conflict",
    "cancel_following",
    "cancel_own",
    "cancel_procedure",
    "change_procedure",
    "confirm",
    "decline_offer",
    "decline_own",
    "deny",
    "drop_rebooking",
    "drop_rule",
    "expire_requests",
    "extend",
    "hold_timed",
    "hold_token",
    "join_own",
    "join_waitlist",
    "leave_to_list",
    "leave_waitlist",
    "mark_absent",
    "move",
    "move_following",
    "move_own",
    "no_show",
    "offer_freed",
    "offer_place",
    "plan_maintenance",
    "propose",
    "propose_rebooking",
    "rate_own",
    "reassign_conflict",
    "rebook",
    "release",
    "remove_participant",
    "reopen_conflict",
    "stop_waiting",
    "undo",
    "undo_cascade",
    "wait_oneself",
]


def book_token(order: NewToken, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Book a token in a slot and draw its number; or request one, where that is needed.

    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if no slot for that type starts at that moment
    :raises OverError: if the slot has ended
    :raises RuleError: if a rule forbids it, or the day is full
    :raises SlotFullError: if every token of the slot is given
    :raises SlotTakenError: if a timed booking took the slot's time
    :raises WishFulfilledError: if who waits has their booking already
    """
    able = candidates.of(order)
    keys, fresh = guard.keys_of([order.resource_id, *able]), uuid4()
    keys += fulfilling.keys(order.entry_id)
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return rows.one(before)
        wish = fulfilling.open_wish(order, keys, by=by, now=now)
        draft = drafting.token(order, fresh, by=by, now=now)
        if order.overbook:
            accounts.require(by, Permission.OVERBOOK, draft.scope)
        told = taking.book(draft, by=by, now=now, request=order.request)
        fulfilling.close(wish, [told], by=by, now=now)
        return told


def book_timed(order: NewTimed, *, by: Actor, now: datetime) -> AppointmentView:
    """
    Book resources for a time, each for its own part; or request it, where needed.

    :raises InputError: if the times or resources cannot be right
    :raises NotFoundError: if the order names something that is not there
    :raises NotOfferedError: if a resource does not offer its part as open time
    :raises OverError: if the time has gone by
    :raises RuleError: if a rule forbids it, or the day is full
    :raises SlotTakenError: naming every booking that is in the way
    :raises WishFulfilledError: if who waits has their booking already
    """
    able = candidates.of(order)
    whole = teams.expand(order)
    keys = [*whole.keys, *guard.keys_of(able), *links.keys(order.link)]
    keys += fulfilling.keys(order.entry_id)
    fresh = uuid4()
    with guard.acting(keys, fresh, by=by, now=now, once=order.once) as before:
        if before is not None:
            return rows.one(before)
        whole.check()
        links.free(order.link, keys, now=now)
        wish = fulfilling.open_wish(order, keys, by=by, now=now)
        draft = drafting.timed(whole.of(order), fresh, by=by, now=now)
        told = taking.book(draft, by=by, now=now, request=order.request)
        fulfilling.close(wish, [told], by=by, now=now)
        return told
