"""Core 1.1 with the DHP consultation profile: read leniently, written strictly."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from beckn import problems
from beckn.actions import Action
from beckn.context import Wire
from beckn.dialects import core_context
from beckn.dialects.core_commands import command
from beckn.dialects.core_messages import messages
from beckn.dialects.core_schema import SCHEMAS
from beckn.dialects.dialect import Dialect
from beckn.trust.signatures import Signer, parse

CORE = Dialect(
    wire=Wire.CORE,
    buyer="bap_id",
    domains=(),
    actions=frozenset(Action),
    zone=ZoneInfo("UTC"),
    read=core_context.read,
    callback=core_context.callback,
    command=command,
    messages=messages,
    schemas=SCHEMAS,
    error=problems.core,
    parse=parse,
    sign=Signer.header,
    # Longer than the longest call, so that a signature is valid when it is read.
    lasts=timedelta(seconds=60),
)
