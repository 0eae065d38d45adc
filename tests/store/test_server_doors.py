"""The doors through the masks: searching, unmasking, breaking the glass, streams."""

import json

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapdesk.model import look_up_limit
from mapdesk.model.access import mask_identity, mask_name
from mapdesk.model.errors import InputError, NotFoundError, RightsError
from mapdesk.model.users import User
from mapdesk.store import finding_people, people
from mapdesk.store.server import asking, users
from tests.server_town import PASSWORD
from tests.store.test_server_attacks import looks, owner_says, raw_people

HOSTILE = (
    "'; DROP TABLE mapdesk.person; --",
    "x' OR '1'='1",
    "%",
    "_",
    "\\",
    "%%%",
    "$$ SELECT 1 $$",
    '"; SET ROLE keeper; --',
    "$1",
    "{0}",
    "\\' OR true --",
)


@pytest.fixture
def newcomer(rights_town):
    """The store of a new analyst with the narrow area, whose counts are empty."""
    with rights_town.store("administrator") as store:
        user = User("newcomer", "analyst", areas=(rights_town.area,))
        users.add_user(store, user, PASSWORD)
    owner_says(rights_town, "DELETE FROM mapdesk.asked RETURNING id")
    with rights_town.store("newcomer", "door test") as store:
        yield store
    with rights_town.store("administrator") as store:
        users.remove_user(store, "newcomer")


def within(town, row):
    return row[4] in town.grids


def test_names_are_found_in_ones_areas_and_come_masked(rights_town, newcomer):
    everyone = raw_people(rights_town)
    name = next(row[1] for row in everyone if within(rights_town, row))
    for text in (name, name[-2:], name[:1]):
        wanted = [row[0] for row in everyone if within(rights_town, row) and text in row[1]]
        found = asking.find_people(newcomer, "name", text, 200)
        assert {row["id"] for row in found} <= set(wanted)
        assert len(found) == min(len(wanted), 200)
        assert {row["name"] for row in found} <= {mask_name(row[1]) for row in everyone}
        assert {row["birth_date"].strftime("%m-%d") for row in found} <= {"01-01"}
    assert looks(rights_town, "find people")[-1][2] == mask_name(name[:1])


def test_numbers_looked_for_are_on_record_masked_with_a_hash(rights_town, newcomer):
    row = next(row for row in raw_people(rights_town) if within(rights_town, row) and row[3])
    assert finding_people.find(newcomer, row[3].lower(), "identity", 5)
    ((subject, detail),) = owner_says(
        rights_town,
        "SELECT subject, detail FROM mapdesk.look WHERE action = 'find people' "
        "ORDER BY number DESC LIMIT 1",
    )
    with rights_town.store("keeper") as store:
        expected = look_up_limit.fingerprint(store.secret(), "identity", row[3])
    assert subject == mask_identity(row[3])
    assert json.loads(detail)["hash"] == expected


def test_people_are_found_by_initials_telephone_and_identity_number(rights_town, newcomer):
    row = next(
        row for row in raw_people(rights_town) if within(rights_town, row) and row[2] and row[3]
    )
    ((initials,),) = owner_says(
        rights_town, "SELECT initials FROM mapdesk.resident WHERE id = %s", row[0]
    )
    questions = {
        "initials": initials.upper()[:2],
        "phone": row[2][-6:],
        "identity": row[3].lower(),
        "name": row[0],
    }
    for kind, text in questions.items():
        found = {one["id"] for one in asking.find_people(newcomer, kind, text, 200)}
        assert row[0] in found, kind
        assert found <= {one[0] for one in raw_people(rights_town) if within(rights_town, one)}
    assert {one["id"] for one in asking.find_people(newcomer, "name", row[0], 9)} == {row[0]}


