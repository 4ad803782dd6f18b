"""What every answer and every request to any door must bear: headers, sizes, CSRF."""

from flask import Flask, Request, Response, current_app, request
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
)
from flask_wtf import CSRFProtect

# Nothing here takes files, so a body is a form or a JSON document.
MAX_BODY = 1_000_000
MAX_FORM_PARTS = 200
HOURS_SIGNED_IN = 12

# No inline script or style anywhere, so whatever slips into a page stays text.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HEADERS = {name.lower(): (name, value) for name, value in _ALWAYS.items()}

# The JSON door takes bearer tokens only, which no foreign page can send; who stops
# their messages or fills a form of the network has a secret in the address, and
# gateways and networks sign. Every other door goes by the session's cookie.
_NO_COOKIE = ("/api/", "/o/", "/n/", "/gateway/", "/beckn/")

csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Session cookies that are Secure wherever the request itself was."""

    def get_cookie_secure(self, app: Flask) -> bool:
        del app
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Begin without a look at keys where no cookie came, as at the JSON door."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        """Let no cookie go with what any cache may keep: it is the same for all."""
        # Else browsers fetch sheets and pictures again whenever the cookie changes.
        used = session.accessed or session.modified
        if used and not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Guard the app's doors."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_NAME="baari",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=HOURS_SIGNED_IN * 3600,
        # A form may stand open on a desk as long as the session lives.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.session_interface = Sessions()
    csrf.init_app(app)
    app.before_request(_refuse_forged)
    app.after_request(_add_headers)


def _refuse_forged() -> None:
    if not request.path.startswith(_NO_COOKIE):
        csrf.protect()


def _add_headers(response: Response) -> Response:
    headers = response.headers
    said = {name.lower() for name, _ in headers}
    headers.extend(pair for name, pair in _HEADERS.items() if name not in said)
    kept = "cache-control" in said and response.cache_control.max_age
    if request.endpoint != "static" and not kept:
        # Pages name patients; a shared computer keeps none of them.
        headers["Cache-Control"] = "no-store"
    if not current_app.debug and request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
