"""baari beckn: keys of this house, its entry in the registry, and what may be wrong."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain

import click

from app.core import clock
from app.core.gateways import SettingError
from app.doors.shell import Baari
from beckn import refused, settings
from beckn.acts import searching
from beckn.settings import NetworkSettings
from beckn.trust import calling, checking, keys, subscribing
from beckn.trust.calling import AddressRefusedError, Answer, UnreachableError
from beckn.trust.checking import Finding
from beckn.trust.errors import SignatureError
from beckn.trust.keys import KeyRing
from beckn.trust.registry import HttpRegistry, KeyName, Role

_LASTS = timedelta(seconds=30)
_OK = range(200, 300)


@click.group()
def beckn() -> None:
    """Take part in a Beckn network."""


@beckn.group(name="keys")
def of_keys() -> None:
    """Make, show and rotate the keys of this house; what is secret is never shown."""


@of_keys.command()
@click.pass_obj
def new(baari: Baari) -> None:
    """Make keys for a house that has none."""
    network = _with_a_file(_network(baari))
    if network.keys.exists():
        raise click.ClickException(
            f"{network.keys} is there already. Run `baari beckn keys rotate`."
        )
    now = clock.now()
    ring = keys.new_ring(now=now)
    keys.save(ring, network.keys)
    _show(ring, now=now)


@of_keys.command()
@click.option("--der", is_flag=True, help="As UHI wants them: base64 of DER.")
@click.pass_obj
def show(baari: Baari, *, der: bool) -> None:
    """Print the public parts of the keys that are valid."""
    _show(_ring(_network(baari)), now=clock.now(), der=der)


@of_keys.command()
@click.pass_obj
def rotate(baari: Baari) -> None:
    """Make another key; it signs when the network knows it, and not before."""
    network, now = _with_a_file(_network(baari)), clock.now()
    ring = keys.load(network.keys).rotated(now=now)
    keys.save(ring, network.keys)
    _show(ring, now=now)
    click.echo("Run `baari beckn subscribe`: the network does not know it yet.")


@of_keys.command()
@click.option("--anyway", is_flag=True, help="Whatever the registry says.")
@click.pass_obj
def use(baari: Baari, *, anyway: bool) -> None:
    """Let the newest key sign that waits, if the registry knows it."""
    network, now = _with_a_file(_network(baari)), clock.now()
    ring = keys.load(network.keys)
    waiting = [key.id for key in ring.waiting(now=now)]
    if not waiting:
        raise click.ClickException("No key waits. Run `baari beckn keys rotate`.")
    if not (anyway or _uses(network, ring)):
        raise click.ClickException(
            f"The registry does not know {waiting[-1]} yet. Ask again later, or see"
            " `--anyway`."
        )
    if anyway:
        _use(network, ring, waiting[-1])


@beckn.command()
@click.pass_obj
def subscribe(baari: Baari) -> None:
    """Ask the registry to take in each valid key; it will ask back."""
    network, now = _network(baari), clock.now()
    ring = _ring(network)
    bodies = subscribing.request(
        ring,
        subscriber_id=network.subscriber_id,
        url=network.url,
        nonce=str(uuid.uuid4()),
        now=now,
    )
    for raw in bodies:
        name = json.loads(raw)["key_id"]
        try:
            answer = _post(network, ring, f"{network.registry}/subscribe", raw)
        except (AddressRefusedError, UnreachableError) as exc:
            raise click.ClickException(f"The registry was not asked: {exc}.") from None
        if answer.status not in _OK:
            raise click.ClickException(f"The registry answered {answer.status}.")
        click.echo(f"{name}: {_status(answer.body)}")
    if ring.waiting(now=now) and not _uses(network, ring):
        click.echo("Run `baari beckn keys use` when the network has taken it in.")


@beckn.command()
@click.pass_obj
@click.pass_context
def doctor(ctx: click.Context, baari: Baari) -> None:
    """Look at keys, clock, registry, reach, catalog; say how to mend what is wrong."""
    network, now = _network(baari), clock.now()
    ring = _ring(network)
    registry = _registry(network, ring)
    found = checking.findings(
        network,
        ring,
        registry,
        lambda url, raw: _post(network, ring, url, raw),
        now=now,
    )
    ill = False
    for each in chain(found, _catalog(baari, now)):
        ill = ill or bool(each.remedy)
        click.echo(f"{'mend' if each.remedy else 'good'}  {each.what}: {each.found}")
        if each.remedy:
            click.echo(f"      {each.remedy}")
    ctx.exit(1 if ill else 0)


def _catalog(baari: Baari, now: datetime) -> Iterator[Finding]:
    try:
        with baari.app():
            yield checking.catalog(*searching.on_offer(now=now))
    except SettingError as exc:
        yield Finding(
            "catalog", f"the database was not asked: {exc.problem}", exc.remedy
        )


@beckn.command(name="refused")
@click.option("--number", default=20, show_default=True, help="The last so many.")
@click.pass_obj
def of_refused(baari: Baari, number: int) -> None:
    """Print which messages were not taken lately: when, of whom, what for and why."""
    with baari.app():
        for each in refused.latest(number):
            whose = each.subscriber or f"{each.claimed or 'nobody'}, not proved"
            field = f" at {each.path}" if each.path else ""
            when = each.refused_at.isoformat(timespec="seconds")
            click.echo(f"{when}  {each.action}: {each.code}{field} ({whose})")


def _network(baari: Baari) -> NetworkSettings:
    network = settings.read(baari.environ, baari.settings())
    if network is None:
        raise SettingError(
            "BECKN_SUBSCRIBER_ID",
            "it is missing, so this house is in no network",
            "Set it as the network knows it, as opd.example.org.",
        )
    return network


def _with_a_file(network: NetworkSettings) -> NetworkSettings:
    if network.ring is not None:
        raise click.ClickException(
            "The keys are in the environment: change BECKN_SIGNING_KEY there."
        )
    return network


def _ring(network: NetworkSettings) -> KeyRing:
    return network.ring or keys.load(network.keys)


def _registry(network: NetworkSettings, ring: KeyRing) -> HttpRegistry:
    return HttpRegistry(
        network.registry,
        post=lambda url, raw, headers: _called(network, url, raw, headers),
        sign=lambda raw, at: ring.headers(
            network.subscriber_id, raw, now=at, lasts=_LASTS
        ),
    )


def _uses(network: NetworkSettings, ring: KeyRing) -> bool:
    """Let the newest key sign that waits and that the registry has; tell if any."""
    registry, now = _registry(network, ring), clock.now()
    for key in reversed(ring.waiting(now=now)):
        try:
            name = KeyName(network.subscriber_id, key.id)
            known = registry.find(name, Role.BPP, now=now).public
        except SignatureError:
            continue
        if known == key.private.verify_key:
            _use(network, ring, key.id)
            return True
    return False


def _use(network: NetworkSettings, ring: KeyRing, key_id: str) -> None:
    keys.save(ring.using(key_id, now=clock.now()), network.keys)
    click.echo(f"{key_id} signs from now on.")


def _show(ring: KeyRing, *, now: datetime, der: bool = False) -> None:
    click.echo(json.dumps(subscribing.public_keys(ring, now=now, der=der), indent=2))


def _post(network: NetworkSettings, ring: KeyRing, url: str, raw: bytes) -> Answer:
    headers = ring.headers(network.subscriber_id, raw, now=clock.now(), lasts=_LASTS)
    whole = {"Content-Type": "application/json", **headers}
    return _called(network, url, raw, whole)


def _called(
    network: NetworkSettings, url: str, raw: bytes, headers: Mapping[str, str]
) -> Answer:
    # Both addresses are of our own settings; what is hostile is what buyers send.
    return calling.post(url, raw, headers, registered=url, private=network.private)


def _status(body: bytes) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    status = told.get("status") if isinstance(told, dict) else None
    return status if isinstance(status, str) else "asked; the registry told no status"
