"""A registrar on a server reads the register masked and writes it by functions: the same comes of it."""

import re

import pandas as pd
import pytest
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError, RightsError, WorldError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, districts, editing, importing, register_import, residents
from mapdesk.store import changes, filtering, people, places
from mapdesk.store.changes import Edit
from mapdesk.store.schema import CHANGE, RESIDENT, TABLES
from tests.conftest import quiet
from tests.services.test_correcting import flat_is_right

REGISTER = ("unit", "household", "person")


@pytest.fixture
def desks(rights_town, town_folder):
    """Open the town in a folder and on the server, as registrars with or without areas."""
    opened = []

    def desk(user):
        owner = rights_town.store("keeper")
        embedded = districts.open_district(town_folder)
        embedded.set_secret(owner.secret())
        areas = (rights_town.area,) if user == "clerk" else ()
        embedded.identity = Access("tester", "registrar", "annual check", areas)
        server = rights_town.store(user, "annual check")
        opened.extend((owner, embedded, server))
        return owner, embedded, server

    yield desk
    for store in opened:
        store.close()


def tables(store):
    """Return the register raw, each noun by id."""
    with store.connect() as connection:
        found = {
            noun: {row["id"]: dict(row) for row in connection.execute(sa.select(table)).mappings()}
            for noun, table in TABLES.items()
            if noun in REGISTER
        }
        rows = connection.execute(sa.select(RESIDENT)).mappings()
        return found | {"resident": {row["id"]: dict(row) for row in rows}}


def history(store, batch):
    """Return what a batch changed, as it is kept."""
    query = sa.select(
        *(CHANGE.c[name] for name in ("noun", "row_id", "kind", "field", "old", "new"))
    )
    with store.connect() as connection:
        rows = connection.execute(query.where(CHANGE.c.batch_id == batch)).all()
        numbers = connection.scalars(
            sa.select(CHANGE.c.number).where(CHANGE.c.batch_id == batch)
        ).all()
    assert len(set(numbers)) == len(numbers)
    told = [repr(tuple(row)) for row in rows]
    return sorted(re.sub(r"[UP]-[0-9a-f]{12}\b", "made", one) for one in told)


def homes_of(owner, grids):
    """Return people of some grids with the text of their address."""
    person, unit, building = (TABLES[noun] for noun in ("person", "unit", "building"))
    query = (
        sa.select(person, unit.c.stair, unit.c.room, building.c.address)
        .join(unit, unit.c.id == person.c.unit_id)
        .join(building, building.c.id == unit.c.building_id)
        .where(person.c.identity_number.is_not(None), building.c.grid_id.in_(grids))
        .order_by(person.c.id)
        .limit(60)
    )
    with owner.connect() as connection:
        return pd.DataFrame(connection.execute(query).mappings().all())


def file_of(path, homes):
    """Write a register that knows some people, moves one, changes some and brings one without a number."""
    at = homes["address"] + homes["stair"].fillna("1") + "单元" + homes["room"] + "室"
    at[3] = at[40]
    at[5] = "不存在路99999号9栋9单元909室"
    numbers = homes["identity_number"].copy()
    names, phones = homes["name"].copy(), homes["phone"].copy()
    numbers[7], names[7], phones[7] = None, "新来", "13800138000"
    frame = pd.DataFrame({"姓名": names, "身份证号": numbers, "联系电话": phones, "地址": at})
    frame["文化程度"] = ["研究生" if place % 9 == 0 else None for place in range(len(frame))]
    frame["户号"] = [f"{place // 3}" if place % 5 == 0 else None for place in range(len(frame))]
    frame.to_csv(path, index=False, encoding="utf-8-sig")
    return path


def shown(rows):
    """Return waiting rows as they may be shown, without what tells one engine from the other."""
    told = [register_import.masked(row) for row in rows]
    return [{name: value for name, value in row.items() if name != "batch_id"} for row in told]


def said(call, *args):
    """Return what a call answers, or the sentence of its error without ids of batches and times."""
    try:
        return call(*args)
    except WorldError as error:
        return type(error), str(error).partition(" meanwhile (")[0]


def bring_in(store, path):
    """Bring a register in as the window does, and return what was shown and the batch."""
    access = store.identity.having("annual check")
    staged = register_import.stage_register(
        store, access, path, source="police", complete=True, progress=quiet
    )
    pages = [
        shown(register_import.waiting_rows(store, access, staged.batch_id, status))
        for status in ("new", "changed", "moved", "gone", "doubtful", "same")
    ]
    told = [staged.counts, pages]
    doubtful = register_import.waiting_rows(store, access, staged.batch_id, "doubtful")
    for row in doubtful:
        unit = pages[1][0]["unit_id"]
        told.append(said(register_import.decide, store, access, staged.batch_id, row["line"], unit))
    told.append(said(register_import.decide, store, access, staged.batch_id, 9999, None))
    changed = register_import.waiting_rows(store, access, staged.batch_id, "changed")
    batch = register_import.accept(
        store, access, staged.batch_id, ["new", "moved", "changed"], None, [changed[0]["line"]]
    )
    told.append(register_import.counts(store, staged.batch_id))
    told.append(said(register_import.accept, store, access, "no such batch"))
    told.append(said(register_import.accept, store, access, staged.batch_id, ["gone"]))
    return told, staged.batch_id, batch


