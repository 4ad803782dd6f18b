"""Count what an act asks of the database."""

from collections.abc import Callable

from sqlalchemy import event

from app.core.db import db


def statements(act: Callable[[], object]) -> int:
    """Count the statements an act sends; savepoints of the tests are not among them."""
    sent: list[str] = []
    connection = db.engine

    def count(*args: object) -> None:
        sent.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", count)
    act()
    event.remove(connection, "before_cursor_execute", count)
    return len([each for each in sent if "SAVEPOINT" not in each])
