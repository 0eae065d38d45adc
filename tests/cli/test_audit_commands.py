"""The command `audit`: what it prints, and that a record which is not whole exits non-zero."""

import json
import sqlite3
from contextlib import closing

import pytest

from mapdesk.model.access import Access
from mapdesk.services import districts
from mapdesk.store import audit

ANALYST = Access("tester", "analyst", "checking the register")


@pytest.fixture
def folder(tmp_path):
    """A district with four looks on record."""
    with districts.create_district(tmp_path / "d", "Audited", "EPSG:32650") as store:
        audit.record_all(store, ANALYST, "people of building", ["B1", "B2"], detail={"people": 9})
        audit.record_all(store, ANALYST, "open stream", ["C1", "C2"])
    return tmp_path / "d"


def test_list_and_search(run, folder):
    status, out, _err = run("audit", "list", folder, "--count", 2)
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["4", "3"]
    assert "tester (Analyst)  look: open stream  C2  [checking the register]" in out
    _status, out, _err = run(
        *("audit", "search", folder, "--subject", "b", "--who", "tester", "--kind", "look"),
        *("--since", "2020-01-01", "--until", "2200-01-01", "--json"),
    )
    rows = json.loads(out)
    assert [row["subject"] for row in rows] == ["B2", "B1"]
    assert rows[0]["detail"] == {"people": 9}
    assert "(分析员)  查看" in run("audit", "list", folder, "--language", "zh_CN")[1]
    _status, out, _err = run("audit", "search", folder, "--action", "verify the record")
    assert out == "Nothing of that kind is on record.\n"
    _status, out, _err = run("audit", "search", folder, "--before", 2, "--json")
    assert [row["number"] for row in json.loads(out)] == [1]


def test_anchor_and_verify(run, folder, tmp_path):
    anchor = tmp_path / "anchor"
    status, out, _err = run("audit", "anchor", folder, anchor, "--purpose", "monthly")
    assert (status, out.startswith("Row 5 is anchored")) == (0, True)
    status, out, _err = run("audit", "verify", folder, "--anchor", anchor)
    assert status == 0
    assert out.startswith(
        "The record is whole: 6 rows, 1 signed heads, 1 heads of the anchor file."
    )
    _status, out, _err = run("audit", "verify", folder, "--json")
    assert json.loads(out)["whole"] is True


def test_a_record_that_is_not_whole_exits_non_zero(run, folder):
    with closing(sqlite3.connect(folder / "audit" / "looks.sqlite")) as connection:
        connection.execute("DELETE FROM look WHERE number = 2")
        connection.commit()
    status, out, err = run("audit", "verify", folder)
    assert (status, err) == (1, "")
    assert out.startswith("Row 2 is missing: it was dropped.\n")
    status, out, _err = run("audit", "verify", folder, "--json")
    assert (status, json.loads(out)["findings"][0]["row"]) == (1, 2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("search", "{}", "--since", "yesterday"), "is no day; write YYYY-MM-DD"),
        (("search", "{}", "--kind", "stare"), "invalid choice"),
        (("list", "{}", "--count", "0"), "--count must be at least 1"),
        (("verify", "{}", "--anchor", "{}/nothing"), "cannot be read"),
        (("anchor", "{}", "{}/no/such/folder"), "cannot be written"),
        (("burn", "{}"), "invalid choice"),
    ],
)
def test_mistakes_are_one_sentence(run, folder, words, sentence):
    status, out, err = run("audit", *[word.format(folder) for word in words])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert sentence in err
