"""Attacking one's own rights: every function of the store, called as every role."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError, WorldError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import ROLES, Right
from mapdesk.store.database import Store
from mapdesk.store.rules import RULES
from mapdesk.store.schema import RESIDENT
from tests.store.callers import (
    BY_ARGUMENT,
    ENDING,
    Ground,
    arguments_of,
    call,
    in_order,
    public_functions,
    right_of,
)

FUNCTIONS = public_functions()

PERSONAL = re.compile(r"\b(resident|person|household|staged|change|batch)\b")


@pytest.fixture
def ground(town: Store, tmp_path: Path, quick_hashes: None) -> Iterator[Ground]:
    folder = tmp_path / "calls"
    folder.mkdir()
    made = Ground(town, folder)
    with made.open:
        yield made


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Give the statements that the engine is asked meanwhile."""
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


def files_of(store: Store) -> dict[str, str]:
    """Return a hash of each file of the record and the users."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((store.folder / "audit").glob("*"))
        if path.is_file()
    }


def test_every_function_of_the_store_has_a_rule():
    assert len(FUNCTIONS) > 80
    without = sorted(set(FUNCTIONS) - set(RULES))
    assert not without, f"no @needs: {', '.join(without)}"


def test_no_rule_is_left_of_a_function_that_is_gone():
    assert not {name for name in RULES if ".server." not in name} - set(FUNCTIONS)


def test_who_lacks_the_right_is_told_so_before_anything_is_read_or_written(ground: Ground):
    store, names = ground.store, in_order()
    made = {name: arguments_of(name, FUNCTIONS[name], ground) for name in names}
    before, tried, wrong = files_of(store), dict.fromkeys(ROLES, 0), []
    with statements(store) as asked:
        for role, name in product(ROLES, names):
            right = right_of(name)
            store.identity = Access("tester", role, "an attack")
            if right is None or store.identity.may(right):
                continue
            tried[role] += 1
            try:
                call(FUNCTIONS[name], store, made[name])
                wrong.append(f"{name} answered {role}")
            except RightsError as error:
                if f"signed in as {ROLES[role].title}" not in str(error):
                    wrong.append(f"{name}: {error}")
    assert not wrong
    assert asked == []
    assert files_of(store) == before
    assert tried.pop("owner") == 0
    assert min(tried.values()) > 10


def refusals(ground: Ground, role: str) -> list[str]:
    """Call every function that a role has the right to; return sentences, fail on anything else."""
    store, wrong, refused = ground.store, [], []
    for name in in_order():
        right = right_of(name)
        if right is not None and not Access("tester", role).may(right):
            continue
        if name in ENDING and not (store.is_shared and role == "owner"):
            continue
        store.identity = ground.owner
        made = arguments_of(name, FUNCTIONS[name], ground)
        store.identity = Access("tester", role, "an attack")
        if "access" in made:
            made["access"] = store.identity
        try:
            call(FUNCTIONS[name], store, made)
        except WorldError as error:
            refused.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - every failure is listed by its function
            wrong.append(f"{name} as {role}: {error!r}")
        finally:
            ground.open.close()
    assert not wrong
    return refused


def test_the_owner_gets_an_answer_of_every_function(ground: Ground):
    assert not refusals(ground, "owner")


def test_who_has_the_right_gets_an_answer_or_one_sentence(ground: Ground):
    for role in ROLES:
        if role != "owner":
            refusals(ground, role)


PLAIN = [
    name
    for name in FUNCTIONS
    if RULES.get(name) in (None, Right.PLACES) and name not in BY_ARGUMENT
]
"""Functions for those who may not know of people."""

COUNTS_ROWS = {
    "mapdesk.store.undoing.is_of_places": "says of one batch whether it changed places alone",
    "mapdesk.store.places.counts": "how many rows each noun has, of the whole district",
    "mapdesk.store.migrations.migrate": "makes the flat table anew at opening and shows nothing",
}
"""Functions among them whose statements name tables of people, and why that is no look at anyone."""


def test_who_may_not_know_of_people_reaches_no_table_of_them(ground: Ground):
    store, wrong = ground.store, []
    nouns = [key for key, noun in NOUNS.items() if noun.personal]
    assert {"person", "household"} <= set(nouns)
    for name in PLAIN:
        if name in COUNTS_ROWS:
            continue
        function = FUNCTIONS[name]
        takes_noun = "noun" in inspect.signature(function).parameters
        for noun in nouns if takes_noun else [""]:
            store.identity = ground.owner
            made = arguments_of(name, function, ground) | ({"noun": noun} if noun else {})
            store.identity = Access("tester", "administrator", "an attack")
            with statements(store) as asked:
                with suppress(WorldError, ValueError, KeyError, AttributeError):
                    call(function, store, made)
                ground.open.close()
            if any(PERSONAL.search(one) for one in asked):
                wrong.append(f"{name} {noun}: {asked}")
    assert not wrong


def test_whoever_works_elsewhere_gets_nothing_of_a_person(ground: Ground):
    """Functions for people's records, asked about a home outside one's areas, give nothing of it."""
    store, wrong = ground.store, []
    with store.connect() as connection:
        elsewhere = connection.scalar(
            sa.select(RESIDENT.c.grid_id)
            .where(RESIDENT.c.grid_id != ground.person["grid_id"])
            .order_by(RESIDENT.c.grid_id)
            .limit(1)
        )
    for name, right in RULES.items():
        if right is not Right.PEOPLE or name in WHOLE_DISTRICT or name not in FUNCTIONS:
            continue
        store.identity = ground.owner
        made = arguments_of(name, FUNCTIONS[name], ground)
        store.identity = Access("tester", "worker", "an attack", (elsewhere,))
        try:
            answer = repr(call(FUNCTIONS[name], store, made))
        except RightsError:
            continue
        if ground.person["id"] in answer or ground.person["household_id"] in answer:
            wrong.append(f"{name}: {answer[:200]}")
        if name in COUNTS and answer not in ("0", "{}"):
            wrong.append(f"{name}: {answer[:200]}")
    assert not wrong


COUNTS = {"mapdesk.store.people.count_in", "mapdesk.store.people.count_by_household_kind"}

WHOLE_DISTRICT = {
    "mapdesk.store.statistics.make_up": "services.making_up checks the areas before it is called",
}
"""Counts that know no areas themselves."""
