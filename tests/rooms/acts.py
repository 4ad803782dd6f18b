"""Every act of the house, each with somebody who does it."""

from datetime import timedelta

from msgspec.structs import replace

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE
from app.audit import service as audit
from app.availability import service as availability
from app.availability.views import NewException
from app.booking import service as booking
from app.booking.kinds import Policy
from app.booking.states import Status
from app.booking.views import Arrangement, Handling, Holding, NewPlace, ProcedurePlace
from app.directory import service as directory
from app.directory.kinds import Category, NetworkTerms, ResourceKind
from app.directory.service import (
    NewFacility,
    NewPost,
    NewResource,
    NewTeam,
    NewType,
    TypeChange,
)
from app.exchange import service as exchange
from app.exchange.service import NewImport
from app.notifications import service as notifications
from app.patients import service as patients
from app.patients.views import Details, NewPatient
from tests import factories as make
from tests.doors.pictures import DOT
from tests.factories import MONDAY, NOW, local
from tests.rooms.acts_identity import IDENTITY_ACTS
from tests.rooms.acts_messages import MESSAGE_ACTS
from tests.rooms.acts_money import MONEY_ACTS
from tests.rooms.acts_queues import QUEUE_ACTS
from tests.rooms.cast import (
    CLERK,
    CLINIC,
    LEAD,
    TWICE,
    a_role,
    a_session,
    a_team,
    a_token,
    absence,
    answered,
    asked,
    bearer,
    booked,
    called_off,
    chosen,
    displaced,
    emergency,
    held,
    lent,
    noticed,
    offered,
    pair,
    planned,
    repair,
    seated,
    serial,
    struck,
    team_of,
    troubled,
    waiting,
    waiting_under,
    wanted,
    wishes,
)

