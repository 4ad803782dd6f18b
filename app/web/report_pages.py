"""Hang the pages of reports, conflicts and notices into the staff's door."""

from flask import Flask

from app.web import reports
from app.web.reports import may_report

PAGES = (reports.bp,)


def init_app(app: Flask) -> None:
    """Let the templates say whether to show the way here."""
    app.jinja_env.globals.update(may_report=may_report)
