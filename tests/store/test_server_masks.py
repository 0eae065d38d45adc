"""SQL masks what Python masks, and the views show what the masks and areas leave of the register."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from mapdesk.model.access import mask_identity, mask_name, mask_phone, mask_row

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
PHONES = st.from_regex(r"\A1[0-9]{10}\Z")
NUMBERS = st.from_regex(r"\A[0-9]{17}[0-9X]\Z")
ADULT_YEARS = 18


@pytest.fixture(scope="module")
def analyst(rights_town):
    with rights_town.session("analyst") as session:
        session.execute("SELECT rights.begin_work('comparing')")
        yield session


@pytest.fixture(scope="module")
def register(rights_town):
    """The whole register as its owner reads it."""
    with rights_town.session("keeper", row_factory=dict_row) as session:
        rows = session.execute(
            "SELECT p.*, b.grid_id FROM mapdesk.person p LEFT JOIN mapdesk.building b "
            "ON b.id = p.building_id"
        ).fetchall()
    assert len(rows) > 2000
    return rows


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS | PHONES, TEXTS | NUMBERS)
def test_sql_masks_as_python_does(analyst, name, phone, identity):
    query = "SELECT rights.mask_name(%s), rights.mask_phone(%s), rights.mask_identity(%s)"
    found = analyst.execute(query, (name, phone, identity)).fetchone()
    assert found == (mask_name(name), mask_phone(phone), mask_identity(identity))


@given(st.dates(date(1800, 1, 1)))
def test_a_birth_date_becomes_the_first_of_january(analyst, born):
    found = analyst.execute("SELECT rights.mask_year(%s)", (born,)).fetchone()
    assert found == (date(born.year, 1, 1),)


def test_nothing_stays_nothing(analyst):
    query = (
        "SELECT rights.mask_name(NULL), rights.mask_phone(NULL), rights.mask_identity(NULL), "
        "rights.mask_year(NULL)"
    )
    assert analyst.execute(query).fetchone() == (None,) * 4


def is_grown(row):
    today, born = datetime.now(UTC).date(), row["birth_date"]
    if born is None:
        return False
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years >= ADULT_YEARS


def expected(row, *, sensitive):
    """Return a person as `mask_row` and the desk's rules leave them."""
    masked = mask_row("person", {name: value for name, value in row.items() if name != "grid_id"})
    if masked["birth_date"] is not None:
        masked["birth_date"] = date(masked["birth_date"], 1, 1)
    if not sensitive:
        masked["care_flag"] = None
    return masked


USERS = (
    ("analyst", True, False),
    ("worker", True, False),
    ("dispatcher", False, False),
    ("narrow", True, True),
    ("warden", False, True),
    ("registrar", True, False),
    ("clerk", True, True),
)


@pytest.mark.parametrize(("user", "sensitive", "scoped"), USERS)
def test_a_masked_role_sees_the_masked_people_of_its_areas(
    rights_town, register, user, sensitive, scoped
):
    wanted = {
        row["id"]: expected(row, sensitive=sensitive)
        for row in register
        if (sensitive or is_grown(row)) and (not scoped or row["grid_id"] in rights_town.grids)
    }
    with rights_town.session(user, row_factory=dict_row) as session:
        session.execute("SELECT rights.begin_work('counting')")
        people = session.execute("SELECT * FROM masked.person").fetchall()
        flat = session.execute("SELECT * FROM masked.resident").fetchall()
        households = {
            row["id"] for row in session.execute("SELECT id FROM masked.household").fetchall()
        }
    assert {row["id"]: row for row in people} == wanted
    assert {row["id"] for row in flat} == set(wanted)
    for row in flat:
        other = wanted[row["id"]]
        both = row.keys() & other.keys()
        assert {name: row[name] for name in both} == {name: other[name] for name in both}
        assert row["born"] is None or row["born"] % 10000 in (101, 1231)
        assert len(row["initials"]) <= 1
    if scoped:
        inside = {row["household_id"] for row in register if row["grid_id"] in rights_town.grids}
        outside = {row["household_id"] for row in register} - inside
        assert 0 < len(wanted) < len(register)
        assert inside - {None} <= households and not households & outside


def test_history_is_masked_field_by_field(rights_town, register):
    row = next(row for row in register if row["grid_id"] in rights_town.grids)
    changes = {
        "name": ("王建国", "王建军", "王**", "王**"),
        "phone": ("13800138000", "13900139011", "*" * 9 + "00", "*" * 9 + "11"),
        "birth_date": ("1990-05-06", "1991-07-08", "1990-01-01", "1991-01-01"),
        "education": ("primary", "bachelor", "primary", "bachelor"),
    }
    insert = (
        "INSERT INTO mapdesk.change (batch_id, number, noun, row_id, kind, field, old, new) "
        "VALUES ('x', %s, 'person', %s, %s, %s, %s, %s)"
    )
    with rights_town.session("keeper") as owner:
        for number, (field, values) in enumerate(changes.items()):
            owner.execute(insert, (number, row["id"], "changed", field, *values[:2]))
        owner.execute(insert, (9, row["id"], "gone", None, '{"name": "王建国"}', None))
        with rights_town.session("narrow") as session:
            session.execute("SELECT rights.begin_work('history')")
            found = session.execute(
                "SELECT field, old, new FROM masked.change WHERE batch_id = 'x' ORDER BY number"
            ).fetchall()
        owner.execute("DELETE FROM mapdesk.change WHERE batch_id = 'x'")
    assert found == [(field, *values[2:]) for field, values in changes.items()] + [(None,) * 3]
