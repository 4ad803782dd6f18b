"""Where the network's door is put together, if the environment says which network."""

import logging
import os
from functools import partial
from urllib.parse import urlsplit

from flask import Flask
from msgspec.structs import replace

from app.core.gateways import SettingError
from app.core.settings import Settings
from app.doors import house_warnings
from beckn import answering, challenged, door, forms, jobs, receiving, settings
from beckn.acts import unasked
from beckn.joining import joined
from beckn.pages import door as pages
from beckn.settings import NetworkSettings
from beckn.trust.challenges import ChallengeError
from beckn.trust.key_file import KeyFile, Ring

UNSIGNED = (
    "BECKN_UNSIGNED is on: anybody who can reach the network's door books as anybody."
)

log = logging.getLogger("baari.network")


def init_app(app: Flask) -> None:
    """
    Hang the network's door into the app; it opens where a network is named.

    :raises SettingError: if a setting of the network, or its file of keys, is wrong
    """
    receiving.init_app(app)
    challenged.init_app(app)
    pages.init_app(app)
    forms.init_app(app)
    unasked.listen()
    ours: Settings = app.extensions["baari.settings"]
    found = settings.read(os.environ, ours)
    if found is None:
        return
    if found.ring is None and not found.keys.exists():
        # The command that makes them composes the app as well.
        log.warning("no part in the network: run `baari beckn keys new` first")
        return
    given = found.ring
    ring = KeyFile(found.keys) if given is None else lambda: given
    join(app, found, ring, house=_house(found, ours))


def join(app: Flask, found: NetworkSettings, ring: Ring, *, house: str) -> None:
    """
    Take part in a network; `house` is where links lead.

    :raises SettingError: if the registry's key is none
    """
    if found.unsigned:
        house_warnings.warn(app, UNSIGNED)
    jobs.listen(app)
    answers = partial(answering.answers, house=house)
    news = partial(answering.news, house=house)
    network = joined(found, ring, answers, news)
    door.use(app, replace(network, check=answering.check))
    if not found.registry_key:
        return
    try:
        challenged.use(
            app,
            ring,
            subscriber_id=found.subscriber_id,
            registry_key=found.registry_key,
        )
    except ChallengeError:
        raise SettingError(
            "BECKN_REGISTRY_KEY",
            "it is no X25519 key",
            "Set it as the registry publishes it: base64 of DER.",
        ) from None


def _house(found: NetworkSettings, ours: Settings) -> str:
    parts = urlsplit(found.url)
    return ours.url or f"{parts.scheme}://{parts.netloc}"