@pytest.mark.parametrize("kind", ["phone", "identity", "name", "initials"])
def test_nobody_is_found_outside_ones_areas(rights_town, newcomer, kind):
    row = next(
        row for row in raw_people(rights_town) if not within(rights_town, row) and row[2] and row[3]
    )
    text = {"phone": row[2], "identity": row[3], "name": row[1], "initials": "w"}[kind]
    found = {one["id"] for one in asking.find_people(newcomer, kind, text, 200)}
    assert row[0] not in found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_texts(rights_town, newcomer, text):
    assert asking.find_people(newcomer, "name", text, 10) == []
    with pytest.raises(InputError):
        asking.find_people(newcomer, "phone", text, 10)
    with pytest.raises(InputError):
        asking.find_people(newcomer, text, "王", 10)
    with pytest.raises(NotFoundError):
        asking.unmask_person(newcomer, text, "because")
    with rights_town.store("narrow", text + " at work") as store:
        assert finding_people.find(store, text, "name", 5) == []
    assert owner_says(rights_town, "SELECT count(*) > 2000 FROM mapdesk.person") == [(True,)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=6
    )
)
def test_a_search_finds_whose_name_contains_the_text_itself(rights_town, town_frames, text):
    needle = text.strip(" ")
    if not needle:
        return
    names = town_frames["person"].set_index("id")["name"]
    with rights_town.store("analyst", "property") as store:
        found = {row["id"] for row in asking.find_people(store, "name", text, 200)}
    assert found == {key for key, name in names.items() if needle in name} or len(found) == 200


def test_a_large_or_negative_number_of_rows_is_no_way_round(rights_town):
    with rights_town.store("analyst", "many") as store:
        assert len(asking.find_people(store, "initials", "w", 10**9)) <= 200
        assert asking.find_people(store, "initials", "w", -5) == []


def test_telephone_and_identity_numbers_are_asked_twenty_times(newcomer):
    for number in range(20):
        kind = "phone" if number % 2 else "identity"
        asking.find_people(newcomer, kind, f"{number:018}", 5)
    for kind in ("phone", "identity"):
        with pytest.raises(RightsError, match="More than 20"):
            asking.find_people(newcomer, kind, "0" * 18, 5)
    assert asking.find_people(newcomer, "name", "不存在的", 5) == []


def test_an_answer_wants_a_question_that_was_kept_and_is_ones_own(rights_town):
    ask = "SELECT rights.ask_people('name', '王')"
    answer = "SELECT * FROM rights.found_people(%s, 5)"
    with rights_town.session("analyst") as one, rights_town.session("worker") as other:
        for session in (one, other):
            session.execute("SELECT rights.begin_work('asking')")
        with one.transaction(force_rollback=True):
            (asked,) = one.execute(ask).fetchone()
            with pytest.raises(psycopg.errors.RaiseException), one.transaction():
                one.execute(answer, (asked,))
        (asked,) = one.execute(ask).fetchone()
        assert len(one.execute(answer, (asked,)).fetchall()) == 5
        with pytest.raises(psycopg.errors.RaiseException):
            other.execute(answer, (asked,))
        owner_says(
            rights_town,
            "UPDATE mapdesk.asked SET at = at - interval '2 minutes' WHERE id = %s RETURNING id",
            asked,
        )
        with pytest.raises(psycopg.errors.RaiseException):
            one.execute(answer, (asked,))


def test_one_person_is_unmasked_for_ten_minutes_with_a_reason_on_record(rights_town, newcomer):
    row = next(row for row in raw_people(rights_town) if within(rights_town, row) and row[2])
    with pytest.raises(RightsError, match="not asked for"):
        asking.unmasked_person(newcomer, row[0])
    with pytest.raises(RightsError, match="four characters"):
        asking.unmask_person(newcomer, row[0], " ")
    person = asking.unmask_person(newcomer, row[0], "contact family")
    assert (person["name"], person["phone"], person["identity_number"]) == row[1:4]
    assert looks(rights_town, "unmask person")[-1][2] == row[0]
    assert asking.unmasked_person(newcomer, row[0]) == person
    owner_says(
        rights_town,
        "UPDATE mapdesk.asked SET at = at - interval '11 minutes' WHERE kind = 'unmask' RETURNING id",
    )
    with pytest.raises(RightsError, match="not asked for"):
        asking.unmasked_person(newcomer, row[0])


