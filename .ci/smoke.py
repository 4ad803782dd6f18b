"""
Use Baari as a stranger would: `make run`, sign in, book the first token, Ctrl-C.

On a free port and an empty home. The exit status says whether all of it went well and
nothing was left running.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from app.core.embedded import process
from app.core.embedded.home import Home

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_S = 90
STOPS_WITHIN_S = 45
USER, PASSWORD = "reception", "demo-only"


class SignInForm(HTMLParser):
    """The form of a page that asks for a password: where it goes, what it hides."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.texts: list[str] = []
        self.password: str | None = None
        self._form: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = told
        elif tag == "input" and self.password is None:
            kind, name = told.get("type", "text"), told.get("name", "")
            if kind == "password":
                self.password, self.action = name, self._form.get("action", "")
            elif kind == "hidden":
                self.fields[name] = told.get("value", "")
            elif kind == "text":
                self.texts.append(name)


class Browser:
    """Cookies, forms and nothing else."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Give the address we end at and the page there."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        url = urllib.parse.urljoin(self.address, path)
        request = urllib.request.Request(url, data, {"Referer": url})  # noqa: S310 - http, to ourselves
        with self._opener.open(request, timeout=30) as response:
            return response.geturl(), response.read().decode()


class Api:
    """The JSON door, with a bearer token."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token

    def ask(self, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        url = f"{self._address}/api{path}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(url, data, headers)  # noqa: S310 - http, to ourselves
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - the same
                return json.load(response)
        except urllib.error.HTTPError as exc:
            sys.exit(f"smoke: {path} answered {exc.code}: {exc.read().decode()[:500]}")


def main() -> int:
    """Start, use, stop; tell how long each took."""
    with tempfile.TemporaryDirectory(prefix="baari-smoke-") as folder:
        home = Path(folder, "home").resolve()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environ = {**os.environ, "BAARI_HOME": str(home), "PORT": str(port)}
        for name in ("DATABASE_URL", "REDIS_URL", "HOST", "BAARI_DEMO"):
            environ.pop(name, None)
        address = f"http://127.0.0.1:{port}"
        with _made_to_run(environ, home, address):
            _sign_in(address)
            _book(Api(address, _bearer(environ)))
        left = _left(home)
    if left:
        print(f"smoke: still running after Ctrl-C: {left}", file=sys.stderr)
        return 1
    print("smoke: nothing was left running")
    return 0


@contextlib.contextmanager
def _made_to_run(environ: dict[str, str], home: Path, address: str) -> Iterator[None]:
    began = time.monotonic()
    # A session of its own, so that Ctrl-C reaches make and Baari, and not us.
    make = subprocess.Popen(
        ["make", "run"],  # noqa: S607 - the make that runs us
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _is_ready(address):
            if make.poll() is not None or time.monotonic() - began > STARTS_WITHIN_S:
                sys.exit("smoke: `make run` was not ready in time")
            time.sleep(0.1)
        print(f"smoke: ready after {time.monotonic() - began:.1f} s")
        yield
        began = time.monotonic()
        os.killpg(make.pid, signal.SIGINT)
        make.wait(STOPS_WITHIN_S)
        print(f"smoke: stopped after {time.monotonic() - began:.1f} s")
    finally:
        if make.poll() is None:
            os.killpg(make.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                make.wait(STOPS_WITHIN_S)
        process.end_all(_left(home), signal.SIGKILL, patience=5)


def _is_ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=10) as response:  # noqa: S310 - http, to ourselves
            return bool(response.status == 200)
    except OSError:
        return False


def _left(home: Path) -> set[int]:
    folders = (Home(home).postgres, Home(home).redis)
    at_work = (pid for folder in folders for pid in process.at_work_in(folder))
    return {*process.started_for(home), *at_work}


def _sign_in(address: str) -> None:
    browser = Browser(address)
    where, page = browser.open("/")
    form = SignInForm(page)
    if form.password is None:
        sys.exit(f"smoke: no sign-in form at {where}")
    filled = {**form.fields, form.texts[0]: USER, form.password: PASSWORD}
    where, page = browser.open(form.action or where, filled)
    if SignInForm(page).password is not None:
        sys.exit(f"smoke: {USER} could not sign in")
    print(f"smoke: {USER} signed in and sees {urllib.parse.urlsplit(where).path}")


def _bearer(environ: dict[str, str]) -> str:
    made = subprocess.run(
        [
            ROOT / ".venv/bin/baari",
            "token",
            "create",
            "--user",
            USER,
            "--name",
            "smoke",
        ],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return made.stdout.split()[-1]


def _book(api: Api) -> None:
    facility, resource, opening, kind = _first_token(api)
    at = f"/facilities/{facility['id']}"
    patients = api.ask("/patients", q="a", facility_id=facility["id"])["patients"]
    told = api.ask(
        f"{at}/tokens",
        {
            "resource_id": resource["id"],
            "patient_id": patients[0]["id"],
            "type_id": kind["id"],
            "starts_at": opening["starts_at"],
        },
    )
    again = api.ask(f"/appointments/{told['id']}")
    if again["reference"] != told["reference"] or again["status"] != "scheduled":
        sys.exit(f"smoke: booked {told}, but read {again}")
    left = _openings(api, facility, resource, kind, after=opening["starts_at"])
    now_left = [o["left"] for o in left if o["starts_at"] == opening["starts_at"]]
    if now_left and now_left[0] != opening["left"] - 1:
        sys.exit(f"smoke: {opening['left']} were left before, {now_left[0]} after")
    print(
        f"smoke: booked {told['reference']} with {resource['name']}"
        f" at {opening['starts_at']}"
    )


def _first_token(api: Api) -> tuple[Any, Any, Any, Any]:
    """Find the first token offered to anybody by anybody."""
    kinds = api.ask("/types")["types"]
    for facility in api.ask("/facilities")["facilities"]:
        resources = api.ask(f"/facilities/{facility['id']}/resources")["resources"]
        for resource in resources:
            for kind in kinds:
                for opening in _openings(api, facility, resource, kind):
                    if opening["kind"] == "token":
                        return facility, resource, opening, kind
    sys.exit("smoke: no token is offered anywhere")


def _openings(
    api: Api, facility: Any, resource: Any, kind: Any, **query: str
) -> list[Any]:
    path = f"/facilities/{facility['id']}/resources/{resource['id']}/openings"
    found: list[Any] = api.ask(path, type_id=kind["id"], **query)["openings"]
    return found


if __name__ == "__main__":
    sys.exit(main())
