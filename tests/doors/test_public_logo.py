"""The picture with which a facility shows itself: taken, served, taken away."""

import re
from io import BytesIO

import pytest

from app.audit import internal as trail
from app.core.actor import SYSTEM
from app.directory import logos
from app.directory import queries as directory
from tests.doors import people, strict
from tests.doors.pictures import DOT, chunk, heavy, png
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

PAGE = "/setup/at/kochi/logo"
# A start, its density, a comment, a frame of 2 x 1, a scan and the end.
JPEG = (
    b"\xff\xd8\xff\xe0\0\x04ab\xff\xfe\0\x08secret\xff\xc0\0\x0b\x08\0\x01\0\x02\x01\x01\x11\0"
    b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x7f\xff\xd9"
)


def send(admin, picture):
    return admin.post(PAGE, logo=(BytesIO(picture), "logo.png"))


def address(app):
    page = people.stranger(app).get("/book/kochi").text
    found = re.search(r'src="(/book/kochi/logo/[^"]+)"', page)
    return found and found[1]


def test_a_picture_is_shown_on_the_pages_of_patients_until_it_is_removed(app, world):
    admin, anybody = people.signed_in(app, world.admin), people.stranger(app)
    assert address(app) is None

    secretive = png(2, 1, chunk(b"tEXt", b"Author\0Somebody"))
    sent = send(admin, secretive + b"<script>")
    assert sent.status_code == 303
    assert "The logo is changed" in admin.get(sent.location).text
    first = address(app)
    answer = anybody.get(first)
    assert (answer.data, answer.mimetype) == (png(2, 1), "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Vary" not in answer.headers
    assert first in admin.get(PAGE).text

    send(admin, JPEG + b"<script>")
    answer = anybody.get(address(app))
    assert answer.mimetype == "image/jpeg"
    assert answer.data == JPEG.replace(b"\xff\xfe\0\x08secret", b"")
    assert anybody.get(first).status_code == 404

    admin.post(f"{PAGE}/remove")
    gone = admin.post(f"{PAGE}/remove")
    assert "The logo is removed" in admin.get(gone.location).text
    assert address(app) is None
    facility = directory.facility("kochi", by=SYSTEM)
    lines = trail.lines("facility", facility.public_id)
    assert len([each for each in lines if "logo" in each.after]) == 3


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (b"", "Choose a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no whole PNG or JPEG"),
        (b"GIF89a" + bytes(20), "no whole PNG or JPEG"),
        (DOT[:-9], "no whole PNG or JPEG"),
        (DOT.replace(b"\x08\x02", b"\x08\x03"), "no whole PNG or JPEG"),
        (JPEG[:-2], "no whole PNG or JPEG"),
        (JPEG[:30], "no whole PNG or JPEG"),
        (png(1201, 1), "1200 pixels"),
        (png(1, 4_000_000_000), "1200 pixels"),
        (heavy(logos.MOST_BYTES + 1), "has 37 KB, and at most 36 KB"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_former_stays(app, world, picture, why):
    admin = people.signed_in(app, world.admin)
    send(admin, DOT)

    refused = send(admin, picture)

    assert refused.status_code == 422
    assert 'id="f-logo"' in refused.text.partition('aria-invalid="true"')[0][-300:]
    assert why in strict.words(strict.page(refused))
    assert people.stranger(app).get(address(app)).data == DOT
