"""UHI, in the shapes of 0.7.1: India's network of health services."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from beckn.actions import Action
from beckn.context import Wire
from beckn.dialects import uhi_context
from beckn.dialects.dialect import Dialect
from beckn.dialects.uhi_commands import command
from beckn.dialects.uhi_errors import error
from beckn.dialects.uhi_messages import messages
from beckn.dialects.uhi_schema import SCHEMAS
from beckn.trust.signatures import Signer, parse_uhi

UHI = Dialect(
    wire=Wire.UHI,
    buyer="consumer_id",
    domains=("nic2004:85111",),
    actions=frozenset(
        {Action.SEARCH, Action.INIT, Action.CONFIRM, Action.STATUS, Action.CANCEL}
    ),
    zone=ZoneInfo("Asia/Kolkata"),
    read=uhi_context.read,
    callback=uhi_context.callback,
    command=command,
    messages=messages,
    schemas=SCHEMAS,
    error=error,
    parse=parse_uhi,
    sign=Signer.uhi_header,
    # What the network asks for.
    lasts=timedelta(seconds=10),
    known_as=uhi_context.known_as,
)
