"""Idempotency keys are kept while somebody may try again, and no longer."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from app.booking import idempotency
from app.booking.models import IdempotencyKey
from app.booking.views import Once
from app.core.actor import SYSTEM

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class TestForget:
    def test_removes_old_keys_and_keeps_young_ones(self, session):
        old, young = NOW - timedelta(days=3), NOW - timedelta(hours=1)
        idempotency.begin(Once("old", "a" * 64), [], uuid4(), by=SYSTEM, now=old)
        idempotency.begin(Once("young", "a" * 64), [], uuid4(), by=SYSTEM, now=young)
        session.commit()

        gone = idempotency.forget(now=NOW)

        assert gone == 1
        assert session.scalars(select(IdempotencyKey.key)).all() == ["young"]
