"""Each table, each role, each statement, as a hand-written session: nothing but what the matrix says."""

import psycopg
import pytest

from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import USER_ROLES

# Letters: s select, i insert, u update, d delete, of whole rows. Nobody truncates.
PLACE = dict.fromkeys(USER_ROLES, "s") | dict.fromkeys(("planner", "registrar"), "siud")
VEILED = dict.fromkeys(("planner", "registrar"), "iud")
NOBODY: dict[str, str] = {}
READ = dict.fromkeys(USER_ROLES, "s")
MASKED = dict.fromkeys(("analyst", "dispatcher", "worker", "registrar"), "s")
AUDITING = {"auditor": "s", "security": "s"}

MATRIX = {
    **{f"mapdesk.{key}": PLACE for key, noun in NOUNS.items() if not noun.personal},
    "mapdesk.camera": VEILED,
    "mapdesk.worker": VEILED,
    "mapdesk.organisation": VEILED,
    "mapdesk.unit": READ | {"registrar": "siud"},
    "mapdesk.person": NOBODY,
    "mapdesk.household": NOBODY,
    "mapdesk.resident": NOBODY,
    "mapdesk.staged": {"registrar": "id"},
    "mapdesk.column_mapping": {"registrar": "siud"},
    "mapdesk.batch": {"registrar": "sid", "planner": "si"},
    "mapdesk.change": dict.fromkeys(("registrar", "planner"), "i"),
    "mapdesk.pinyin": READ,
    "mapdesk.setting": PLACE,
    "mapdesk.alembic_version": READ,
    "mapdesk.secret": NOBODY,
    "mapdesk.media_file": {
        "analyst": "s",
        "dispatcher": "s",
        "planner": "id",
        "registrar": "id",
    },
    "mapdesk.published_statistic": dict.fromkeys(
        ("analyst", "dispatcher", "planner", "worker"), "s"
    )
    | {"registrar": "siud"},
    "mapdesk.purpose": READ | dict.fromkeys(("administrator", "security"), "siud"),
    "mapdesk.retention_rule": {"security": "siud"},
    "mapdesk.outgoing": {},
    "mapdesk.desk_user": {},
    "mapdesk.user_area": {},
    "mapdesk.work_session": {},
    "mapdesk.asked": {},
    "mapdesk.user_code": {},
    "mapdesk.code_try": {},
    "mapdesk.proved_session": {},
    "mapdesk.ticket": {},
    **{f"mapdesk.{name}": AUDITING for name in ("look", "look_head", "look_chain")},
    "mapdesk.saved_filter": READ
    | dict.fromkeys(("analyst", "dispatcher", "planner", "worker", "registrar"), "siud"),
    "mapdesk.map_item": dict.fromkeys(USER_ROLES, "siud"),
    "masked.person": MASKED,
    "masked.household": MASKED,
    "masked.resident": MASKED,
    "masked.staged": {"registrar": "s"},
    "masked.change": READ,
    "shown.camera": READ,
    "shown.worker": READ,
    "shown.organisation": READ,
    "shown.map_file": READ,
}
"""What each role may do; a table that is not here fails."""

SCHEMAS = ["mapdesk", "masked", "shown", "rights", "public"]


def relations(town):
    """Return every table and view of the district with its first column."""
    query = """
        SELECT n.nspname || '.' || c.relname, min(a.attname) FILTER (WHERE a.attnum = 1)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        GROUP BY 1 ORDER BY 1
    """
    with town.session("keeper") as session:
        return session.execute(query, (SCHEMAS,)).fetchall()


def is_allowed(session, statement):
    """Say whether a session may do something; what it does is undone."""
    try:
        with session.transaction(force_rollback=True):
            session.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        return "row-level security" in str(error)
    except psycopg.errors.WrongObjectType:
        return False  # A view cannot be truncated.
    except psycopg.errors.IntegrityError:
        pass  # The empty row was refused for what it lacks, not for who wrote it.
    return True


def done(session, relation, column):
    """Return the letters of what a session may do to a table."""
    statements = {
        "s": f"SELECT * FROM {relation} LIMIT 1",
        "i": f"INSERT INTO {relation} DEFAULT VALUES",
        "u": f"UPDATE {relation} SET {column} = DEFAULT WHERE false",
        "d": f"DELETE FROM {relation} WHERE false",
        "t": f"TRUNCATE {relation}",
    }
    return "".join(key for key, text in statements.items() if is_allowed(session, text))


