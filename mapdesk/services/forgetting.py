"""What was forgotten of the map comes back: bookmarks, tours, styles, pictures of the ground."""

from __future__ import annotations

from mapdesk.model.errors import ConflictError
from mapdesk.store import map_items
from mapdesk.store.database import Store
from mapdesk.store.map_items import MapItem


def bring_back(store: Store, item: MapItem) -> None:
    """Keep something again that was forgotten; it belongs to whoever brings it back.

    Raises
    ------
    ConflictError
        Something else has its name by now.
    RightsError
        It is the whole district's, and this user may not edit places.
    """
    if any(one.name == item.name for one in map_items.items(store, item.kind)):
        raise ConflictError(
            f"A {item.kind} called '{item.name}' was saved meanwhile; rename it, then bring this one back."
        )
    map_items.save(store, item.kind, item.name, item.content)
