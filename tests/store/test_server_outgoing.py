"""Taking out as users of a server, and as hand-written sessions that would rather do it alone."""

from __future__ import annotations

import csv
import json

import psycopg
import pytest

from mapdesk.model.errors import (
    ApprovalDueError,
    ConflictError,
    NotFoundError,
    PurposeError,
    RightsError,
)
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.outgoing import MOST_PEOPLE, Parcel
from mapdesk.model.rights import ROLES, USER_ROLES, Right
from mapdesk.services import outgoing, results
from mapdesk.store import outgoing as kept
from mapdesk.store.server import taking_out
from tests.store.test_server_attacks import looks, owner_says, raw_people

DENIED = psycopg.errors.InsufficientPrivilege
REFUSED = psycopg.errors.RaiseException
PURPOSE = "visiting the old"
OLD = Filter("person", "all", (Condition("age", "at least", (80,)),))
TAKE = "SELECT id, state, approver FROM rights.take_out('export', %s, %s::text[], true, '', true, 'csv')"
ASK = "SELECT id FROM rights.ask_to_take_out('export', %s, %s::text[], true, '', true)"
DECIDE = "SELECT state FROM rights.decide_request(%s, %s)"


@pytest.fixture(autouse=True)
def nothing_left_yet(rights_town):
    owner_says(rights_town, "DELETE FROM mapdesk.outgoing RETURNING id")


def desk(town, user):
    """Return a user's desk with a purpose in force, and their access."""
    store = town.store(user, PURPOSE)
    return store, store.identity.having(PURPOSE)


def hand(town, user):
    """Return a hand-written session with a purpose."""
    session = town.session(user)
    session.execute("SELECT rights.begin_work('by hand')")
    return session


def numbered(first, last):
    return [f"P{number}" for number in range(first, last)]


def parcel(people, **values):
    return Parcel("export", "a list", "csv", tuple(people), **values)


def let(store, access, one):
    with outgoing.leaving(store, access, one):
        pass


def last_look(town, kind="export"):
    row = owner_says(
        town,
        "SELECT who, role, action, subject, detail FROM mapdesk.look WHERE kind = %s "
        "ORDER BY number DESC LIMIT 1",
        kind,
    )[0]
    return (*row[:4], json.loads(row[4]))


# ---------------------------------------------------------------------------- what a desk does


def test_a_server_user_takes_out_and_a_second_person_approves(rights_town, tmp_path):
    analyst, access = desk(rights_town, "analyst")
    security, officer = desk(rights_town, "security")
    with analyst, security:
        result = results.of_filter(analyst, access, OLD)
        many = len(result.person_ids) + MOST_PEOPLE
        assert outgoing.export(analyst, access, result, tmp_path / "old.csv") == len(result.rows)
        who, role, action, subject, detail = last_look(rights_town)
        assert (who, role) == (f"{rights_town.database}.analyst", "analyst")
        assert (action, subject) == ("take out by export", result.subject)
        assert detail == {"people": len(result.rows), "file": "csv", "masked": "yes"}
        assert kept.taken_alone(analyst) == len(result.person_ids)

        wanted = parcel(numbered(0, many))
        with pytest.raises(ApprovalDueError, match=f"{many} people in this"):
            let(analyst, access, wanted)
        asked, sentence = outgoing.request(analyst, access, wanted)
        assert "security" in sentence
        assert outgoing.request(analyst, access, wanted)[0].id == asked.id
        assert [one.id for one in outgoing.listed(analyst)[1]] == [asked.id]
        assert [one.id for one in outgoing.listed(security)[0]] == [asked.id]
        approved = outgoing.approve(security, officer, asked.id)
        assert (approved.state, approved.approver) == ("approved", security.identity.user)
        with pytest.raises(ConflictError, match="decided already"):
            outgoing.refuse(security, officer, asked.id)
        with pytest.raises(NotFoundError):
            outgoing.approve(security, officer, "nothing")
        with pytest.raises(ApprovalDueError):
            let(analyst, access, parcel(numbered(0, many + 1)))
        let(analyst, access, wanted)
        assert last_look(rights_town)[4]["approver"] == security.identity.user
        with pytest.raises(ApprovalDueError):
            let(analyst, access, wanted)
        assert [one.state for one in outgoing.listed(analyst)[1]] == ["used"]
        assert kept.taken_alone(analyst) == len(result.person_ids)


