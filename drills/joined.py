"""A house of a drill in a network of its own: a registry, buyers' apps, a worker."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.core import clock
from beckn.dialects.dialect import Dialect
from beckn.dialects.uhi import UHI
from beckn.trust import keys
from drills import buyers, house, registry
from drills.buyers import Buyer
from drills.house import House

US = "bpp.drill.example"
_NO_LIMIT = "100000000/minute"


@contextmanager
def opened(
    root: Path, builder: str, apps: Mapping[str, Dialect], *, factor: float
) -> Iterator[tuple[House, Sequence[Buyer]]]:
    """
    Start a house that the network knows, and an app for each of these names.

    `builder` and `factor` are as of `house.opened`.
    """
    ring, port = keys.new_ring(now=clock.now()), house.free_port()
    keys.save(ring, root / "keys.json")
    url = f"http://127.0.0.1:{port}/beckn"
    ours = buyers.House(US, url, ring.signing[0].private.verify_key)
    entries: list[dict[str, str]] = []
    with ExitStack() as stack:
        more = {
            "BECKN_SUBSCRIBER_ID": US,
            "BECKN_URL": url,
            "BECKN_REGISTRY_URL": stack.enter_context(registry.opened(entries)),
            "BECKN_KEYS": str(root / "keys.json"),
            "BECKN_PRIVATE_CALLBACKS": "1",
            "BECKN_DOMAINS": "dhp:,nic2004:85111",
            "BECKN_PER_SUBSCRIBER": _NO_LIMIT,
            "BECKN_PER_ADDRESS": _NO_LIMIT,
        }
        found = stack.enter_context(
            house.opened(
                root / "home",
                builder=builder,
                demo=True,
                factor=factor,
                port=port,
                more=more,
            )
        )
        known = []
        for name, dialect in apps.items():
            app = Buyer(name, dialect, ours, found.pace)
            known.append(stack.enter_context(buyers.serving(app)))
            now, der = clock.now(), dialect is UHI
            entries.append(registry.entry(app.signer, app.url, now=now, der=der))
        worker = found.start("worker", "-m", "drills.worker")
        stack.callback(worker.stop)
        yield found, known
