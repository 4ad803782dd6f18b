"""Boards at the doors: set up by form and by program, seen by everybody."""

import re

import pytest

from app.accounts.permissions import Role
from app.core.actor import SYSTEM
from app.doors import board_words
from app.patients.views import NewPatient
from app.queues import queries, service
from app.queues.views import NewWalkIn
from app.queues.waits import Wait
from tests import factories as make
from tests.doors import people
from tests.doors.callers import caller
from tests.doors.routes_boards import hung
from tests.doors.test_statements import counted
from tests.doors.world import NOW

pytestmark = pytest.mark.time_machine(NOW, tick=False)

HERE = "/setup/at/kochi/boards"


@pytest.fixture
def admin(app, world):
    return people.signed_in(app, make.user(Role.ADMIN))


@pytest.fixture
def came(world):
    return service.walk_in(
        NewWalkIn(
            world.kochi.public_id,
            world.rao.public_id,
            world.visit.public_id,
            person=NewPatient("Leela Pillai"),
        ),
        by=SYSTEM,
        now=NOW,
    )


def look(app, board, **how):
    return app.test_client().get(f"/board/{board.code}", **how)


def version(answer):
    return re.search(r'data-v="([^"]+)"', answer.text)[1]


class TestBoard:
    def test_is_open_to_who_has_its_code_and_says_no_names(self, app, world, came):
        board = hung(world, languages=("en", "hi", "ml"))
        service.call(came.id, by=SYSTEM, now=NOW)

        shown = look(app, board)

        assert shown.status_code == 200
        assert f'data-token="{came.token}"' in shown.text
        assert "Leela" not in shown.text
        assert "अब बारी" in shown.text
        assert "ഇപ്പോൾ" in shown.text
        assert "Set-Cookie" not in shown.headers

    def test_tells_a_poll_nothing_until_there_is_news(self, app, world, came):
        board = hung(world)
        seen = {"v": version(look(app, board))}

        first = look(app, board, query_string=seen)
        with counted() as sent:
            quiet = look(app, board, query_string=seen)
        service.call(came.id, by=SYSTEM, now=NOW)
        news = look(app, board, query_string=seen, headers={"HX-Request": "true"})

        assert (first.status_code, quiet.status_code, quiet.data) == (204, 204, b"")
        # It never came as far as the app: there is no id of a request.
        assert ("X-Request-ID" in first.headers, sent) == (True, [])
        assert "X-Request-ID" not in quiet.headers
        assert news.status_code == 200
        assert news.text.startswith('<div id="board"')

    @pytest.mark.parametrize("code", ["nobody", "a" * 12, "%00", "..%2f"])
    def test_without_a_code_shows_nothing(self, app, world, code):
        for asked in (f"/board/{code}", f"/board/{code}?v=1"):
            assert app.test_client().get(asked).status_code == 404

    def test_says_who_is_late_with_what_they_let_say(self, app, world, came):
        board = hung(world)
        service.run_late(came.queue_id, 20, "<b>Theatre", by=SYSTEM, now=NOW)

        shown = look(app, board).text

        assert f"{world.rao.name} is running about 20 minutes late." in shown
        assert "&lt;b&gt;Theatre" in shown

    def test_gives_recordings_of_its_own_folder_and_nothing_else(self, app, world):
        home = app.extensions["baari.settings"].home
        clips = home / "clips" / "en"
        clips.mkdir(parents=True, exist_ok=True)
        (clips / "token.mp3").write_bytes(b"sound")
        client = app.test_client()

        assert '"token": "token.mp3"' in look(app, hung(world)).text
        with client.get("/board-clips/en/token.mp3") as clip:
            assert clip.data == b"sound"
        assert client.get("/board-clips/../secret").status_code == 404
        assert client.get("/board-clips/%2e%2e/%2e%2e").status_code == 404


class TestSetUp:
    def test_hangs_one_up_changes_it_and_takes_it_down(self, app, world, admin):
        wanted = {
            "name": "OPD floor 1",
            "resources": str(world.rao.public_id),
            "privacy": "initials",
            "languages": ["hi", "en"],
            "sound": "1",
        }
        admin.post(f"{HERE}/new", **wanted)
        (made,) = queries.boards(world.kochi, by=SYSTEM)
        where = f"{HERE}/{made.id}"
        assert f"/board/{made.code}" in admin.get(HERE).text
        assert look(app, made).status_code == 200

        admin.post(where, **wanted)

        (told,) = queries.boards(world.kochi, by=SYSTEM)
        assert (made.languages, made.sound) == (("hi", "en"), True)
        assert not told.active
        assert look(app, made).status_code == 404

    def test_keeps_what_was_typed_when_nothing_is_shown(self, world, admin):
        answer = admin.post(
            f"{HERE}/new", name="Hall 7", privacy="none", languages="ml"
        )

        assert answer.status_code == 422
        assert "Choose 1 to 60." in answer.text
        assert 'value="Hall 7"' in answer.text
        assert 'id="f-resources-why"' in answer.text

    def test_is_done_by_programs_too(self, app, world):
        chief = caller(app, make.user(Role.ADMIN))
        where = f"/api/facilities/{world.kochi.public_id}/boards"
        shows = {"resources": [str(world.rao.public_id)]}

        made = chief.post(where, {"name": "Hall", "shows": shows, "languages": ["ml"]})
        again = chief.post(f"/api/boards/{made.json['id']}", {"new_code": True})
        odd = chief.post(where, {"name": "X", "shows": shows, "languages": ["xx"]})

        assert (made.status_code, made.json["privacy"]) == (201, "token")
        assert again.json["code"] != made.json["code"]
        assert chief.get(where).json == {"boards": [again.json]}
        assert odd.status_code == 422


@pytest.mark.parametrize(
    ("wait", "told"),
    [(Wait(0, 0), (0, 5)), (Wait(1190, 1800), (15, 30)), (Wait(600, 601), (10, 15))],
)
def test_a_wait_is_told_as_a_range_that_holds_it(wait, told):
    assert board_words.minutes(wait) == told
