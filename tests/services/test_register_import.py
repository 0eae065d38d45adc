"""A register comes in: addresses matched, rows compared, accepted, and taken back."""

import random

import pandas as pd
import pytest
import sqlalchemy as sa

from mapdesk.model.errors import InputError, PurposeError
from mapdesk.services import correcting, register_import
from mapdesk.store import people, staging
from mapdesk.store.copying import digest_of
from mapdesk.store.schema import RESIDENT, TABLES
from tests.services.test_correcting import flat_is_right

PERSON, BUILDING, UNIT = TABLES["person"], TABLES["building"], TABLES["unit"]


@pytest.fixture
def access(town):
    return town.identity.having("register of the police station")


@pytest.fixture
def homes(town):
    """A hundred people of the town with the address of their home as text."""
    query = (
        sa.select(
            PERSON.c.id,
            PERSON.c.name,
            PERSON.c.identity_number,
            PERSON.c.phone,
            PERSON.c.unit_id,
            BUILDING.c.address,
            UNIT.c.stair,
            UNIT.c.room,
        )
        .join(UNIT, UNIT.c.id == PERSON.c.unit_id)
        .join(BUILDING, BUILDING.c.id == UNIT.c.building_id)
        .where(PERSON.c.identity_number.is_not(None))
        .order_by(PERSON.c.id)
        .limit(100)
    )
    with town.connect() as connection:
        return pd.DataFrame(connection.execute(query).mappings().all())


def write_csv(path, homes, **columns):
    frame = pd.DataFrame(
        {
            "姓名": homes["name"],
            "身份证号": homes["identity_number"],
            "联系电话": homes["phone"],
            "地址": homes["address"] + homes["stair"].fillna("1") + "单元" + homes["room"] + "室",
            **columns,
        }
    )
    frame.to_csv(path, index=False, encoding="gb18030")
    return path


def test_a_register_is_staged_accepted_and_taken_back(town, access, homes, tmp_path, progress):
    table = [digest_of(town, TABLES[noun]).content for noun in ("household", "person")]
    cultures = ["研究生" if place % 10 == 0 else None for place in range(len(homes))]
    path = write_csv(tmp_path / "register.csv", homes, 文化程度=cultures)
    staged = register_import.stage_register(town, access, path, progress=progress)
    assert staged.read == 100
    assert staged.refused == []
    assert staged.counts["doubtful"] <= 5
    assert staged.counts["moved"] == 0
    assert staged.counts["changed"] >= 5
    rows = register_import.waiting_rows(town, access, staged.batch_id, "changed")
    assert "education" in rows[0]["differs"]
    batch = register_import.accept(town, access, staged.batch_id)
    assert people.person(town, rows[0]["id"])["education"] == "postgraduate"
    assert flat_is_right(town)
    correcting.undo(town, access, batch)
    assert [digest_of(town, TABLES[n]).content for n in ("household", "person")] == table


def test_people_who_moved_are_told(town, access, homes, tmp_path, progress):
    chance = random.Random(2)
    new = homes.copy()
    addresses = ["address", "stair", "room", "unit_id"]
    other = homes[homes["unit_id"] != homes["unit_id"][0]].iloc[chance.randrange(50)]
    new.loc[0, addresses] = other[addresses]
    path = write_csv(tmp_path / "register.csv", new)
    staged = register_import.stage_register(town, access, path, progress=progress)
    (row,) = register_import.waiting_rows(town, access, staged.batch_id, "moved")
    assert row["id"] == homes["id"][0]
    assert row["unit_id"] == other["unit_id"]
    register_import.accept(town, access, staged.batch_id, ["moved"])
    with town.connect() as connection:
        flat = connection.execute(
            sa.select(RESIDENT.c.unit_id).where(RESIDENT.c.id == homes["id"][0])
        ).scalar_one()
    assert flat == other["unit_id"]


def test_an_address_nobody_knows_waits_for_a_decision(town, access, homes, tmp_path, progress):
    path = tmp_path / "one.csv"
    path.write_text("name,address\n新来的,不存在路99999号9栋9单元909室\n", encoding="utf-8-sig")
    staged = register_import.stage_register(town, access, path, progress=progress)
    (row,) = register_import.waiting_rows(town, access, staged.batch_id, "doubtful")
    assert row["note"] == "no home has this address"
    unit = homes["unit_id"][0]
    assert register_import.decide(town, access, staged.batch_id, row["line"], unit) == "new"
    register_import.accept(town, access, staged.batch_id)
    assert people.person(town, row["id"])["unit_id"] == unit
    # The same file again finds the same person.
    again = register_import.stage_register(town, access, path, progress=progress)
    assert again.counts["new"] == 0


def test_the_mapping_is_remembered(town, access, tmp_path, progress):
    path = tmp_path / "odd.csv"
    path.write_text("A,B\n王小明,1\n", encoding="utf-8")
    register_import.stage_register(town, access, path, {"A": "name"}, progress=progress)
    _shown, mapping = register_import.look(town, path)
    assert mapping == {"A": "name"}


def test_bad_files_leave_nothing_behind(town, access, tmp_path, progress):
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"empty\.csv"):
        register_import.stage_register(town, access, path, progress=progress)
    good = tmp_path / "good.csv"
    good.write_text("姓名\n王小明\n", encoding="utf-8")
    with pytest.raises(PurposeError):
        register_import.stage_register(town, town.identity, good, progress=progress)
    with pytest.raises(InputError, match="'same' rows cannot"):
        register_import.accept(town, access, "x", ["same"])
    assert staging.waiting(town) == []


def test_who_has_no_number_and_no_birth_date_is_known_by_name_and_home(
    town, access, homes, tmp_path, progress
):
    def staged(name, phone, sex="", home=0):
        path = write_csv(tmp_path / "register.csv", homes.iloc[[home]], 性别=sex)
        frame = pd.read_csv(path, encoding="gb18030", dtype=str)
        frame.loc[0, ["姓名", "身份证号", "联系电话"]] = [name, None, phone]
        frame.to_csv(path, index=False, encoding="gb18030")
        made = register_import.stage_register(town, access, path, progress=progress)
        rows = register_import.waiting_rows(town, access, made.batch_id, None)
        return made.batch_id, rows[0]

    away = int((homes["unit_id"] != homes["unit_id"][0]).argmax())
    batch, row = staged("周新来", "13900000001")
    assert row["status"] == "new"
    register_import.accept(town, access, batch)
    _batch, called = staged("周新来", "13900000002")
    assert (called["status"], called["id"], called["differs"]) == ("changed", row["id"], ["phone"])
    _batch, moved = staged("周新来", "13900000001", home=away)
    assert (moved["status"], moved["id"]) == ("moved", row["id"])
    assert staged("周新来", "13900000002", home=away)[1]["status"] == "new"
    # Two of one name in one home: which of them is meant nobody can say.
    other = {"name": "周新来", "sex": "female", "unit_id": homes["unit_id"][0]}
    correcting.add(town, access, "person", other)
    assert staged("周新来", "13900000003")[1]["status"] == "new"
    assert staged("周新来", "13900000003", sex="男")[1]["id"] == row["id"]