def test_what_could_not_be_written_may_be_tried_again_on_record(rights_town):
    analyst, access = desk(rights_town, "analyst")
    security, officer = desk(rights_town, "security")
    with analyst, security:
        wanted = parcel(numbered(0, 150))
        asked, _who = outgoing.request(analyst, access, wanted)
        outgoing.approve(security, officer, asked.id)
        with pytest.raises(OSError, match="full"), outgoing.leaving(analyst, access, wanted):
            raise OSError("full")
        assert last_look(rights_town, "approval")[2] == "give back an approval"
        let(analyst, access, wanted)
        owner_says(
            rights_town,
            "UPDATE mapdesk.outgoing SET used_at = used_at - interval '11 minutes' RETURNING id",
        )
        kept.give_back(analyst, asked.id)
        with pytest.raises(ApprovalDueError):
            let(analyst, access, wanted)


def test_the_owner_of_the_server_approves_what_a_user_asks(rights_town):
    analyst, access = desk(rights_town, "analyst")
    with analyst, rights_town.store("keeper") as owner:
        asked, _who = outgoing.request(analyst, access, parcel(numbered(0, 150)))
        assert outgoing.approve(owner, owner.identity, asked.id).state == "approved"
        let(analyst, access, parcel(numbered(0, 150)))


def approved(rights_town, analyst, access, wanted):
    """Let a second person, the district's owner, approve what an analyst asks for."""
    asked, _who = outgoing.request(analyst, access, wanted)
    with rights_town.store("keeper") as owner:
        outgoing.approve(owner, owner.identity, asked.id)


def test_names_in_full_leave_by_the_door_and_for_the_same_people_alone(rights_town, tmp_path):
    analyst, access = desk(rights_town, "analyst")
    with analyst:
        result = results.of_filter(analyst, access, OLD, reason="a letter to each")
        assert all("*" in row["name"] for row in result.rows)
        with pytest.raises(ApprovalDueError, match="names in full"):
            outgoing.export(analyst, access, result, tmp_path / "letters.csv")
        approved(rights_town, analyst, access, result.parcel("export", "csv"))
        outgoing.export(analyst, access, result, tmp_path / "letters.csv")
        with (tmp_path / "letters.csv").open(encoding="utf-8-sig") as file:
            written = [row[0] for row in csv.reader(file)][1 : len(result.rows) + 1]
        known = {row[0]: row[1] for row in raw_people(rights_town)}
        assert written == [known[row["id"]] for row in result.rows]
        assert len(written) > 5
        assert last_look(rights_town)[4]["reason"] == "a letter to each"
        owner_says(rights_town, "DELETE FROM mapdesk.outgoing RETURNING id")
        ids = list(result.person_ids[:3])
        few = parcel(ids, masked=False, reason="letters")
        approved(rights_town, analyst, access, few)
        let_out = kept.leave(analyst, access, few)
        assert set(kept.names_of(analyst, let_out, ids)) == set(ids)
        others = [*ids[:2], result.person_ids[4]]
        for wrong in (ids[:2], others, [*ids, others[2]]):
            with pytest.raises(RightsError, match="not taken out"):
                kept.names_of(analyst, let_out, wrong)
        masked = kept.leave(analyst, access, parcel(ids))
        with pytest.raises(RightsError, match="not taken out"):
            taking_out.names_taken(analyst, masked.id, ids)
        owner_says(
            rights_town,
            "UPDATE mapdesk.asked SET at = at - interval '11 minutes' WHERE kind = 'take out' RETURNING id",
        )
        with pytest.raises(RightsError, match="not taken out"):
            kept.names_of(analyst, let_out, ids)


def test_whoever_is_elsewhere_keeps_their_name_when_their_id_is_guessed(rights_town):
    away = next(row[0] for row in raw_people(rights_town) if row[4] not in rights_town.grids)
    narrow, access = desk(rights_town, "narrow")
    with narrow:
        let_out = kept.leave(narrow, access, parcel([away], masked=False, reason="letters"))
        assert kept.names_of(narrow, let_out, [away]) == {}


