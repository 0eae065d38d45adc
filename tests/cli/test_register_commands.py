"""`mapdesk register`: staged, looked through, decided, accepted, corrected and undone, or told why not."""

import json

import pytest
import sqlalchemy as sa

from mapdesk.cli.main import main
from mapdesk.services import districts
from mapdesk.store import audit, places
from mapdesk.store.schema import TABLES
from tests.cli.terminals import Screen

PERSON, UNIT = TABLES["person"], TABLES["unit"]
WHY = ("--purpose", "register of May")


@pytest.fixture
def run(capsys, town_folder):
    def call(task, *words):
        status = main(["register", task, str(town_folder), *map(str, words)], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


@pytest.fixture
def data(run):
    """Run a task and return what it says as JSON."""

    def call(task, *words):
        status, out, err = run(task, *words, *WHY, "--json")
        assert status == 0, err
        return json.loads(out)

    return call


@pytest.fixture
def heads(town_folder):
    """Ten heads of households."""
    with districts.open_district(town_folder) as store, store.connect() as connection:
        query = sa.select(PERSON).where(PERSON.c.relation == "head").order_by(PERSON.c.id)
        return [dict(row) for row in connection.execute(query.limit(10)).mappings()]


@pytest.fixture
def file(tmp_path, heads):
    known = heads[0]
    path = tmp_path / "may.csv"
    path.write_text(
        "姓名,身份证号,电话,地址\n"
        f"{known['name']},{known['identity_number']},13800001111,\n"
        "新来的,,13800002222,不存在路99999号9栋9单元909室\n"
        "又一个,,13800003333,\n"
        ",,13800004444,\n",
        encoding="utf-8",
    )
    return path


def test_a_register_waits_is_decided_accepted_and_undone(data, run, file, heads):
    staged = data("stage", file)
    batch = staged["batch_id"]
    assert staged["counts"] == {
        "new": 1, "changed": 1, "moved": 0, "gone": 0, "doubtful": 1, "same": 0, "refused": 1,
    }  # fmt: skip
    assert [line for line, _reason in staged["refused"]] == [5]
    (row,) = data("rows", batch, "--status", "changed")
    assert row["was"]["phone"].endswith("*" + heads[0]["phone"][-2:])
    assert "phone" in row["differs"]
    (doubt,) = data("rows", batch, "--status", "doubtful")
    (refused,) = data("rows", batch, "--status", "refused")
    assert refused["note"]
    unit = heads[1]["unit_id"]
    assert data("decide", batch, doubt["line"], "--unit", unit)["status"] == "new"
    first = data("accept", batch, "--line", row["line"])["batch"]
    second = data("accept", batch)["batch"]
    listed = data("batches")
    assert listed["waiting"] == []
    assert [one["id"] for one in listed["done"]] == [second, first]
    (change,) = data("history", "person", heads[0]["id"])
    assert change["new"].endswith("11")
    assert "138" not in change["new"]
    again = data("undo", first)["batch"]
    assert data("history", "person", heads[0]["id"])[0]["batch_id"] == again
    data("undo", again)


def test_import_accepts_at_once_what_is_named(data, run, file):
    done = data("import", file, "--accept", "changed")
    assert done["waiting"] == {"new": 1, "doubtful": 1}
    status, out, _err = run("rows", done["batch_id"], *WHY)
    assert (status, out.count("又一个")) == (0, 1)
    assert data("discard", done["batch_id"])["dropped"] == 3
    status, out, _err = run("import", file, "--accept", "all", *WHY)
    assert (status, "1 doubtful wait in batch" in out) == (0, True)
    status, out, _err = run("batches")
    assert (status, "1 doubtful" in out, "  register  " in out) == (0, True, True)


def test_people_households_and_units_are_corrected(data, run, heads):
    one, other = heads[0], next(row for row in heads if row["unit_id"] != heads[0]["unit_id"])
    data("set", "person", one["id"], "education=postgraduate", "phone=")
    changed = {row["field"]: row["new"] for row in data("history", "person", one["id"])}
    assert changed == {"education": "postgraduate", "phone": None}
    data("move", one["household_id"], "--to", other["unit_id"])
    (moved,) = data("history", "household", one["household_id"])
    assert (moved["old"], moved["new"]) == (one["unit_id"], other["unit_id"])
    made = data("split", other["unit_id"], "--room", "9999", "--household", one["household_id"])
    data("join", other["unit_id"], made["unit"])
    assert (
        run("history", "unit", made["unit"], *WHY)[1].count("units joined  left the register") == 1
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("stage", "nowhere.csv", *WHY), "nowhere.csv"),
        (("accept", "no-such", *WHY), "No rows wait in a batch 'no-such'."),
        (("discard", "no-such", *WHY), "No rows wait in a batch 'no-such'."),
        (("accept", "x", "--status", "same", *WHY), "'same' rows cannot be accepted"),
        (("import", "x.csv", "--accept", "doubtful", *WHY), "'doubtful' rows cannot be accepted"),
        (("decide", "x", "3", "--no-home", *WHY), "No doubtful row of line 3 waits there."),
        (("decide", "x", "3", *WHY), "--unit --no-home is required"),
        (("rows", "x"), "--purpose"),
        (("rows", "x", "--limit", "0", *WHY), "--limit between"),
        (("batches", "--count", "0"), "--count must be"),
        (("undo", "no-such", *WHY), "There is no batch 'no-such'"),
        (("set", "person", "nobody", "name=x", *WHY), "There is no person 'nobody'"),
        (("set", "household", "nobody", "kind=x", *WHY), "There is no household 'nobody'"),
        (("set", "person", "x", "name", *WHY), "write field=value"),
        (("stage", "x.csv", "--map", "name", *WHY), "write column=field"),
        (("move", "nobody", "--to", "nowhere", *WHY), "There is no unit 'nowhere'"),
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence(run, words, told):
    status, _out, err = run(*words)
    assert (status, told in err) == (1, True), err
    assert err.count("\n") == 1


def test_people_households_and_units_come_and_go(run, data, heads):
    home = heads[0]
    unit = data("add", "unit", "floor=1", "room=1999", "--building", home["building_id"])["id"]
    household = data("add", "household", "kind=family", "--unit", unit)["id"]
    person = data("add", "person", "name=新来", "--household", household)["id"]
    assert data("history", "person", person)[0]["change"] == "new"
    status, _out, err = run("remove", "unit", unit, *WHY)
    assert status != 0
    assert "not empty (people 1, households 1)" in err
    gone = data("remove", "unit", unit, "--all")
    status, out, _err = run("undo", gone["batch"], *WHY)
    assert (status, out.startswith("Undone")) == (0, True)
    assert run("remove", "person", person, *WHY)[0] == 0
    assert "name must not be empty" in run("add", "person", "--unit", unit, *WHY)[2]


def test_a_place_is_corrected_without_a_purpose_and_has_a_history(run, heads, capsys, town_folder):
    building = heads[0]["building_id"]
    status, out, err = run("set", "building", building, "name=Harbour House", "floors=9")
    assert status == 0, err
    batch = out.split()[-1].rstrip(".")
    _status, out, _err = run("history", "building", building)
    assert "name: " in out
    assert "-> Harbour House" in out
    assert main(["card", str(town_folder), "building", building]) == 0
    assert "floors: " in capsys.readouterr().out
    assert run("undo", batch)[0] == 0
    assert "floors must be between 1 and 200" in run("set", "building", building, "floors=900")[2]


def test_the_history_of_a_place_takes_nobody_out(run, heads, town_folder):
    with districts.open_district(town_folder) as store:
        key = places.where(store, "organisation", "kind", ["shop"])[0]["id"]
    assert "--purpose" in run("set", "organisation", key, "contact_name=王建国")[2]
    assert run("set", "organisation", key, "contact_name=王建国", *WHY)[0] == 0
    status, out, err = run("history", "organisation", key, "--json")
    assert status == 0, err
    assert json.loads(out)[0]["new"] == "王**"
    assert run("history", "building", heads[0]["building_id"], "--json")[0] == 0
    with districts.open_district(town_folder) as store:
        assert not list(audit.search(store, kind="export"))


def test_what_was_done_is_told_in_the_words_of_the_window(run, heads):
    person = heads[0]["id"]
    assert run("set", "person", person, "education=college", *WHY)[0] == 0
    told = run("batches", *WHY)[1].splitlines()[0]
    assert "by hand" in told
    assert told.endswith("Person: education: 1 change")
    assert run("set", "building", heads[0]["building_id"], "floors=9")[0] == 0
    told = run("batches", *WHY, "--language", "zh_CN")[1].splitlines()[0]
    assert told.split()[1] == "手工"
    assert told.endswith("建筑: 层数: 1 处更改")
    told = run("history", "person", person, *WHY, "--language", "zh_CN")[1]
    assert "人员: 文化程度  文化程度: " in told
    assert told.strip().endswith("大专")
