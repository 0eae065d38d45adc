"""The auditor's door: searching, verifying and anchoring, each on record before its answer."""

import json
from datetime import date

import pytest

from mapdesk.model.access import Access
from mapdesk.model.errors import ConflictError, InputError, NotFoundError, RightsError
from mapdesk.model.looks import AuditQuery
from mapdesk.services import auditing
from mapdesk.store import audit
from mapdesk.store.audit.keys import MemoryKeys
from mapdesk.store.database import Store

ANALYST = Access("tester", "analyst", "checking the register")
AUDITOR = Access("inspector", "auditor", "yearly inspection")


@pytest.fixture
def kept(empty):
    """An empty district with five looks on record, on each engine."""
    empty.trail.keys = MemoryKeys()
    audit.record_all(empty, ANALYST, "people of building", [f"B{number}" for number in range(5)])
    return empty


def test_searching_is_on_record_and_not_in_its_own_answer(kept):
    rows = auditing.search(kept, AUDITOR, AuditQuery(subject="b", since=date(2020, 1, 1), limit=3))
    assert [row["subject"] for row in rows] == ["B4", "B3", "B2"]
    look = audit.last(kept)[0]
    assert (look["kind"], look["action"], look["role"]) == ("audit", "search the record", "auditor")
    assert json.loads(look["subject"]) == {"since": "2020-01-01", "subject": "b"}
    page = auditing.search(kept, AUDITOR, AuditQuery(before=rows[-1]["number"]))
    assert [row["subject"] for row in page] == ["B1", "B0"]
    assert json.loads(audit.last(kept)[0]["detail"])["before"] == 3
    with pytest.raises(InputError, match="at least 1"):
        auditing.search(kept, AUDITOR, AuditQuery(limit=0))


def test_verifying_and_anchoring_are_on_record(kept, tmp_path):
    head = auditing.anchor(kept, AUDITOR, tmp_path / "anchor")
    assert head.number == 6
    verdict = auditing.verify(kept, AUDITOR, tmp_path / "anchor")
    assert (verdict.whole, verdict.rows, verdict.anchored) == (True, 7, 1)
    assert "6 " not in auditing.verdict_lines(verdict)[0]
    actions = [row["action"] for row in audit.last(kept, 2)]
    assert actions == ["verify the record", "anchor the record"]
    assert "Only an anchor file" in auditing.verdict_lines(auditing.verify(kept, AUDITOR))[1]


@pytest.mark.parametrize("role", ["analyst", "administrator", "registrar", "worker", "planner"])
def test_none_but_auditors_come_in(kept, tmp_path, role):
    access = Access("tester", role, "why")
    for ask in (
        lambda: auditing.search(kept, access, AuditQuery()),
        lambda: auditing.verify(kept, access),
        lambda: auditing.anchor(kept, access, tmp_path / "anchor"),
    ):
        with pytest.raises(RightsError):
            ask()
    assert len(audit.last(kept)) == 5
    assert not (tmp_path / "anchor").exists()


def test_an_anchor_file_is_one_districts(kept, tmp_path):
    anchor = tmp_path / "anchor"
    auditing.anchor(kept, AUDITOR, anchor)
    head = auditing.anchor(kept, AUDITOR, anchor)
    assert len(anchor.read_text().splitlines()) == 2
    anchor.write_text(anchor.read_text().replace(head.hash, "0" * 64))
    with pytest.raises(ConflictError, match="does not fit this record"):
        auditing.anchor(kept, AUDITOR, anchor)
    with pytest.raises(InputError, match="cannot be written"):
        auditing.anchor(kept, AUDITOR, tmp_path / "nowhere" / "anchor")
    with pytest.raises(InputError, match="cannot be read"):
        auditing.verify(kept, AUDITOR, tmp_path / "nowhere" / "anchor")


def test_a_record_that_was_taken_away_is_missed(empty, tmp_path):
    empty.trail.keys = MemoryKeys()
    if not empty.is_shared:
        with pytest.raises(NotFoundError, match="Nothing is on record"):
            audit.anchor(empty, tmp_path / "anchor")
        assert audit.verify(empty).whole
    auditing.anchor(empty, AUDITOR, tmp_path / "anchor")
    if not empty.is_shared:
        empty.close()
        for path in (empty.folder / "audit").glob("looks*"):
            path.unlink()
        (finding,) = audit.verify(empty, tmp_path / "anchor").findings
        assert "it was taken away" in finding.sentence
        audit.record(empty, ANALYST, "look", "x")
        with pytest.raises(ConflictError):
            audit.anchor(empty, tmp_path / "anchor")


@pytest.mark.embedded
def test_the_record_signs_a_head_of_its_own_accord(kept: Store):
    kept.trail.heads_every = 4
    audit.record_all(kept, ANALYST, "look", ["a", "b"])
    assert audit.verify(kept).heads == 0
    audit.record(kept, ANALYST, "look", "c")
    audit.record_all(kept, ANALYST, "look", list("abcdefghijkl"))
    verdict = audit.verify(kept)
    assert (verdict.whole, verdict.heads, verdict.rows) == (True, 2, 20)


@pytest.mark.embedded
def test_a_head_that_cannot_be_signed_hinders_no_look(kept: Store):
    kept.trail.keys = None
    (kept.folder / "audit" / "signing.key").mkdir()
    kept.trail.heads_every = 1
    assert audit.record(kept, ANALYST, "look", "c") == 6


def test_what_a_search_gives_goes_to_a_file_on_record(town, tmp_path):
    auditor = Access("tester", "auditor", "the yearly audit")
    audit.record(town, Access("li", "analyst", "visits"), "people of building", "=B1")
    town.identity = auditor
    path = tmp_path / "looks.csv"
    query = AuditQuery(action="people of building")
    assert auditing.export(town, auditor, query, path) == 1
    text = path.read_text("utf-8-sig")
    assert "visits" in text and "the yearly audit" in text.splitlines()[-1]
    (row, *_older) = audit.search(town, kind="export")
    assert row["action"] == "take the record out"
    assert {"rows": 1, "file": "csv"}.items() <= json.loads(row["detail"]).items()
    with pytest.raises(InputError, match="end the name with"):
        auditing.export(town, auditor, query, tmp_path / "looks.doc")
    town.identity = Access("li", "analyst", "visits")
    with pytest.raises(RightsError):
        auditing.export(town, town.identity, query, tmp_path / "mine.csv")
    assert not (tmp_path / "mine.csv").exists()
