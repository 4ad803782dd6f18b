"""Letters before token numbers, one for each queue of a facility."""

import string
from datetime import datetime
from itertools import chain, product

from sqlalchemy import select, update

from app.audit import internal as audit
from app.core.actor import Actor
from app.core.db import db
from app.core.errors import ConflictError
from app.core.holding import hold_all
from app.directory.models import Post
from app.directory.views import ResourceView


class PrefixesGoneError(ConflictError):
    code = "prefixes_gone"


def ensure(resource: ResourceView, *, by: Actor, now: datetime) -> None:
    """
    Give a resource a token letter in its facility, if it has none yet.

    Call it when tokens are first offered. A to Z come first, then AA to ZZ. Rivals of a
    facility take turns; nobody waits for a resource while holding that turn.

    :raises PrefixesGoneError: if the facility has used up every letter and pair
    """
    if resource.token_prefix is not None:
        return
    hold_all([f"prefix:{resource.facility_id}"])
    used = set(
        db.session.scalars(
            select(Post.token_prefix).where(Post.facility_id == resource.facility_id)
        )
    )
    letters = string.ascii_uppercase
    pairs = map("".join, product(letters, repeat=2))
    free = next((each for each in chain(letters, pairs) if each not in used), None)
    if free is None:
        raise PrefixesGoneError(field="resource_id")
    given = db.session.scalar(
        update(Post)
        .where(
            Post.resource_id == resource.id,
            Post.facility_id == resource.facility_id,
            Post.token_prefix.is_(None),
        )
        .values(token_prefix=free)
        .returning(Post.id)
    )
    if given is not None:
        audit.record(
            "resource.prefix_given",
            audit.Subject("resource", resource.public_id, resource.facility_id),
            by=by,
            now=now,
            before={"token_prefix": None},
            after={"token_prefix": free},
        )