def test_a_planner_takes_out_what_is_no_people_without_a_purpose(rights_town):
    with rights_town.store("planner") as planner:
        let(planner, planner.identity, Parcel("export", "12 cameras", "csv"))
        with pytest.raises(PurposeError):
            taking_out.take_out(planner, "", parcel(["P1"]))
        with pytest.raises(RightsError):
            taking_out.take_out(planner, PURPOSE, parcel(["P1"], masked=False, reason="letters"))


# ---------------------------------------------------------------------------- what a session tries


@pytest.mark.parametrize("role", USER_ROLES)
def test_nobody_reaches_the_table(rights_town, role):
    with hand(rights_town, role) as session:
        for statement in (
            "SELECT * FROM mapdesk.outgoing",
            "INSERT INTO mapdesk.outgoing (id) VALUES ('x')",
            "UPDATE mapdesk.outgoing SET state = 'approved', approver = 'security'",
            "UPDATE mapdesk.outgoing SET at = at - interval '2 days'",
            "DELETE FROM mapdesk.outgoing",
            "SELECT rights.district_secret()",
            "SELECT rights.hashes_of(ARRAY['P1'])",
            "SELECT rights.parcel_digest('export', 'x', true, ARRAY['P1'])",
            "SELECT rights.outgoing_now()",
        ):
            with pytest.raises(DENIED):
                session.execute(statement)


CALLS = {
    Right.EXPORT: (
        "take_out('export', 'x', '{}', true, '', false, 'csv')",
        "ask_to_take_out('export', 'x', '{}', true, '', false)",
        "give_back('x')",
        "own_requests()",
        "taken_alone()",
    ),
    Right.APPROVE: ("waiting_requests()", "decide_request('x', true)"),
}


LACKING = [
    (role, right) for role in USER_ROLES for right in CALLS if right not in ROLES[role].rights
]


@pytest.mark.parametrize(("role", "right"), LACKING)
def test_who_lacks_the_right_calls_nothing(rights_town, role, right):
    with hand(rights_town, role) as session:
        for call in CALLS[right]:
            with pytest.raises(DENIED):
                session.execute(f"SELECT * FROM rights.{call}")


def test_nobody_approves_what_they_asked_for_in_another_role(rights_town):
    """An analyst who asks and then becomes a security officer is still who asked."""
    with hand(rights_town, "analyst") as session:
        (asked,) = session.execute(ASK, ("mine", numbered(0, 150))).fetchone()
    login = f"{rights_town.database}.security"
    owner_says(rights_town, "UPDATE mapdesk.outgoing SET who = %s RETURNING id", login)
    with hand(rights_town, "security") as session:
        for approve in (True, False):
            with pytest.raises(REFUSED, match="themselves"):
                session.execute(DECIDE, (asked, approve))
    assert owner_says(rights_town, "SELECT state, approver FROM mapdesk.outgoing") == [
        ("requested", None)
    ]


def test_an_approval_is_for_who_asked_and_what_was_asked_once(rights_town):
    people = numbered(0, 150)
    with (
        hand(rights_town, "analyst") as one,
        hand(rights_town, "narrow") as other,
        hand(rights_town, "security") as officer,
    ):
        (asked,) = one.execute(ASK, ("a list", people)).fetchone()
        assert officer.execute(DECIDE, (asked, True)).fetchone() == ("approved",)
        assert other.execute(TAKE, ("a list", people)).fetchall() == []
        for subject, wanted in (
            ("another", people),
            ("a list", people[1:]),
            ("a list", [*people, "Q"]),
        ):
            assert one.execute(TAKE, (subject, wanted)).fetchall() == []
        assert one.execute(TAKE, ("a list", [*people, *people])).fetchone()[1] == "used"
        assert one.execute(TAKE, ("a list", people)).fetchall() == []
        other.execute("SELECT rights.give_back(%s)", (asked,))
        assert one.execute(TAKE, ("a list", people)).fetchall() == []


