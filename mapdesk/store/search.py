"""Finding things by text: names, addresses, codes and ids. People are found through `people`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from mapdesk.model.rights import Right
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import TABLES

SEARCHED: dict[str, tuple[str, ...]] = {
    "building": ("name", "address"),
    "address": ("text",),
    "grid": ("name", "code"),
    "camera": ("name", "address"),
    "organisation": ("name", "address"),
}
"""Columns looked at, by noun; the first one is the title of a result."""


@needs(Right.PLACES)
def find(store: Store, text: str, limit: int = 20) -> list[dict[str, Any]]:
    """Return rows whose id equals `text` or whose columns contain it (case ignored).

    Whole matches come first, then beginnings, then the rest; each noun gives at most `limit`.

    Returns
    -------
    list of dict
        ``noun``, ``id``, ``title`` (what matched, or the first column), ``rank``.
    """
    needle = text.strip()
    if not needle:
        return []
    found: list[dict[str, Any]] = []
    with store.connect() as connection:
        for noun, columns in SEARCHED.items():
            found.extend(
                dict(row)
                for row in connection.execute(_query(noun, columns, needle, limit)).mappings()
            )
    found.sort(key=_by_rank)
    return found


def _query(noun: str, columns: tuple[str, ...], needle: str, limit: int) -> sa.Select[Any]:
    table = TABLES[noun]
    lowered = needle.lower()
    texts = [sa.func.lower(table.c[name]) for name in columns]
    matches = [text.contains(lowered, autoescape=True) for text in texts]
    named = sa.func.lower(table.c.id) == lowered
    rank = sa.case(
        (sa.or_(named, *[text == lowered for text in texts]), 0),
        (sa.or_(*[text.startswith(lowered, autoescape=True) for text in texts]), 1),
        else_=2,
    ).label("rank")
    titles = [(match, table.c[name]) for match, name in zip(matches, columns, strict=True)]
    title = sa.case(*titles, else_=sa.func.coalesce(table.c[columns[0]], table.c.id)).label("title")
    return (
        sa.select(sa.literal(noun).label("noun"), table.c.id, title, rank)
        .where(sa.or_(named, *matches))
        .order_by(rank, title, table.c.id)
        .limit(limit)
    )


def _by_rank(row: dict[str, Any]) -> tuple[int, int, str]:
    return (row["rank"], len(row["title"]), row["title"])
