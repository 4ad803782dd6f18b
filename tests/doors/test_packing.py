"""What a phone on a bad line must fetch: compressed, kept, and few bytes."""

import gzip
import re

import pytest

from app.core.actor import SYSTEM
from app.directory import service as places
from tests import factories as make
from tests.doors import people
from tests.doors.online import BOOK
from tests.doors.world import NOW
from tests.factories import MONDAY

pytestmark = pytest.mark.time_machine(NOW, tick=False)

FIRST, FURTHER = 60 * 1024, 20 * 1024
_PARTS = re.compile(r'(?:href|src)="(/(?:static/|book/kochi/(?:colour|logo))[^"]+)"')


def ask(client, address, **headers):
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(address, headers=told, buffered=True)


def fetched(client, address):
    """Give the bytes of a page, and of all its parts."""
    answer = ask(client, address, Accept_Encoding="gzip")
    assert (answer.status_code, answer.content_encoding) == (200, "gzip")
    parts = _PARTS.findall(gzip.decompress(answer.data).decode())
    got = [ask(client, part, Accept_Encoding="gzip") for part in set(parts)]
    assert {each.status_code for each in got} == {200}
    return len(answer.data), sum(len(each.data) for each in got)


def test_the_way_of_booking_is_few_bytes(app, world):
    reason = make.kind()
    places.show_online(
        world.kochi, world.rao.public_id, public=True, by=SYSTEM, now=NOW
    )
    client = app.test_client()

    page, parts = fetched(client, f"{BOOK}?lang=ml")
    steps = [
        fetched(client, f"{BOOK}/with/rao/{reason.code}{day}")[0]
        for day in ("", f"/{MONDAY}")
    ]

    assert page + parts <= FIRST
    assert max(steps) <= FURTHER


def test_static_files_are_compressed_and_kept_for_ever(app, world):
    client = app.test_client()
    sheet = re.search(r'href="(/static/css/baari[^"]+)"', client.get(BOOK).text)[1]

    packed = ask(client, sheet, Accept_Encoding="br, gzip")
    bare = ask(client, sheet)
    unwilling = ask(client, sheet, Accept_Encoding="gzip;q=0")
    part = ask(client, sheet, Accept_Encoding="gzip", Range="bytes=0-99")
    again = ask(
        client, sheet, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"]
    )

    assert gzip.decompress(packed.data) == bare.data == unwilling.data
    assert len(packed.data) * 3 < len(bare.data)
    assert (part.content_encoding, part.data) == (None, bare.data[:100])
    assert (again.status_code, again.data) == (304, b"")
    for each in (packed, bare, part, again):
        assert "Accept-Encoding" in each.vary
        # A browser would fetch it again with each cookie.
        assert "Cookie" not in each.vary
    kept = packed.cache_control
    assert (kept.max_age, bool(kept.immutable)) == (31_536_000, True)
    assert not ask(client, "/static/css/baari.css").cache_control.immutable


def test_pages_of_staff_are_sent_as_they_are(app, world):
    admin = people.signed_in(app, world.admin)

    answer = ask(admin.client, "/calendar/kochi", Accept_Encoding="gzip")

    assert (answer.status_code, answer.content_encoding) == (200, None)
