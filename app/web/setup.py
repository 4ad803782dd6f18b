"""Hang the staff's door into the app."""

from flask import Flask

from app.core.settings import Settings
from app.doors import failures, guard, house_warnings
from app.web import (
    above,
    acting,
    appointments,
    approvals,
    arrivals,
    booking,
    calendar,
    columns,
    daylist,
    doubles,
    home,
    hours_setup,
    keys,
    mail_choice,
    members,
    messages,
    objects,
    over_slots,
    patients,
    queues,
    receipts,
    report_pages,
    sessions,
    setting_pages,
    signing,
    slips,
    slots,
    supervise,
    swaps,
    tablets,
    template_words,
    trail,
    waitlist,
)
from app.web.failures import tell

STAFF = (
    calendar.bp,
    columns.bp,
    daylist.bp,
    booking.bp,
    over_slots.bp,
    slots.bp,
    patients.bp,
    doubles.bp,
    appointments.bp,
    swaps.bp,
    members.bp,
    objects.bp,
    trail.bp,
    *hours_setup.PAGES,
    approvals.bp,
    waitlist.bp,
    queues.bp,
    arrivals.bp,
    slips.bp,
    tablets.bp,
    supervise.bp,
    receipts.bp,
    keys.bp,
    messages.bp,
    mail_choice.bp,
    acting.bp,
    *setting_pages.PAGES,
    *report_pages.PAGES,
)

# Here and not in init_app: one process may make several apps.
for _bp in STAFF:
    above.for_staff(_bp)


def init_app(app: Flask, settings: Settings) -> None:
    """Register the staff's pages, behind their sign-in."""
    guard.init_app(app)
    house_warnings.init_app(app)
    sessions.init_app(app, settings)
    template_words.init_app(app)
    hours_setup.init_app(app)
    setting_pages.init_app(app)
    app.jinja_env.globals.update(
        may_keep_messages=messages.may_keep_messages,
        may_set_contact=messages.may_set_contact,
        may_search_trail=trail.may_search,
        may_see_waitlist=waitlist.may_look,
        may_join_waitlist=waitlist.may_join,
        acts_for=acting.acts_for,
        loan_just_ended=acting.just_ended,
    )
    report_pages.init_app(app)
    above.init_app(app)
    failures.tell_with(app, "/", tell)
    app.register_blueprint(home.bp)
    app.register_blueprint(signing.bp)
    for bp in STAFF:
        app.register_blueprint(bp)
