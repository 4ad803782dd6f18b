"""Hang reports, conflicts and the bell into the staff's door."""

from flask import Flask

from app.web import conflicts, notices, reports
from app.web.report_sheets import REPORTS
from app.web.reports import may_report

PAGES = (reports.bp, conflicts.bp, notices.bp)


def init_app(app: Flask) -> None:
    """Let the templates say whether to show the way here."""
    app.jinja_env.globals.update(
        may_report=may_report,
        notices_unread=notices.unread,
        reports={name: title for name, (title, _) in REPORTS.items()},
    )
