"""The rows of slips: made as somebody comes or before, and counted as they come out."""

from datetime import datetime

from sqlalchemy import CTE, bindparam, literal_column, null, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import db, table
from app.core.errors import InputError
from app.queues.models import Encounter, Slip


def made() -> CTE:
    """
    Give the part of a statement that gives `participant_id` a slip, made `at`.

    Who has come before keeps theirs; what was printed before anybody came is another.
    """
    row, visit = table(Slip).c, table(Encounter).c
    fresh = insert(table(Slip))
    came = select(visit.id).where(visit.participant_id == row.participant_id).exists()
    return (
        fresh.values({row.participant_id: bindparam("participant_id")})
        .values({row.made_at: bindparam("at"), row.prints: literal_column("0")})
        .on_conflict_do_update(
            index_elements=["participant_id"],
            set_={
                "made_at": fresh.excluded.made_at,
                "prints": literal_column("0"),
                "printed_at": null(),
            },
            where=~came,
        )
        .inline()
        .cte("slip")
    )


def kept(participant_id: int, *, now: datetime) -> Slip:
    """Give the slip of somebody, to count what is printed; make it if there is none."""
    row = table(Slip).c
    values = {row.participant_id: participant_id, row.made_at: now}
    fresh = insert(table(Slip)).values(values)
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["participant_id"]))
    return locked(participant_id)


def count(slip: Slip, copy: int, *, now: datetime) -> bool:
    """
    Count a copy that came out; tell whether it was not counted before.

    :raises InputError: if a copy before it was never confirmed
    """
    most = slip.prints + 1
    if not 1 <= copy <= most:
        raise InputError(field="copy", reason="between", least=1, most=most)
    if copy < most:
        return False
    slip.prints, slip.printed_at = copy, now
    return True


def locked(participant_id: int) -> Slip:
    """Give the slip of somebody as it stands; nobody else counts meanwhile."""
    found = select(Slip).where(Slip.participant_id == participant_id)
    found = found.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(found).one()
