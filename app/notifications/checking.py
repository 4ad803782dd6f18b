"""What a facility may write: words, the variables of a kind, and if; and how long."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from app.core.errors import InputError
from app.directory.views import FacilityView
from app.notifications import wording
from app.notifications.kinds import Channel, Told
from app.notifications.views import TextView

# An SMS of so many parts is still one message; WhatsApp takes so much in a template.
MOST_PARTS = 6
MOST: Mapping[Channel, int] = {Channel.WHATSAPP: 1024, Channel.EMAIL: 4000}
WRITTEN = 4000
# A code made up, to look for in the words.
CODE = "482913"

# With nothing else in it, no text can fail when it is sent, nor reach what is not its.
_ALLOWED = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")


def check(text: TextView, facility: FacilityView, *, now: datetime) -> None:
    """
    See that a text can be sent, whatever its message holds.

    :raises InputError: naming the line and what is wrong there
    """
    if not 1 <= len(text.written) <= WRITTEN:
        raise InputError(field="written", reason="length", least=1, most=WRITTEN)
    try:
        parsed = wording.ENVIRONMENT.parse(text.written)
    except TemplateSyntaxError as exc:
        what = (exc.message or "").rstrip(".")
        raise InputError(
            field="written", reason="text_syntax", line=exc.lineno, what=what
        ) from exc
    _check_nodes(parsed, text.kind)
    said = [
        wording.say(text, each, facility) for each in _all_samples(text.kind, now=now)
    ]
    if not all(each.strip() for each in said):
        raise InputError(field="written", reason="text_empty")
    if text.kind is Told.CODE and not all(CODE in each for each in said):
        raise InputError(field="written", reason="text_code")
    _check_length(max(said, key=len), text.channel)


def parts(said: str) -> int:
    """Tell as how many SMS a text goes: letters beyond the plainest need more room."""
    if all(each in _GSM or each in _GSM_TWICE for each in said):
        length = sum(2 if each in _GSM_TWICE else 1 for each in said)
        alone, each_of_many = 160, 153
    else:
        length = len(said.encode("utf-16-le")) // 2
        alone, each_of_many = 70, 67
    return 1 if length <= alone else -(-length // each_of_many)


def sample(kind: Told, *, now: datetime) -> dict[str, Any]:
    """Make up what a message of a kind might hold, to look at its words."""
    start = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return {
        "reference": "B7K2MQ",
        "with": "Dr Anitha Krishnan",
        "type": "Consultation",
        "token": "A-12",
        "starts_at": start.isoformat(),
        "was_starts_at": (start - timedelta(hours=2)).isoformat(),
        "until": (now + timedelta(minutes=30)).isoformat(),
        "late_minutes": 20 if kind is Told.DELAYED else 0,
        "paused": False,
        "ahead": 3,
        "stop": "https://opd.example.org/o/Zk3vX8qLr2T",
        "secret": "Zk3vX8qLr2TnWb5yHd9Jc",
        "code": CODE,
        "outcome": "moved",
    }


def _all_samples(kind: Told, *, now: datetime) -> list[dict[str, Any]]:
    """Make up messages that take each way through an if."""
    full = sample(kind, now=now)
    return [
        full,
        full | {"paused": True},
        full | {"late_minutes": 0},
        full | {"outcome": "listed"},
        full | {"outcome": "listed", "emergency": False},
        full | {"token": None, "was_starts_at": None},
    ]


def _check_nodes(parsed: nodes.Template, kind: Told) -> None:
    known = wording.variables(kind)
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise InputError(
                field="written",
                reason="text_unsafe",
                line=node.lineno,
                what=_called(node),
            )
        if isinstance(node, nodes.Name) and node.name not in known:
            raise InputError(
                field="written",
                reason="text_variable",
                line=node.lineno,
                what=node.name,
                known=", ".join(known),
            )


def _called(node: nodes.Node) -> str:
    """Name what was written, as it was written if that is short."""
    match node:
        case nodes.Getattr(node=nodes.Name(name=name), attr=attr):
            return f"{name}.{attr}"
        case nodes.Filter(name=name):
            return f"|{name}"
        case nodes.Call(node=nodes.Name(name=name)):
            return f"{name}()"
    return type(node).__name__.lower()


def _check_length(said: str, channel: Channel) -> None:
    if channel is Channel.SMS:
        if (count := parts(said)) > MOST_PARTS:
            raise InputError(
                field="written", reason="text_parts", parts=count, most=MOST_PARTS
            )
    elif len(said) > MOST[channel]:
        raise InputError(
            field="written", reason="text_long", length=len(said), most=MOST[channel]
        )