@pytest.mark.parametrize("user", ["registrar", "clerk"])
def test_a_register_comes_in_and_is_taken_back(desks, rights_town, user, tmp_path):
    owner, *both = desks(user)
    homes = homes_of(owner, rights_town.grids)
    path = file_of(tmp_path / "may.csv", homes)
    before = tables(owner)
    answers, histories, kept = [], [], []
    for store, reader in zip(both, (both[0], owner), strict=True):
        told, waiting, batch = bring_in(store, path)
        answers.append(told)
        histories.append(history(reader, batch))
        kept.append(tables(reader))
        assert flat_is_right(reader)
        access = store.identity.having("annual check")
        again = correcting.undo(store, access, batch)
        histories[-1] += history(reader, again)
        assert tables(reader) == before
        redone = correcting.undo(store, access, again)
        histories[-1] += history(reader, redone)
        assert tables(reader) == kept[-1]
        answers[-1].append(said(correcting.undo, store, access, batch))
        correcting.undo(store, access, redone)
        register_import.discard(store, access, waiting)
        assert tables(reader) == before
        assert flat_is_right(reader)
    assert answers[0] == answers[1]
    assert histories[0] == histories[1]
    assert kept[0] == kept[1] != before


def correct_all(store, person, home, other):
    """Correct the register in every way, and return what was answered and what can be undone."""
    access = store.identity.having("annual check")
    ref = Ref("person", person["id"])
    raw = editing.raw_row(store, access, ref)
    told, done = [raw], []
    wanted = {"name": "欧阳子墨", "phone": "13900001234", "birth_date": "1980-02-03"}
    wanted["identity_number"] = None
    done.append(correcting.correct(store, access, ref, raw, wanted))
    told.append(said(correcting.correct, store, access, ref, raw, {"name": "欧阳"}))
    taken = {"identity_number": other["identity_number"]}
    told.append(said(correcting.correct, store, access, ref, raw, taken))
    found = correcting.history_of(store, access, ref)
    told.append(sorted((one["field"], one["old"], one["new"]) for one in found[:4]))
    made, batch = correcting.add(store, access, "person", {"name": "新来", "unit_id": home})
    done.append(batch)
    told.append(said(correcting.goes_with, store, access, Ref("unit", home)).households)
    done.append(correcting.remove(store, access, made))
    done.append(correcting.move_household(store, access, person["household_id"], other["unit_id"]))
    told.append(people.person(store, person["id"])["unit_id"])
    unit, batch = correcting.split_unit(
        store, access, other["unit_id"], "909", [person["household_id"]], 1.5
    )
    done += [batch, correcting.join_units(store, access, other["unit_id"], unit)]
    done.append(
        correcting.remove(store, access, Ref("household", other["household_id"]), with_all=True)
    )
    told.append(said(correcting.remove, store, access, Ref("person", other["id"])))
    told.append(
        said(
            correcting.correct,
            store,
            access,
            Ref("unit", home),
            places.row(store, "unit", home),
            {"area": 80.0},
        )
    )
    done.append(told.pop())
    return told, done


@pytest.mark.parametrize("user", ["registrar", "clerk"])
def test_the_register_is_corrected_in_every_way_and_all_of_it_undone(desks, rights_town, user):
    owner, *both = desks(user)
    homes = homes_of(owner, rights_town.grids)
    homes = homes[homes["household_id"].notna()]
    person = homes.iloc[0]
    other = homes[homes["household_id"] != person["household_id"]].iloc[-1]
    before = tables(owner)
    answers, kinds = [], []
    for store, reader in zip(both, (both[0], owner), strict=True):
        told, done = correct_all(store, person, person["unit_id"], other)
        answers.append(told)
        assert flat_is_right(reader)
        kinds.append([history(reader, batch) for batch in done])
        access = store.identity.having("annual check")
        for batch in reversed(done):
            correcting.undo(store, access, batch)
        assert tables(reader) == before
        assert flat_is_right(reader)
    assert answers[0] == answers[1]
    assert kinds[0] == kinds[1]


def test_what_lies_elsewhere_is_not_there_for_a_clerk(desks, rights_town):
    owner, _embedded, server = desks("clerk")
    with owner.connect() as connection:
        away = connection.execute(
            sa.select(RESIDENT.c.id, RESIDENT.c.building_id).where(
                RESIDENT.c.grid_id.not_in(rights_town.grids)
            )
        ).first()
    access = server.identity.having("annual check")
    assert people.person(server, away[0]) is None
    own = residents.find_people(server, access, "王", limit=1)[0]
    refused = [
        Edit("person", away[0], {}, {"education": "primary"}),
        Edit("person", away[0], {}, None),
    ]
    refused.append(Edit("person", own["id"], {}, {"building_id": away[1]}))
    for edit in refused:
        with pytest.raises(WorldError, match=r"is gone|row-level security"):
            changes.apply(server, access, "elsewhere", [edit])


def test_what_would_read_or_write_people_raw_is_refused_in_words(desks, tmp_path):
    _owner, embedded, server = desks("registrar")
    path = tmp_path / "people.csv"
    path.write_text("id,name\nX1,王新\n", encoding="utf-8")
    with pytest.raises(InputError, match="mapdesk register stage"):
        importing.import_file(server, path, "people", progress=quiet)
    day = Filter("person", "all", (Condition("born", "between", ("1950-03-04", "1950-03-05")),))
    assert filtering.count(embedded, day) >= 0
    with pytest.raises(RightsError, match="by year"):
        filtering.count(server, day)