def test_an_approval_and_a_request_cannot_be_kept_back_or_made_early(rights_town):
    people = numbered(0, 150)
    day = "UPDATE mapdesk.outgoing SET {0} = {0} - interval '24 hours 1 second' RETURNING id"
    with hand(rights_town, "analyst") as one, hand(rights_town, "security") as officer:
        (asked,) = one.execute(ASK, ("a list", people)).fetchone()
        with officer.transaction(force_rollback=True):
            officer.execute(DECIDE, (asked, True))
        assert one.execute(TAKE, ("a list", people)).fetchall() == []
        officer.execute(DECIDE, (asked, True))
        owner_says(rights_town, day.format("approved_at"))
        for setting in ("TimeZone", "IntervalStyle", "DateStyle"):
            value = {"TimeZone": "Pacific/Kiritimati", "IntervalStyle": "iso_8601"}.get(
                setting, "German"
            )
            one.execute("SELECT set_config(%s, %s, false)", (setting, value))
        assert one.execute(TAKE, ("a list", people)).fetchall() == []


def test_the_hundred_is_counted_by_the_server_over_all_ways(rights_town):
    before = len(looks(rights_town, "take out by export"))
    with hand(rights_town, "analyst") as one, hand(rights_town, "analyst") as again:
        assert one.execute(TAKE, ("a", numbered(0, 60))).fetchone()[1] == "used"
        assert again.execute(TAKE, ("b", [*numbered(30, 100), *numbered(30, 100)])).fetchone()
        assert one.execute(TAKE, ("c", numbered(0, 100))).fetchone()[1] == "used"
        assert one.execute("SELECT rights.taken_alone()").fetchone() == (100,)
        assert again.execute(TAKE, ("d", ["P100"])).fetchall() == []
        with one.transaction():
            assert one.execute(TAKE, ("e", ["P100", None])).fetchall() == []
        owner_says(
            rights_town,
            "UPDATE mapdesk.outgoing SET at = at - interval '25 hours', used_at = at RETURNING id",
        )
        assert again.execute(TAKE, ("d", ["P100"])).fetchone()[1] == "used"
    assert len(looks(rights_town, "take out by export")) == before + 4
    assert "P1" not in str(owner_says(rights_town, "SELECT hashes FROM mapdesk.outgoing"))


def test_two_sessions_at_once_do_not_share_a_hundred(rights_town):
    with hand(rights_town, "analyst") as one, hand(rights_town, "analyst") as other:
        other.execute("SET statement_timeout = '300ms'")
        with one.transaction():
            assert one.execute(TAKE, ("a", numbered(0, 60))).fetchone()[1] == "used"
            with pytest.raises(psycopg.errors.QueryCanceled):
                other.execute(TAKE, ("b", numbered(60, 120)))
        assert other.execute(TAKE, ("b", numbered(60, 120))).fetchall() == []


def test_a_look_at_names_cannot_be_rolled_back_with_its_count(rights_town):
    person = raw_people(rights_town)[0][0]
    take = TAKE.replace("true, ''", "false, 'letters'")
    names = "SELECT name FROM rights.names_taken(%s, %s::text[])"
    with hand(rights_town, "analyst") as session:
        with session.transaction(force_rollback=True):
            (taken, *_rest) = session.execute(take, ("a", [person])).fetchone()
            with pytest.raises(REFUSED, match="not taken out"), session.transaction():
                session.execute(names, (taken, [person]))
        with pytest.raises(REFUSED, match="not taken out"):
            session.execute(names, (taken, [person]))
        (taken, *_rest) = session.execute(take, ("a", [person])).fetchone()
        assert len(session.execute(names, (taken, [person])).fetchall()) == 1
    with hand(rights_town, "narrow") as other, pytest.raises(REFUSED, match="not taken out"):
        other.execute(names, (taken, [person]))


def test_words_that_mean_nothing_are_refused(rights_town):
    with hand(rights_town, "analyst") as session:
        for statement in (
            "take_out('fax', 'x', '{}', true, '', false, 'csv')",
            "take_out(NULL, 'x', '{}', true, '', false, 'csv')",
            "take_out('export', '', '{}', true, '', false, 'csv')",
            "take_out('export', NULL, NULL, NULL, 'why', NULL, NULL)",
        ):
            with pytest.raises(psycopg.errors.InvalidParameterValue):
                session.execute(f"SELECT * FROM rights.{statement}")
        with pytest.raises(REFUSED, match="why names"):
            session.execute(
                "SELECT * FROM rights.take_out('export', 'x', '{P1}', NULL, NULL, NULL, NULL)"
            )
    with (
        rights_town.session("analyst") as idle,
        pytest.raises(REFUSED, match="begin a piece of work"),
    ):
        idle.execute(TAKE, ("x", ["P1"]))
