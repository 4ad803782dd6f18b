"""Hang the set-up pages into the staff's door."""

from flask import Flask

from app.web import (
    queue_words,
    setting_boards,
    setting_departments,
    setting_home,
    setting_levels,
    setting_links,
    setting_logo,
    setting_network,
    setting_online,
    setting_people,
    setting_queues,
    setting_registries,
    setting_rules,
    setting_texts,
    setting_things,
    setting_types,
)
from app.web.setting_form import may_set_up

PAGES = (
    setting_home.bp,
    setting_departments.bp,
    setting_things.bp,
    setting_types.bp,
    setting_rules.bp,
    setting_queues.bp,
    setting_levels.bp,
    setting_people.bp,
    setting_boards.bp,
    setting_online.bp,
    setting_texts.bp,
    setting_links.bp,
    setting_logo.bp,
    setting_registries.bp,
    setting_network.bp,
)


def init_app(app: Flask) -> None:
    """Let the templates say whether to show the way here."""
    app.jinja_env.globals.update(may_set_up=may_set_up, queue_levels=queue_words.levels)
