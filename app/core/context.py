"""What is true for the present request or job: its id, for logs and the trail."""

import secrets
from contextvars import ContextVar

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def begin(request_id: str | None = None) -> str:
    """Start a new request or job; keep the id it came with, else make one."""
    fresh = request_id or secrets.token_hex(8)
    _request_id.set(fresh)
    return fresh


def request_id() -> str:
    """Tell the id of the present request or job; empty outside of one."""
    return _request_id.get()
