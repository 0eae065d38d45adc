"""A card as what can be taken out: rows of what stands on it."""

from __future__ import annotations

from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.selection import Ref
from mapdesk.services import register_cards
from mapdesk.services.cards import Card, card_of
from mapdesk.services.register_cards import RegisterCard
from mapdesk.services.results import Result, admit
from mapdesk.store.database import Store


def of_card(store: Store, access: Access, ref: Ref) -> Result:
    """Return a card as rows: its fields, its grids, who lives there, what hangs on it; people masked."""
    personal = ref.noun in register_cards.REGISTER
    admit(access, personal=personal)
    members: list[dict[str, Any]] = []
    people: tuple[str, ...] = ()
    found: Card | RegisterCard
    if personal:
        found = register_cards.register_card(store, access, ref)
        members, people = found.members or [], found.person_ids
    else:
        found = card_of(store, ref)
    lines = [("field", name, value) for name, value in found.row.items() if value is not None]
    lines += [("grid", grid["id"], grid["name"] or grid["id"]) for grid in found.grids]
    lines += [("person", one["id"], one["name"]) for one in members]
    lines += [
        (hanging.title, thing.ref.id, f"{thing.title} {thing.detail}".strip())
        for hanging in found.hanging
        for thing in hanging.things
    ]
    columns = ("part", "key", "value")
    rows = [dict(zip(columns, (part, key, str(value)), strict=True)) for part, key, value in lines]
    return Result(f"card of {ref.noun} {ref.id} {found.title}", rows, columns, people, personal)
