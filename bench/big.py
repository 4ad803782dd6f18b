"""Ten million appointments of earlier years, written by SQL, and what they slow down."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import click
import psycopg

from app.core.settings import Settings
from bench.hospital import SLOTS, TOKENS, Hospital
from bench.report import Row, aligned

MOST_SLOWER = 1.2
_TABLES = (
    "token_slots",
    "booking_resources",
    "appointments",
    "token_series",
    "tokens",
    "participants",
)