def test_every_table_has_a_line(rights_town):
    assert {name for name, _column in relations(rights_town)} == set(MATRIX)


@pytest.mark.parametrize("role", USER_ROLES)
def test_a_role_does_what_the_matrix_says_and_nothing_more(rights_town, role):
    with rights_town.session(role) as session:
        session.execute("SELECT rights.begin_work('trying everything')")
        found = {name: done(session, name, column) for name, column in relations(rights_town)}
    assert found == {name: MATRIX[name].get(role, "") for name in found}


@pytest.mark.parametrize("role", USER_ROLES)
def test_no_column_is_open_beside_the_matrix(rights_town, role):
    query = """
        SELECT DISTINCT n.nspname || '.' || c.relname || '.' || a.attname || ' ' || p
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p
        WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'v') AND has_schema_privilege(n.oid, 'USAGE')
        AND has_column_privilege(c.oid, a.attnum, p) AND NOT has_table_privilege(c.oid, p)
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1
    """
    with rights_town.session(role) as session:
        found = [row[0] for row in session.execute(query, (SCHEMAS,))]
    told = ("at", "id", "kind", "number", "source", "title", "who")
    veiled = ["camera.id SELECT", "media_file.path SELECT", "organisation.id SELECT"]
    veiled.append("worker.id SELECT")
    staged = [f"staged.{name} SELECT" for name in ("batch_id", "line", "status")]
    staged += [
        f"staged.{name} UPDATE" for name in ("building_id", "candidates", "status", "unit_id")
    ]
    expected = {
        **{
            role: [f"batch.{name} SELECT" for name in told]
            for role in USER_ROLES
            if role not in ("planner", "registrar")
        },
        "planner": veiled,
        "registrar": sorted([*veiled, *staged]),
    }
    assert found == [f"mapdesk.{name}" for name in expected.get(role, [])]


EVERYONE = (
    "adult_birth begin_work is_proved is_working mask_identity mask_name mask_phone mask_year my_due "
    "my_grids my_purpose my_role offer_code personal_counts record_look record_looks sees_everywhere "
    "sees_sensitive set_code set_password show_ticket today_number verify_code who_am_i"
)
_LOOKING = "ask_births born_between ask_people ask_unmask count_people found_people unmasked_person"
_EDITING = "rebuild_residents change_organisation ask_to_compare note_contacts"
_WRITING = (
    "accept_staged ask_batch ask_edits ask_identity compare_staged has_identity judge_staged "
    "staged_differences undo_register write_edits"
)
_EXPORTING = "take_out ask_to_take_out give_back own_requests taken_alone"
FUNCTIONS = {
    "analyst": f"{_LOOKING} ask_streams streams break_glass {_EXPORTING} names_taken",
    "dispatcher": f"{_LOOKING} ask_streams streams break_glass",
    "planner": f"{_EDITING} undo_places {_EXPORTING}",
    "worker": _LOOKING,
    "registrar": f"{_LOOKING} {_EDITING} undo_places {_WRITING} ask_contact contact_of",
    "auditor": "keep_look_head",
    "security": "keep_look_head erase_looks due_by_rule erase_by_rule waiting_requests decide_request",
    "administrator": "add_user change_user clear_code list_users remove_user reset_password",
}


@pytest.mark.parametrize("role", USER_ROLES)
def test_a_role_may_call_its_own_functions_alone(rights_town, role):
    query = """
        SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('rights', 'mapdesk', 'masked', 'shown')
        AND has_function_privilege(p.oid, 'EXECUTE') ORDER BY 1
    """
    with rights_town.session(role) as session:
        found = {row[0] for row in session.execute(query)}
    assert found == set(EVERYONE.split()) | set(FUNCTIONS[role].split())


def test_functions_that_run_as_the_owner_have_their_search_path_pinned(rights_town):
    query = """
        SELECT p.proname, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('rights', 'mapdesk') AND p.prosecdef
    """
    with rights_town.session("keeper") as session:
        found = session.execute(query).fetchall()
    assert len(found) > 20
    pinned = ("search_path=pg_catalog, pg_temp", "search_path=pg_catalog, mapdesk, pg_temp")
    assert [name for name, settings in found if not settings or settings[0] not in pinned] == []
