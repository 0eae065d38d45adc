"""How long things are kept, and erasing what is due. Only `services.retention` calls this."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.rights import Right
from mapdesk.store import audit, writing
from mapdesk.store.database import Store, checkpoint
from mapdesk.store.erasers import ERASERS, count_of
from mapdesk.store.rules import needs
from mapdesk.store.schema import RETENTION_RULE
from mapdesk.store.server.names import is_kept_schema


@needs(Right.RETENTION)
def rules(store: Store) -> dict[str, int]:
    """Return the days that things are kept; what has no rule is kept for ever."""
    query = sa.select(RETENTION_RULE.c.what, RETENTION_RULE.c.days)
    with store.connect() as connection:
        return {str(what): int(days) for what, days in connection.execute(query)}


@needs(Right.RETENTION)
def set_rule(store: Store, what: str, days: int | None) -> None:
    """Keep a kind of thing for so many days; None keeps it for ever."""
    with writing.transaction(store) as connection:
        connection.execute(sa.delete(RETENTION_RULE).where(RETENTION_RULE.c.what == what))
        if days is not None:
            connection.execute(sa.insert(RETENTION_RULE).values(what=what, days=days))


@needs(None)
def copies(store: Store) -> list[str]:
    """Return what was kept before upgrades, files of a folder or schemas of a server: no rule reaches it.

    Names alone, which a server tells everybody.
    """
    if not store.is_shared:
        return sorted(path.name for path in store.folder.glob("store-*.duckdb"))
    with store.connect() as connection:
        return sorted(filter(is_kept_schema, sa.inspect(connection).get_schema_names()))


@needs(Right.RETENTION)
def count_due(store: Store, what: str, before: datetime) -> int:
    """Return how many rows of a kind are older than a moment; a server counts them by its rule."""
    eraser = ERASERS.get(what)
    if eraser is None:
        return 0
    with store.connect() as connection:
        if store.is_guest:
            values = {"what": what, "before": before}
            return int(
                connection.scalar(sa.text("SELECT rights.due_by_rule(:what, :before)"), values)
            )
        return int(connection.scalar(count_of(eraser, _plain(before))) or 0)


@needs(Right.RETENTION)
def erase(store: Store, access: Access, what: str, before: datetime, days: int) -> int:
    """Put it on record and erase what is older than a moment, all or nothing; return how many rows.

    Parameters
    ----------
    days : int
        What the rule says, for the record.

    Raises
    ------
    RightsError
        A server's rule does not make this due.
    """
    eraser = ERASERS.get(what)
    if eraser is None:
        return 0
    moment = _plain(before)
    with writing.transaction(store) as connection:
        if store.is_guest:
            values = {"what": what, "before": before}
            asked = sa.text("SELECT rights.erase_by_rule(:what, :before)")
            count = int(connection.scalar(asked, values) or 0)
        else:
            count = int(connection.scalar(count_of(eraser, moment)) or 0)
            detail: dict[str, str | float | bool | None] = {
                "rows": count,
                "days": days,
                "before": before.date().isoformat(),
            }
            audit.record(store, access, "erase by rule", what, kind="erase", detail=detail)
            for statement in eraser.statements(moment):
                connection.execute(statement)
        if eraser.nouns:
            store.backend.announce(connection, eraser.nouns)
    checkpoint(store)
    return count


def _plain(before: datetime) -> sa.BindParameter[datetime]:
    """Return a moment as the district keeps it: UTC without a zone."""
    return sa.literal(before.astimezone(UTC).replace(tzinfo=None))