ACTS = {
    accounts.add_user: lambda c, by: accounts.add_user(
        NewUser("meena", "Meena", "long enough"), by=by, now=NOW
    ),
    accounts.give_role: lambda c, by: accounts.give_role(
        make.user().username, Role.NURSE, ALL, by=by, now=NOW
    ),
    accounts.take_role: lambda c, by: accounts.take_role(
        make.user(Role.NURSE).username, Role.NURSE, ALL, by=by, now=NOW
    ),
    audit.comment: lambda c, by: audit.comment(
        "appointment", booked(c).id, "Comes by ambulance", by=by, now=NOW
    ),
    accounts.add_role: lambda c, by: accounts.add_role(CLERK, by=by, now=NOW),
    accounts.change_role: lambda c, by: accounts.change_role(
        replace(a_role(c), name="Clerks"), by=by, now=NOW
    ),
    accounts.drop_role: lambda c, by: accounts.drop_role(
        a_role(c).code, by=by, now=NOW
    ),
    accounts.choose_columns: lambda c, by: accounts.choose_columns(
        c.place.public_id, c.place.id, [c.rao.public_id], by=by, now=NOW
    ),
    accounts.choose_keys: lambda c, by: accounts.choose_keys(
        {"book": "x"}, on=True, by=by, now=NOW
    ),
    accounts.delegate: lambda c, by: accounts.delegate(lent(c), by=by, now=NOW),
    accounts.revoke_delegation: lambda c, by: accounts.revoke_delegation(
        accounts.delegate(lent(c), by=make.user(Role.ADMIN).actor, now=NOW),
        by=by,
        now=NOW,
    ),
    accounts.make_token: lambda c, by: bearer(by),
    accounts.revoke_token: lambda c, by: accounts.revoke_token(
        a_token(c), by=by, now=NOW
    ),
    directory.add_facility: lambda c, by: directory.add_facility(
        NewFacility("kochi", "Kochi", "Asia/Kolkata"), by=by, now=NOW
    ),
    directory.add_department: lambda c, by: directory.add_department(
        c.place, "Medicine", by=by, now=NOW
    ),
    directory.add_resource: lambda c, by: directory.add_resource(
        NewResource("room-1", ResourceKind.ROOM, "Room 1"),
        NewPost(c.place.id),
        by=by,
        now=NOW,
    ),
    directory.post_resource: lambda c, by: directory.post_resource(
        c.rao.public_id, NewPost(make.facility().id), by=by, now=NOW
    ),
    directory.change_resource: lambda c, by: directory.change_resource(
        c.rao.public_id, by=by, now=NOW, capacity=2
    ),
    directory.set_logo: lambda c, by: directory.set_logo(c.place, DOT, by=by, now=NOW),
    directory.set_online: lambda c, by: directory.set_online(
        c.place, colour="#0b655a", online_holds=9, by=by, now=NOW
    ),
    directory.set_network_terms: lambda c, by: directory.set_network_terms(
        c.place, NetworkTerms.PREPAID, by=by, now=NOW
    ),
    directory.set_registry_ids: lambda c, by: directory.set_registry_ids(
        c.place, "IN3310001234", {c.rao.public_id: "71-1"}, by=by, now=NOW
    ),
    directory.show_online: lambda c, by: directory.show_online(
        c.place, c.rao.public_id, public=True, by=by, now=NOW
    ),
    directory.open_place: lambda c, by: directory.open_place(
        c.place,
        make.resource(c.place, ResourceKind.LOCATION).public_id,
        by=by,
        now=NOW,
        restricted=True,
    ),
    directory.add_type: lambda c, by: directory.add_type(
        NewType("laser", "Laser", Category.PROCEDURE, 30), by=by, now=NOW
    ),
    directory.change_type: lambda c, by: directory.change_type(
        c.visit.public_id,
        TypeChange("visit", "Visit", Category.NEW, 20),
        by=by,
        now=NOW,
    ),
    directory.set_duration: lambda c, by: directory.set_duration(
        c.visit.public_id, c.rao.public_id, 45, by=by, now=NOW
    ),
    directory.add_team: lambda c, by: directory.add_team(
        c.place, NewTeam("team", "Team", team_of(c)), by=by, now=NOW
    ),
    directory.set_members: lambda c, by: directory.set_members(
        c.place, a_team(c), team_of(c), by=by, now=NOW
    ),
    booking.add_procedure: lambda c, by: booking.add_procedure(
        wanted(c), by=by, now=NOW
    ),
    booking.change_procedure: lambda c, by: booking.change_procedure(
        planned(c), wanted(c), by=by, now=NOW
    ),
    booking.cancel_procedure: lambda c, by: booking.cancel_procedure(
        planned(c), "better", by=by, now=NOW
    ),
    booking.book_procedure: lambda c, by: booking.book_procedure(
        planned(c), ProcedurePlace(local(14)), by=by, now=NOW
    ),
    exchange.bring_in: lambda c, by: exchange.bring_in(
        NewImport("clinic.yaml", CLINIC), by=by, now=NOW
    ),
    patients.register: lambda c, by: patients.register(
        NewPatient("Meera"), by=by, now=NOW, scope=EVERYWHERE
    ),
    patients.correct: lambda c, by: patients.correct(
        c.asha.public_id, Details("Asha Nair"), by=by, now=NOW, scope=EVERYWHERE
    ),
    patients.prefer: lambda c, by: patients.prefer(
        c.asha.public_id, (c.rao.public_id,), by=by, now=NOW, scope=EVERYWHERE
    ),
    availability.set_schedule: lambda c, by: availability.set_schedule(
        make.schedule_order(c.place, make.resource(c.place)), by=by, now=NOW
    ),
    availability.edit_session: lambda c, by: availability.edit_session(
        a_session(c), None, MONDAY + timedelta(days=7), by=by, now=NOW
    ),
    availability.revoke_exception: lambda c, by: availability.revoke_exception(
        make.away(c.place, c.rao, local(15), 60), by=by, now=NOW
    ),
    availability.revoke_maintenance: lambda c, by: availability.revoke_maintenance(
        availability.add_maintenance(repair(c), by=make.SYSTEM, now=NOW),
        by=by,
        now=NOW,
    ),
    availability.add_exception: lambda c, by: availability.add_exception(
        NewException(
            None, c.rao.public_id, is_available=False, during=make.span(local(15), 60)
        ),
        by=by,
        now=NOW,
    ),
    availability.add_maintenance: lambda c, by: availability.add_maintenance(
        repair(c), by=by, now=NOW
    ),
    booking.book_token: lambda c, by: booking.book_token(c.token, by=by, now=NOW),
    booking.book_timed: lambda c, by: booking.book_timed(c.timed, by=by, now=NOW),
    booking.move: lambda c, by: booking.move(
        booked(c).id, NewPlace(local(15)), by=by, now=NOW
    ),
    booking.cancel: lambda c, by: booking.cancel(booked(c).id, "ill", by=by, now=NOW),
    booking.hold_token: lambda c, by: booking.hold_token(
        c.token, Holding("k"), by=by, now=NOW
    ),
    booking.hold_timed: lambda c, by: booking.hold_timed(
        c.timed, Holding("k"), by=by, now=NOW
    ),
    booking.extend: lambda c, by: booking.extend(held(c).id, 20, by=by, now=NOW),
    booking.confirm: lambda c, by: booking.confirm(
        held(c).id, (c.asha.public_id,), by=by, now=NOW
    ),
    booking.release: lambda c, by: booking.release(held(c).id, by=by, now=NOW),
    booking.approve: lambda c, by: booking.approve(asked(c).id, by=by, now=NOW),
    booking.deny: lambda c, by: booking.deny(asked(c).id, "full", by=by, now=NOW),
    booking.offer_place: lambda c, by: booking.offer_place(
        asked(c).id, NewPlace(local(11)), by=by, now=NOW
    ),
    booking.accept_place: lambda c, by: booking.accept_place(
        answered(c).id, by=by, now=NOW
    ),
    booking.expire_requests: lambda c, by: (
        asked(c),
        booking.expire_requests(by=by, now=local(23)),
    ),
    booking.attend: lambda c, by: booking.attend(
        booked(c).id, Status.CHECKED_IN, by=by, now=NOW
    ),
    booking.no_show: lambda c, by: booking.no_show(booked(c).id, by=by, now=NOW),
    booking.undo: lambda c, by: booking.undo(called_off(c, by), by=by, now=NOW),
    booking.add_participant: lambda c, by: booking.add_participant(
        booked(c).id, make.patient().public_id, by=by, now=NOW
    ),
    booking.remove_participant: lambda c, by: booking.remove_participant(
        pair(c).id, c.asha.public_id, by=by, now=NOW
    ),
    booking.book_series: lambda c, by: booking.book_series(
        c.timed, TWICE, by=by, now=NOW
    ),
    booking.cancel_following: lambda c, by: booking.cancel_following(
        serial(c), "ill", by=by, now=NOW
    ),
    booking.move_following: lambda c, by: booking.move_following(
        serial(c), NewPlace(local(15)), by=by, now=NOW
    ),
    booking.join_waitlist: lambda c, by: booking.join_waitlist(
        wishes(c), by=by, now=NOW
    ),
    booking.leave_waitlist: lambda c, by: booking.leave_waitlist(
        waiting(c).id, by=by, now=NOW
    ),
    booking.wait_oneself: lambda c, by: booking.wait_oneself(wishes(c), by=by, now=NOW),
    booking.stop_waiting: lambda c, by: booking.stop_waiting(
        waiting_under(c, "+919847055555").id, "+919847055555", by=by, now=NOW
    ),
    booking.offer_freed: lambda c, by: (
        waiting(c),
        booking.offer_freed(by=by, now=NOW),
    ),
    booking.accept_offer: lambda c, by: booking.accept_offer(
        offered(c), by=by, now=NOW
    ),
    booking.decline_offer: lambda c, by: booking.decline_offer(
        offered(c), by=by, now=NOW
    ),
    booking.assign: lambda c, by: booking.assign(
        booked(c).id,
        Arrangement(chairs=(make.resource(c.place, ResourceKind.CHAIR).public_id,)),
        by=by,
        now=NOW,
    ),
    booking.auto_assign: lambda c, by: booking.auto_assign(
        seated(c).id, by=by, now=NOW
    ),
    booking.reassign_conflict: lambda c, by: booking.reassign_conflict(
        troubled(c),
        make.resource(c.place, ResourceKind.ROOM).public_id,
        by=by,
        now=NOW,
    ),
    booking.approve_conflict: lambda c, by: booking.approve_conflict(
        troubled(c), "needed", by=by, now=NOW
    ),
    booking.reopen_conflict: lambda c, by: booking.reopen_conflict(
        approved(c), by=by, now=NOW
    ),
    booking.cancel_conflict: lambda c, by: booking.cancel_conflict(
        troubled(c), "no room", by=by, now=NOW
    ),
    booking.book_over_slots: lambda c, by: booking.book_over_slots(
        replace(c.timed, starts_at=local(10)), "urgent", by=by, now=NOW
    ),
    booking.admit_emergency: lambda c, by: booking.admit_emergency(
        emergency(c), "urgent", by=by, now=NOW
    ),
    booking.propose_rebooking: lambda c, by: booking.propose_rebooking(
        displaced(c), by=by, now=NOW
    ),
    booking.rebook: lambda c, by: booking.rebook(displaced(c), None, by=by, now=NOW),
    booking.drop_rebooking: lambda c, by: booking.drop_rebooking(
        displaced(c), "elsewhere", by=by, now=NOW
    ),
    booking.add_rule: lambda c, by: booking.add_rule(LEAD, by=by, now=NOW),
    booking.drop_rule: lambda c, by: booking.drop_rule(
        booking.add_rule(LEAD, by=make.SYSTEM, now=NOW), by=by, now=NOW
    ),
    booking.mark_absent: lambda c, by: booking.mark_absent(absence(c), by=by, now=NOW),
    booking.plan_maintenance: lambda c, by: booking.plan_maintenance(
        repair(c), Handling(Policy.MOVE), by=by, now=NOW
    ),
    # By then what was held has run out.
    booking.propose: lambda c, by: booking.propose(struck(c).id, by=by, now=local(12)),
    booking.apply_proposals: lambda c, by: _applied(struck(c), by),
    booking.leave_to_list: lambda c, by: _unplaced(struck(c), by),
    booking.undo_cascade: lambda c, by: booking.undo_cascade(
        struck(c).id, by=by, now=NOW
    ),
    notifications.read_notice: lambda c, by: notifications.read_notice(
        noticed(c, by), by=by, now=NOW
    ),
    notifications.read_notices: lambda c, by: notifications.read_notices(
        noticed(c, by), by=by, now=NOW
    ),
    **QUEUE_ACTS,
    **IDENTITY_ACTS,
    **MESSAGE_ACTS,
    **MONEY_ACTS,
}


def approved(c):
    which = troubled(c)
    booking.approve_conflict(which, "needed", by=make.SYSTEM, now=NOW)
    return which


def _unplaced(told, by):
    left = [each.appointment.id for each in told.items]
    return booking.leave_to_list(told.id, left, by=by, now=NOW)


def _applied(told, by):
    return booking.apply_proposals(told.id, chosen(told), by=by, now=NOW)