def test_unmasking_cannot_be_rolled_back_nor_kept_open(rights_town):
    row = next(row for row in raw_people(rights_town) if within(rights_town, row))
    with rights_town.session("narrow") as session:
        session.execute("SELECT rights.begin_work('unmasking')")
        with session.transaction(force_rollback=True):
            session.execute("SELECT rights.ask_unmask(%s, 'because')", (row[0],))
            with pytest.raises(psycopg.errors.RaiseException), session.transaction():
                session.execute("SELECT * FROM rights.unmasked_person(%s)", (row[0],))
        session.execute("SELECT rights.ask_unmask(%s, 'because')", (row[0],))
        with session.transaction():
            assert session.execute(
                "SELECT name FROM rights.unmasked_person(%s)", (row[0],)
            ).fetchall() == [(row[1],)]
            owner_says(
                rights_town,
                "UPDATE mapdesk.asked SET at = at - interval '11 minutes' "
                "WHERE kind = 'unmask' RETURNING id",
            )
            with pytest.raises(psycopg.errors.RaiseException), session.transaction():
                session.execute("SELECT * FROM rights.unmasked_person(%s)", (row[0],))


def test_who_is_elsewhere_or_a_minor_is_not_there_to_unmask(rights_town, newcomer):
    away = next(row for row in raw_people(rights_town) if not within(rights_town, row))
    told = set()
    for wanted in (away[0], "nobody"):
        with pytest.raises(NotFoundError) as caught:
            asking.unmask_person(newcomer, wanted, "because")
        told.add(str(caught.value))
    assert len(told) == 1
    minor = raw_people(rights_town, "p.birth_date > now() - interval '17 years'")[0]
    with rights_town.store("dispatcher", "unmasking") as store:
        with pytest.raises(NotFoundError):
            asking.unmask_person(store, minor[0], "because")
        assert asking.find_people(store, "name", minor[0], 5) == []
    with rights_town.store("worker", "unmasking") as store:
        assert asking.unmask_person(store, minor[0], "because")["name"] == minor[1]


def test_breaking_the_glass_opens_all_areas_for_half_an_hour(rights_town, newcomer):
    away = next(row for row in raw_people(rights_town) if not within(rights_town, row))
    assert people.person(newcomer, away[0]) is None
    before = asking.count_people(newcomer, [away[5]])
    with pytest.raises(RightsError, match="emergency"):
        asking.break_glass(newcomer, "")
    asking.break_glass(newcomer, "chlorine leak")
    assert people.person(newcomer, away[0])["name"] == mask_name(away[1])
    assert before == 0 < asking.count_people(newcomer, [away[5]])
    assert looks(rights_town, "break glass")[-1][0].endswith(".newcomer")
    owner_says(
        rights_town,
        "UPDATE mapdesk.asked SET at = at - interval '31 minutes' WHERE kind = 'break glass' RETURNING id",
    )
    assert people.person(newcomer, away[0]) is None


def test_a_stream_is_told_once_its_opening_is_on_record(rights_town):
    ((camera, stream),) = owner_says(
        rights_town,
        "SELECT id, main_stream FROM mapdesk.camera WHERE main_stream IS NOT NULL ORDER BY id LIMIT 1",
    )
    with rights_town.session("analyst") as session:
        session.execute("SELECT rights.begin_work('watching')")
        query = "SELECT main_stream FROM rights.streams(ARRAY[%s])"
        assert session.execute(query, (camera,)).fetchall() == []
        assert session.execute("SELECT count(main_stream) FROM shown.camera").fetchone() == (0,)
        with session.transaction(force_rollback=True):
            session.execute("SELECT rights.ask_streams(ARRAY[%s])", (camera,))
            assert session.execute(query, (camera,)).fetchall() == []
    with rights_town.store("analyst", "watching") as store:
        assert asking.streams(store, [camera])[camera][0] == stream
    assert looks(rights_town, "open stream")[-1][2] == camera


def test_doors_want_a_purpose(rights_town):
    with rights_town.session("analyst") as session:
        for call in (
            "ask_people('name', '王')",
            "ask_unmask('x', 'because')",
            "unmasked_person('x')",
            "break_glass('fire')",
            "ask_streams(ARRAY['x'])",
            "streams(ARRAY['x'])",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="begin a piece of work"):
                session.execute(f"SELECT rights.{call}")
        session.execute("SELECT mapdesk.record_look('owner', '', 'forged', '', 'look', '{}')")
    assert looks(rights_town, "forged")[-1][0] == f"{rights_town.database}.analyst"
