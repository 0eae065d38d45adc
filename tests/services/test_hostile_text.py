"""SQL and other hostile text in every text that a service takes: nothing happens, nothing is found."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access, mask_name
from mapdesk.model.errors import WorldError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.looks import AuditQuery
from mapdesk.model.selection import Ref
from mapdesk.services import (
    auditing,
    cameras,
    cards,
    correcting,
    filtering,
    finding,
    making_up,
    nearest,
    register_import,
    residents,
    selecting,
)
from mapdesk.store import finding_people, people, saved_filters, search, staging
from mapdesk.store.copying import Digest, digest_of
from mapdesk.store.database import Store
from mapdesk.store.schema import METADATA, RESIDENT

HOSTILE = (
    "'; DROP TABLE person; --",
    "x' OR '1'='1",
    '"; DELETE FROM resident; --',
    "%' UNION SELECT identity_number FROM person --",
    "x'||(SELECT name FROM person LIMIT 1)||'",
    "1); COPY person TO '/tmp/people.csv'; --",
    "%",
    "_",
    "\\",
    "%%%(name)s {0} {name} $1 :name ?",
    "\x00",
    "a\x00b",
    "\ud800",
    "🙈\u202e\u0000",
    "王" * 5000,
)
"""Texts that break out of quotes, match everything, fill in templates, or are no text at all."""

Call = Callable[[Store, Access, str], Any]


def by_text(noun: str, field: str, operator: str) -> Call:
    """Return a call that asks a filter with one condition."""

    def ask(store: Store, access: Access, text: str) -> Any:
        condition = Condition(field, operator, (text,))
        return filtering.ask(store, access, Filter(noun, "all", (condition,))).rows

    return ask


def by_order(store: Store, access: Access, text: str) -> Any:
    """Sort by a text."""
    filtering.ask(store, access, Filter("building"), order=text)


QUESTIONS: dict[str, Call] = {
    "find people": residents.find_people,
    "find": lambda s, a, t: finding.find(s, t, a),
    "search": lambda s, _a, t: search.find(s, t),
    "people of building": residents.people_of_building,
    "households of building": residents.households_of_building,
    "home of": residents.home_of,
    "history": lambda s, a, t: correcting.history_of(s, a, Ref("person", t)),
    "make-up of grid": lambda s, a, t: making_up.make_up_of(s, a, Ref("grid", t)),
    "card": lambda s, _a, t: cards.card_of(s, Ref("building", t)),
    "camera": lambda s, a, t: cameras.open_cameras(s, a, [t]),
    "nearest": lambda s, _a, t: nearest.nearest(s, t, 0.0, 0.0, 3),
    "shape": lambda s, _a, t: selecting.shape_of(s, "grid", t),
    "waiting rows": lambda s, a, t: register_import.waiting_rows(s, a, t, t),
    "accept": register_import.accept,
    "decide": lambda s, a, t: register_import.decide(s, a, t, 1, t),
    "undo": correcting.undo,
    "move": lambda s, a, t: correcting.move_household(s, a, t, t),
    "correct": lambda s, a, t: correcting.correct(
        s, a, Ref("person", t), {"education": None}, {"education": t}
    ),
    "saved filter": lambda s, _a, t: saved_filters.named(s, t),
    "filter: contains": by_text("building", "name", "contains"),
    "filter: is": by_text("organisation", "kind", "is"),
    "filter: grid": by_text("person", "grid", "is"),
    "filter: date": by_text("person", "born", "before"),
    "filter: area": by_text("building", "area", "inside"),
    "filter: field": lambda s, a, t: by_text("building", t, "is")(s, a, "x"),
    "filter: operator": lambda s, a, t: by_text("building", "name", t)(s, a, "x"),
    "filter: order": by_order,
    "household": lambda s, _a, t: people.household(s, t)[1],
    "people by id": lambda s, _a, t: people.person(s, t),
    "mapping": lambda s, _a, t: staging.recall_mapping(s, t),
}
"""Questions that take a text, none of which is the name of anything."""


def contents(store: Store) -> dict[str, Digest]:
    """Return the digest of every table."""
    store.identity = Access("tester", "owner", "digests")
    return {table.name: digest_of(store, table) for table in METADATA.sorted_tables}


def test_hostile_text_finds_nothing_and_changes_nothing(town: Store):
    before = contents(town)
    access = Access("tester", "owner", "hostile text")
    wrong = []
    for name, ask in QUESTIONS.items():
        for text in HOSTILE:
            try:
                answer = ask(town, access, text)
            except WorldError:
                continue
            except Exception as error:  # noqa: BLE001 - every failure is listed by its question
                wrong.append(f"{name} {text[:30]!r}: {error!r:.200}")
                continue
            if answer:
                wrong.append(f"{name} {text[:30]!r} found {answer!r:.200}")
    assert not wrong
    assert contents(town) == before


def test_every_kind_of_look_up_takes_hostile_text_as_it_is(town: Store):
    for kind in ("name", "initials", "phone", "identity"):
        for text in HOSTILE:
            with suppress(WorldError):
                assert finding_people.find(town, text, kind, 20) == [], (kind, text[:30])


@pytest.mark.parametrize("text", HOSTILE[:3])
def test_hostile_text_is_kept_as_it_was_typed(town: Store, text: str):
    with town.connect() as connection:
        person = sa.select(RESIDENT.c.id).order_by(RESIDENT.c.id).limit(1)
        key = connection.scalar(person)
    before = contents(town)
    access = Access("tester", "owner", text if len(text) > 1 else text * 2)
    town.identity = access
    saved_filters.save(town, text, Filter("building"))
    assert saved_filters.named(town, text).name == " ".join(text.split())
    saved_filters.delete(town, " ".join(text.split()))
    seen = people.person(town, key)
    correcting.correct(
        town, access, Ref("person", key), {"name": seen["name"]}, {"name": f"王{text}"}
    )
    assert people.person(town, key)["name"] == f"王{text}"
    found = residents.find_people(town, access, f"王{text}")
    assert [row["id"] for row in found] == [key]
    said = mask_name(f"王{text}")
    rows = auditing.search(town, access, AuditQuery(subject=said, action="find people"))
    assert (rows[0]["subject"], rows[0]["purpose"]) == (said, access.purpose)
    after = contents(town)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"person", "resident", "batch", "change"}
    assert {name: one.rows for name, one in after.items() if name in ("person", "resident")} == {
        name: one.rows for name, one in before.items() if name in ("person", "resident")
    }
