"""Statistics of fixed areas as they were last published, small counts hidden.

On a server roles without the right to records cannot read the flat table; they read these. That they stand
still between two publications also keeps anyone from taking one day's counts from the next.
"""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa

from mapdesk.model.errors import NotFoundError
from mapdesk.model.makeup import MakeUp
from mapdesk.model.rights import Right
from mapdesk.store import writing
from mapdesk.store.database import Store
from mapdesk.store.rules import needs
from mapdesk.store.schema import PUBLISHED_STATISTIC
from mapdesk.store.statistics import fixed_area_statistics


@needs(Right.EDIT_REGISTER)
def publish(store: Store, today: date) -> int:
    """Count every fixed area, hide what is small, and replace what was published; return how many areas."""
    found = fixed_area_statistics(store, today)
    rows = [
        {"area": area, "day": today, "content": json.dumps(one.as_dict(), ensure_ascii=False)}
        for area, one in found.items()
    ]
    with writing.transaction(store) as connection:
        connection.execute(sa.delete(PUBLISHED_STATISTIC))
        connection.execute(sa.insert(PUBLISHED_STATISTIC), rows)
    return len(rows)


@needs(Right.STATISTICS)
def statistics_for(store: Store, today: date) -> dict[str, MakeUp]:
    """Return the make-up of every fixed area, by grid id and "" for the district, small counts hidden.

    On a server what was last published, for those who cannot read records; else counted now.

    Raises
    ------
    NotFoundError
        Nothing was published yet.
    """
    if not store.is_shared or store.identity.may(Right.PEOPLE):
        return fixed_area_statistics(store, today)
    with store.connect() as connection:
        rows = connection.execute(
            sa.select(PUBLISHED_STATISTIC.c.area, PUBLISHED_STATISTIC.c.content)
        ).all()
    if not rows:
        raise NotFoundError(
            "No statistics are published yet; a registrar does it with 'mapdesk makeup --publish'."
        )
    return {area: MakeUp.from_dict(json.loads(content)) for area, content in rows}
