"""The wall board in a real browser: calls are seen and heard, and it never lies."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine

from app.core import connections, copies
from app.core.db import db
from app.core.embedded import postgres, redis
from app.core.embedded.home import Home
from app.queues import service
from app.queues.board_views import BoardChange
from tests import factories as make
from tests import servers
from tests.browser.axe import serious
from tests.browser.conftest import sign_in, watch
from tests.browser.wall import do, hang
from tests.served import served

pytestmark = pytest.mark.browser

# Headless Chromium has no voices: what would be heard is written down instead.
VOICE = """
  window.heard = [];
  const speaks = { now: 0 };
  const voices = ["en-IN", "hi-IN"].map((lang) => ({ lang }));
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
  Object.defineProperty(window, "speechSynthesis", { value: {
    getVoices: () => voices,
    cancel: () => {},
    speak: (words) => {
      speaks.now += 1;
      window.heard.push({ text: words.text, lang: words.lang, together: speaks.now });
      document.documentElement.dataset.heard = window.heard.length;
      setTimeout(() => { speaks.now -= 1; words.onend(); }, 50);
    },
  } });
"""
# What stands in a row and reaches beyond it.
CUT = """() => [...document.querySelectorAll(".board-rows > li")].flatMap((row) =>
  [...row.querySelectorAll("b, p")]
    .map((part) => [part, part.getBoundingClientRect(), row.getBoundingClientRect()])
    .filter(([part, inner, outer]) => inner.bottom > outer.bottom)
    .map(([part]) => part.textContent.trim()))"""
CALLED = [
    ("Token W 01, please go to Counter 9.", "en-IN"),
    ("टोकन W 01, कृपया Counter 9 पर जाएँ।", "hi-IN"),
    ("Token W 02, please go to Room 7.", "en-IN"),
    ("टोकन W 02, कृपया Room 7 पर जाएँ।", "hi-IN"),
]


@pytest.fixture(scope="module")
def hall(site):
    """Hang a board for a doctor for whom three people wait."""
    with site.app.app_context():
        return hang(site.hospital.kochi)


@pytest.fixture
def own_servers(site, tmp_path_factory):
    """Let the site work on a PostgreSQL and a Redis that nobody else needs."""
    home, settings = Home(tmp_path_factory.mktemp("own")), site.app.extensions
    home.logs.mkdir()
    with ExitStack() as stack:
        stack.callback(home.forget_sockets)
        database = postgres.start(home, servers.OPTIONS)
        stack.callback(database.stop)
        store = redis.start(home)
        stack.callback(store.stop)
        options = site.app.config["SQLALCHEMY_ENGINE_OPTIONS"]
        engine = create_engine(postgres.url(home), **options)
        connections.watch(engine)
        stack.callback(engine.dispose)
        with site.app.app_context():
            engines = db._app_engines[site.app]
            others, engines[None] = engines[None], engine
        stack.callback(engines.__setitem__, None, others)
        stack.callback(copies.use, settings["baari.settings"].redis_url)
        copies.use(redis.url(home))
        servers.migrate(home, postgres.url(home), redis.url(home))
        yield home, database, store


def test_a_call_is_seen_and_said_once_and_once_more_and_never_over_another(
    browser, site, hall
):
    board, queue, counter = hall
    context = browser.new_context(viewport={"width": 1440, "height": 810})
    page = context.new_page()
    complaints = watch(page)
    page.add_init_script(VOICE)
    page.goto(f"{site.address}/board/{board.code}")
    expect(page.locator(".hero")).to_contain_text("Nobody has been called yet")
    page.get_by_role("button", name="Sound is off").click()
    expect(page.locator("#sound")).to_be_hidden()

    do(site, service.call_next, queue, counter_id=counter.id)
    expect(page.locator(".hero .call")).to_have_text("W-01")
    do(site, service.call_next, queue)
    expect(page.locator(".hero .call")).to_have_text("W-02")
    expect(page.locator("html")).to_have_attribute("data-heard", "8", timeout=30_000)

    heard = page.evaluate("window.heard")
    said = [(each["text"], each["lang"]) for each in heard]
    assert said == [*CALLED[:2], *CALLED[:2], *CALLED[2:], *CALLED[2:]]
    assert {each["together"] for each in heard} == {1}
    expect(page.locator(".board-rows")).to_contain_text("W-01")
    assert "Leela" not in page.content()
    do(site, service.run_late, queue, 20, "")
    expect(page.locator(".board-banner.warn")).to_contain_text("about 20 minutes late")
    english = BoardChange(languages=("en",))
    do(site, service.change_board, board.id, english)
    expect(page.locator('#board [lang="hi"]')).to_have_count(0)
    context.close()
    assert complaints == []


def test_who_is_called_beside_the_large_one_is_cut_by_no_banner(browser, site, hall):
    board, queue, _ = hall
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{site.address}/board/{board.code}")
    while page.locator(".board-rows > li").count() == 0:
        do(site, service.call_next, queue)
        page.reload()
    do(site, service.run_late, queue, 20, "")
    expect(page.locator(".board-banner.warn")).to_contain_text("late")
    expect(page.get_by_role("button", name="Sound is off")).to_be_visible()

    cut = page.evaluate(CUT)
    page.evaluate(
        "const list = document.querySelector('.board-rows');"
        "while (list.children.length < 5) list.append(list.children[0].cloneNode(true))"
    )
    cut += page.evaluate(CUT)
    context.close()

    assert cut == []


def test_says_that_it_is_not_live_and_recovers_by_itself(browser, site, hall):
    board, queue, _ = hall
    page = browser.new_page()
    with served(site.app) as port:
        page.goto(f"http://127.0.0.1:{port}/board/{board.code}")
        expect(page.locator("#board")).to_contain_text("OPD floor 1")
    expect(page.locator("#off")).to_contain_text("Not live since", timeout=15_000)

    entry = do(site, service.call_next, queue)
    with served(site.app, port):
        expect(page.locator("#off")).to_be_hidden(timeout=15_000)
        expect(page.locator(".hero .call")).to_have_text(entry.token)
        page.close()


def test_goes_on_without_redis_and_recovers_when_the_database_is_back(
    browser, site, own_servers
):
    home, database, store = own_servers
    with site.app.app_context():
        board, queue, _ = hang(make.facility())
    page = browser.new_page()
    page.goto(f"{site.address}/board/{board.code}")
    expect(page.locator("#board")).to_contain_text("OPD floor 1")

    store.stop()
    first = do(site, service.call_next, queue)
    expect(page.locator(".hero .call")).to_have_text(first.token, timeout=15_000)
    expect(page.locator("#off")).to_be_hidden()
    store.restart()

    database.stop()
    expect(page.locator("#off")).to_contain_text("Not live since", timeout=15_000)
    database.restart()
    expect(page.locator("#off")).to_be_hidden(timeout=15_000)
    assert redis.answers(home)
    second = do(site, service.call_next, queue)
    expect(page.locator(".hero .call")).to_have_text(second.token)
    page.close()


def test_axe_finds_nothing_serious_on_boards_and_counters(browser, site, hall):
    board, queue, _ = hall
    context = browser.new_context(
        viewport={"width": 1440, "height": 810}, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page, site, site.hospital.keeper.username)
    pages = {
        "board": f"/board/{board.code}",
        "counter": f"/counter/{queue}",
        "supervise": "/supervise/kochi",
        "boards": "/setup/at/kochi/boards",
        "board-setup": f"/setup/at/kochi/boards/{board.id}",
    }
    found = {}
    for name, address in pages.items():
        page.goto(f"{site.address}{address}")
        found[name] = serious(page, fits=False)
    context.close()

    assert {which: issues for which, issues in found.items() if issues} == {}
