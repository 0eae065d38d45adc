"""The one door out: rights, purpose, record before file, watermark, and a second person above a hundred."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import geopandas as gpd
import openpyxl
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mapdesk.model.access import Access
from mapdesk.model.errors import (
    ApprovalDueError,
    ConflictError,
    InputError,
    NotFoundError,
    PurposeError,
    RightsError,
)
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.makeup import WHOLE
from mapdesk.model.outgoing import MOST_PEOPLE, WINDOW, Parcel
from mapdesk.model.rights import ROLES, Right
from mapdesk.model.selection import Ref
from mapdesk.model.shapes import Circle
from mapdesk.services import catalogue, districts, making_up, outgoing, results
from mapdesk.store import audit, people, places
from mapdesk.store import outgoing as kept
from mapdesk.store.schema import OUTGOING, TABLES
from tests.store.test_store import places_of_people

PURPOSE = "visiting the old"
OLD = Filter("person", "all", (Condition("age", "at least", (85,)),))
ALL = Filter("person")
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def as_role(store, user, role):
    """Let somebody work on the store and return their access."""
    store.identity = Access(user, role, PURPOSE)
    return store.identity


def parcel(*people, way="export", subject="a list"):
    return Parcel(way, subject, "csv", tuple(people))


def numbered(first, last):
    return parcel(*(f"P{number}" for number in range(first, last)))


def let(store, access, one):
    with outgoing.leaving(store, access, one):
        pass


def rows_left(store):
    with store.connect() as connection:
        return connection.execute(sa.select(OUTGOING)).mappings().all()


def recorded(store, kind="export"):
    """Return what is on record of a kind, newest first, whoever is signed in."""
    signed_in, store.identity = store.identity, Access("auditor", "auditor")
    found = audit.search(store, kind=kind)
    store.identity = signed_in
    return found


# ---------------------------------------------------------------------------- files


def test_a_filter_goes_out_in_every_format_masked_with_its_watermark(town, tmp_path):
    access = as_role(town, "li", "analyst")
    result = results.of_filter(town, access, OLD)
    assert 0 < len(result.rows) <= MOST_PEOPLE
    for suffix in ("xlsx", "csv", "gpkg", "parquet"):
        path = tmp_path / f"old.{suffix}"
        assert outgoing.export(town, access, result, path) == len(result.rows)
    assert len(rows_left(town)) == len(recorded(town)) == 4
    detail = json.loads(recorded(town)[0]["detail"])
    said = {"people": len(result.rows), "file": "parquet", "masked": "yes"}
    assert said.items() <= detail.items()
    sheet = list(openpyxl.load_workbook(tmp_path / "old.xlsx").active.values)
    assert PURPOSE in str(sheet[-1])
    assert "li" in str(sheet[-1])
    names = {row[0] for row in sheet[1:-2]}
    assert names
    assert all("*" in name for name in names)
    assert PURPOSE in (tmp_path / "old.csv").read_text("utf-8-sig").splitlines()[-1]
    placed = gpd.read_file(tmp_path / "old.gpkg", layer="result")
    assert len(placed) == len(result.rows)
    assert placed.geometry.notna().all()
    assert placed.crs == town.district.crs
    about = json.loads(pq.read_schema(tmp_path / "old.parquet").metadata[b"mapdesk"])
    assert (about["user"], about["masked"]) == ("li", "yes")


def test_names_in_full_need_the_right_and_a_reason(town, tmp_path):
    access = as_role(town, "li", "analyst")
    result = results.of_filter(town, access, OLD, reason="a letter to each")
    assert all("*" in row["name"] for row in result.rows), "not before they leave"
    path = tmp_path / "letters.csv"
    with pytest.raises(ApprovalDueError, match="names in full need a second person"):
        outgoing.export(town, access, result, path)
    said = json.loads(recorded(town)[0]["detail"])
    refused = {"people": len(result.rows), "masked": "no", "why": "a second person is due"}
    assert refused.items() <= said.items()
    asked, _who = outgoing.request(town, access, result.parcel("export", "csv"))
    outgoing.approve(town, as_role(town, "chen", "security"), asked.id)
    access = as_role(town, "li", "analyst")
    outgoing.export(town, access, result, path)
    assert recorded(town, "unmask") == []
    with town.connect() as connection:
        person = TABLES["person"]
        query = sa.select(person.c.name).where(person.c.id.in_(result.person_ids))
        names = set(connection.scalars(query))
    text = path.read_text("utf-8-sig")
    assert all(name in text for name in names)
    assert "names in full" in text
    assert json.loads(recorded(town)[0]["detail"])["reason"] == "a letter to each"
    let(town, access, replace(parcel("P1"), masked=False, reason="a letter"))
    before = len(recorded(town))
    for short in ("", "x", "abc ", "x" * 501):
        with pytest.raises(InputError, match="4 to 500 characters"):
            let(town, access, replace(parcel("P1"), masked=False, reason=short))
    with pytest.raises(InputError, match="4 to 500 characters"):
        results.of_filter(town, access, OLD, reason="x")
    assert len(recorded(town)) == before
    planner = as_role(town, "wu", "planner")
    with pytest.raises(RightsError):
        results.of_filter(town, planner, OLD, reason="a letter to each")


@pytest.mark.parametrize(
    "role", [key for key, role in ROLES.items() if Right.EXPORT not in role.rights]
)
@pytest.mark.embedded
def test_every_door_refuses_without_the_right_and_leaves_no_look(town, tmp_path, role):
    building = places_of_people(town).most_common(1)[0][0]
    made, _other = making_up.make_up_of(town, town.identity.having(PURPOSE), WHOLE)
    result = results.of_filter(town, town.identity.having(PURPOSE), OLD)
    shape = Circle(*places.row(town, "building", building)["geometry"].centroid.coords[0], 50.0)
    looks = len(recorded(town, "look"))
    access = as_role(town, "zhao", role)
    doors = (
        (outgoing.export, (town, access, result, tmp_path / "a.csv")),
        (outgoing.copy, (town, access, result, print)),
        (outgoing.doors_parcel, (town, access, OLD, "pdf")),
        (partial(outgoing.printed, as_json=True), (town, access, "people", ["P1"])),
        (outgoing.request, (town, access, parcel("P1"))),
        (results.of_filter, (town, access, OLD)),
        (results.of_rows, (town, access, OLD, result.rows)),
        (results.of_people, (town, access, Ref("building", building))),
        (results.of_buildings, (town, access, "person", [building])),
        (results.of_shape, (town, access, "camera", shape)),
        (results.of_search, (town, access, "王")),
        (results.of_makeup, (access, made)),
        (results.of_changes, (town, access, "none")),
    )
    for door, arguments in doors:
        with pytest.raises(RightsError):
            door(*arguments)
    with town.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(OUTGOING)) == 0
    assert len(recorded(town, "look")) == looks
    assert list(tmp_path.glob("*.csv")) == []


@pytest.mark.embedded
def test_without_a_purpose_nothing_of_people_leaves(town, tmp_path):
    access = as_role(town, "li", "analyst").having("")
    with pytest.raises(PurposeError):
        results.of_filter(town, access, OLD)
    with pytest.raises(PurposeError):
        let(town, access, parcel("P1"))
    assert rows_left(town) == []


@pytest.mark.embedded
def test_a_bad_name_is_refused_before_anything_counts(town, tmp_path):
    access = as_role(town, "li", "analyst")
    result = results.of_filter(town, access, OLD)
    for path in (tmp_path / "old.doc", tmp_path / "nowhere" / "old.csv"):
        with pytest.raises(InputError):
            outgoing.export(town, access, result, path)
    assert rows_left(town) == []
    assert recorded(town) == []


@pytest.mark.embedded
def test_the_record_stands_before_the_file_and_without_it_nothing_leaves(town, tmp_path):
    access = as_role(town, "li", "analyst")
    seen = []
    result = results.of_filter(town, access, OLD)
    outgoing.copy(town, access, result, lambda _text: seen.append(len(recorded(town))))
    assert seen == [1]
    town.trail.close()
    before = len(rows_left(town))
    (town.folder / "audit").rename(town.folder / "gone")
    (town.folder / "audit").write_text("no folder")
    with pytest.raises(Exception, match=r"record"):
        outgoing.export(town, access, result, tmp_path / "old.csv")
    assert len(rows_left(town)) == before
    assert not (tmp_path / "old.csv").exists()


def test_every_source_can_be_taken_out(town, tmp_path):
    access = as_role(town, "owner", "owner")
    building = places_of_people(town).most_common()[-1][0]
    x, y = places.row(town, "building", building)["geometry"].centroid.coords[0]
    made, _other = making_up.make_up_of(town, access, WHOLE)
    taken = (
        results.of_people(town, access, Ref("building", building)),
        results.of_buildings(town, access, "household", [building]),
        results.of_shape(town, access, "camera", Circle(x, y, 900.0)),
        results.of_shape(town, access, "building", Circle(x, y, 300.0)),
        results.of_filter(town, access, Filter("organisation")),
        results.of_search(town, access, "路"),
        results.of_makeup(access, made),
    )
    for number, result in enumerate(taken):
        assert result.rows, result.subject
        for suffix in ("xlsx", "gpkg"):
            outgoing.export(town, access, result, tmp_path / f"{number}.{suffix}")
            assert (tmp_path / f"{number}.{suffix}").stat().st_size > 1000
    cameras = gpd.read_file(tmp_path / "2.gpkg", layer="result")
    assert cameras.geometry.notna().all()
    assert not {"main_stream", "sub_stream"} & set(cameras.columns)
    members = {row["id"] for row in people.of_building(town, building)}
    assert set(taken[0].person_ids) == set(taken[1].person_ids) == members


@pytest.mark.embedded
def test_a_copy_says_who_took_it(town):
    access = as_role(town, "li", "analyst")
    result = results.of_filter(town, access, OLD)
    few = results.of_rows(town, access, OLD, result.rows[:2])
    texts = []
    assert outgoing.copy(town, access, few, texts.append) == 2
    lines = texts[0].splitlines()
    assert len(lines) == 5
    assert PURPOSE in lines[-1]
    assert rows_left(town)[0]["people"] == 2


@pytest.mark.embedded
@pytest.mark.parametrize("suffix", ["pdf", "xlsx"])
def test_a_door_list_goes_out(town, tmp_path, suffix):
    access = as_role(town, "li", "analyst")
    path = tmp_path / f"doors.{suffix}"
    listed = outgoing.doors_parcel(town, access, OLD, suffix)
    outgoing.write_doors(town, access, OLD, listed, path)
    assert path.stat().st_size > 2000
    assert rows_left(town)[0]["way"] == "print"
    assert rows_left(town)[0]["people"] == listed[0].people > 10


# ---------------------------------------------------------------------------- the hundred


def test_the_hundred_and_first_needs_a_second_person(town):
    access = as_role(town, "li", "analyst")
    let(town, access, numbered(0, 60))
    let(town, access, numbered(30, 100))
    let(town, access, replace(numbered(0, 100), way="json"))
    assert kept.taken_alone(town) == 100
    with pytest.raises(ApprovalDueError, match="1 people in this and 100 already"):
        let(town, access, parcel("P100"))
    (row, *_others) = recorded(town)
    assert (row["action"], json.loads(row["detail"])["people"]) == (
        "refused: take out by export",
        1,
    )
    other = as_role(town, "wu", "analyst")
    let(town, other, parcel("P100"))
    assert kept.taken_alone(town) == 1
    stored = " ".join(row["hashes"] for row in rows_left(town))
    assert "P100" not in stored


def test_an_approval_is_for_one_content_once(town):
    li = as_role(town, "li", "analyst")
    many = numbered(0, 150)
    with pytest.raises(ApprovalDueError):
        let(town, li, many)
    asked, sentence = outgoing.request(town, li, many)
    assert "security" in sentence
    assert outgoing.request(town, li, many)[0].id == asked.id
    with pytest.raises(RightsError):
        outgoing.approve(town, li, asked.id)
    with pytest.raises(ApprovalDueError):
        let(town, li, many)
    chen = as_role(town, "chen", "security")
    waiting, own = outgoing.listed(town)
    assert [(one.id, one.people, one.who) for one in waiting] == [(asked.id, 150, "li")]
    assert own == []
    assert outgoing.approve(town, chen, asked.id).state == "approved"
    with pytest.raises(ConflictError):
        outgoing.refuse(town, chen, asked.id)
    with pytest.raises(NotFoundError):
        outgoing.approve(town, chen, "nothing")
    wu = as_role(town, "wu", "analyst")
    with pytest.raises(ApprovalDueError):
        let(town, wu, many)
    as_role(town, "li", "analyst")
    for other in (
        numbered(0, 151),
        replace(many, masked=False, reason="letters"),
        replace(many, way="print"),
    ):
        with pytest.raises(ApprovalDueError):
            let(town, li, other)
    let(town, li, many)
    assert json.loads(recorded(town)[0]["detail"])["approver"] == "chen"
    with pytest.raises(ApprovalDueError):
        let(town, li, many)
    assert kept.taken_alone(town) == 0
    assert {row["action"] for row in recorded(town, "approval")} == {
        "ask to take out",
        "approve what is taken out",
    }
    assert [one.state for one in outgoing.listed(town)[1]] == ["used"]


def test_an_approval_ends_after_a_day(town):
    li = as_role(town, "li", "analyst")
    many = numbered(0, 150)
    asked, _who = outgoing.request(town, li, many)
    outgoing.approve(town, as_role(town, "chen", "security"), asked.id)
    back = WINDOW + timedelta(minutes=1)
    with town.engine.begin() as connection:
        for row in connection.execute(sa.select(OUTGOING)).mappings().all():
            moved = {name: row[name] - back for name in ("at", "approved_at")}
            connection.execute(sa.update(OUTGOING).where(OUTGOING.c.id == row["id"]).values(moved))
    as_role(town, "li", "analyst")
    assert outgoing.listed(town)[1][0].expired
    with pytest.raises(ApprovalDueError):
        let(town, li, many)


@pytest.mark.embedded
def test_the_owner_needs_a_second_user(town):
    owner = as_role(town, "li", "owner")
    asked, sentence = outgoing.request(town, owner, numbered(0, 150))
    assert "mapdesk user add" in sentence
    for name in ("li", "LI", " Ｌi"):
        again = as_role(town, name, "owner")
        with pytest.raises(RightsError, match="themselves"):
            outgoing.approve(town, again, asked.id)


@pytest.mark.embedded
def test_what_could_not_be_written_may_be_tried_again(town, tmp_path):
    li = as_role(town, "li", "analyst")
    result = results.of_filter(town, li, ALL)
    assert len(result.person_ids) == 3000
    path = tmp_path / "all.csv"
    path.mkdir()
    asked, _who = outgoing.request(town, li, result.parcel("export", "csv"))
    outgoing.approve(town, as_role(town, "chen", "security"), asked.id)
    as_role(town, "li", "analyst")
    with pytest.raises(InputError):
        outgoing.export(town, li, result, path)
    assert list(tmp_path.rglob("*.part*")) == []
    path.rmdir()
    assert outgoing.export(town, li, result, path) == 3000
    path.unlink()
    with pytest.raises(ApprovalDueError):
        outgoing.export(town, li, result, path)
    assert not path.exists()


class Door(RuleBasedStateMachine):
    """Users take out, ask and approve while the clock goes forth and back; a plain model agrees."""

    folder = None

    @initialize()
    def begin(self):
        self.store = districts.open_district(self.folder)
        with self.store.engine.begin() as connection:
            connection.execute(sa.delete(OUTGOING))
        self.clock = NOW
        self.seen = datetime.min.replace(tzinfo=UTC)
        self.store.trail.clock = lambda: self.clock
        self.alone = []
        self.asked = {}
        self.approved = []

    def moment(self):
        """Return what the door takes for now: nothing on record is later."""
        return max(self.clock, self.seen)

    def budget(self, user):
        since = self.moment() - WINDOW
        return set().union(*(ids for who, at, ids in self.alone if who == user and at > since))

    @rule(hours=st.integers(-60, 60))
    def turn_the_clock(self, hours):
        self.clock += timedelta(hours=hours)

    @rule(
        user=st.sampled_from(["li", "wu"]),
        first=st.integers(0, 8),
        count=st.integers(1, 13),
    )
    def take(self, user, first, count):
        ids = frozenset(f"P{number}" for number in range(first * 10, (first + count) * 10))
        access = as_role(self.store, user, "analyst")
        one = parcel(*sorted(ids))
        now = self.moment()
        able = [
            (who, at, wanted)
            for who, at, wanted in self.approved
            if who == user and wanted == ids and at > now - WINDOW
        ]
        if len(self.budget(user) | ids) <= MOST_PEOPLE:
            let(self.store, access, one)
            self.alone.append((user, now, ids))
            self.seen = now
        elif able:
            let(self.store, access, one)
            self.approved.remove(min(able, key=lambda each: each[1]))
            self.seen = now
        else:
            with pytest.raises(ApprovalDueError):
                let(self.store, access, one)
            asked, _sentence = outgoing.request(self.store, access, one)
            if asked.id not in self.asked:
                self.asked[asked.id] = (user, ids)
                self.seen = now

    @precondition(lambda self: self.asked)
    @rule(data=st.data(), yes=st.booleans())
    def decide(self, data, yes):
        key = data.draw(st.sampled_from(sorted(self.asked)))
        user, ids = self.asked.pop(key)
        now = self.moment()
        own = as_role(self.store, user, "owner")
        with pytest.raises(RightsError):
            outgoing.approve(self.store, own, key)
        chen = as_role(self.store, "chen", "security")
        (outgoing.approve if yes else outgoing.refuse)(self.store, chen, key)
        if yes:
            self.approved.append((user, now, ids))
        self.seen = now

    @invariant()
    def nobody_has_more_than_a_hundred_alone(self):
        for user in ("li", "wu"):
            as_role(self.store, user, "analyst")
            taken = kept.taken_alone(self.store)
            assert taken == len(self.budget(user)) <= MOST_PEOPLE

    def teardown(self):
        self.store.close()


@pytest.mark.embedded
def test_the_door_holds_whatever_is_tried(town_folder):
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("DoorOfTown", (Door,), {"folder": town_folder})
    run_state_machine_as_test(
        machine, settings=settings(deadline=None, max_examples=10, stateful_step_count=20)
    )


def test_tables_speak_the_language_of_the_desk_and_geodata_keep_the_codes(town, tmp_path):
    catalogue.speak("zh_CN")
    access = as_role(town, "li", "analyst")
    result = results.of_filter(town, access, OLD)
    for suffix in ("xlsx", "csv", "parquet"):
        outgoing.export(town, access, result, tmp_path / f"old.{suffix}")
    titles, first, *_rest = openpyxl.load_workbook(tmp_path / "old.xlsx").active.values
    said = dict(zip(titles, first, strict=True))
    assert said["性别"] in ("男", "女")
    assert said["姓名"].endswith("*")
    assert said["居住类型"] in ("户籍", "流动")
    assert "female" not in (tmp_path / "old.csv").read_text("utf-8-sig")
    kept = gpd.read_parquet(tmp_path / "old.parquet")
    assert set(kept["sex"]) <= {"female", "male"}
    copied = []
    outgoing.copy(town, access, result, copied.append)
    assert "姓名" in copied[0]
    assert "female" not in copied[0]
