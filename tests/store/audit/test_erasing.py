"""Erasing the oldest looks: the chain verifies on, and every way to erase more than was signed is found."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.store.audit import erasing, heads
from mapdesk.store.audit.chain import entry
from mapdesk.store.audit.embedded import FILE
from mapdesk.store.audit.keys import MemoryKeys
from mapdesk.store.audit.sealing import PLAIN
from tests.store.audit.books import (
    ANALYST,
    START,
    Box,
    SteppingClock,
    judge,
    look,
    make_book,
    sign,
    tamper,
)


def erase(book, upto, keys=None):
    """Erase as `audit.erase` does."""
    chain = book.tip()[0]
    keys = keys or MemoryKeys()
    private = keys.find(chain) or keys.make(chain)
    head = heads.sign(private, chain, upto, book.hash_of(upto), START)
    detail = erasing.detail_of(head, upto, 200)
    return book.erase(entry(ANALYST, erasing.ERASE_LOOKS, "looks", "erase", detail), upto)


@pytest.fixture
def clock():
    return SteppingClock(step=timedelta(hours=1))


@pytest.fixture(params=[PLAIN, Box()], ids=["plain", "sealed"])
def book(request, tmp_path, clock):
    made = make_book(tmp_path, clock=clock, sealer=request.param)
    for number in range(1, 13):
        made.append([look(number)])
    yield made
    made.close()


def said(book):
    return [finding.sentence for finding in judge(book, None).findings]


def test_what_is_left_verifies(book):
    assert erase(book, 7) == 7
    verdict = judge(book, None)
    assert verdict.whole, verdict.findings
    assert (verdict.rows, verdict.erased) == (6, 7)
    book.append([look(99)])
    assert judge(book, None).whole


def test_it_can_be_done_again_and_again(book):
    keys = MemoryKeys()
    for upto in (3, 8, 13, 14):
        erase(book, upto, keys)
        verdict = judge(book, None)
        assert (verdict.whole, verdict.erased) == (True, upto), verdict.findings


def test_nothing_of_them_stays_in_the_file(tmp_path):
    book = make_book(tmp_path)
    for number in range(1, 13):
        book.append([entry(ANALYST, "home of person", f"P-secret-{number:03}", "look", None)])
    erase(book, 7)
    book.close()
    content = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"P-secret-008" in content
    assert not any(f"P-secret-{number:03}".encode() in content for number in range(1, 8))


def test_rows_dropped_without_a_checkpoint_are_missed(book, tmp_path):
    book.close()
    tamper(tmp_path, "DELETE FROM look WHERE number <= 4")
    assert said(book) == ["Rows 1 to 4 are missing: they were dropped."]


def test_more_dropped_than_was_signed_is_missed(book, tmp_path):
    erase(book, 4)
    book.close()
    tamper(tmp_path, "DELETE FROM look WHERE number <= 6")
    assert said(book) == ["Rows 5 to 6 are missing: they were dropped."]


@pytest.mark.parametrize("field", ["upto", "hash", "signature", "key", "at", "chain"])
def test_a_checkpoint_that_is_not_signed_counts_for_nothing(tmp_path, field):
    book = make_book(tmp_path, 12)
    chain = book.tip()[0]
    private = MemoryKeys().make(chain)
    detail = dict(erasing.detail_of(heads.sign(private, chain, 4, book.hash_of(4), START), 4, 200))
    detail[field] = 5 if field == "upto" else "00" * 32
    book.erase(entry(ANALYST, erasing.ERASE_LOOKS, "looks", "erase", detail), 4)
    assert said(book) == ["Rows 1 to 4 are missing: they were dropped."]


def test_a_changed_checkpoint_is_named(tmp_path):
    book = make_book(tmp_path, 12)
    erase(book, 4)
    book.close()
    tamper(
        tmp_path,
        "UPDATE look SET detail = replace(detail, '\"days\":200', '\"days\":999') WHERE number = 13",
    )
    assert any("Row 13 was changed" in sentence for sentence in said(book))


def test_a_row_put_before_what_is_left_is_named(tmp_path):
    book = make_book(tmp_path, 12)
    erase(book, 4)
    book.close()
    columns = "at, kind, who, role, purpose, action, subject, detail, sealed, previous, hash"
    tamper(tmp_path, f"INSERT INTO look SELECT 4, {columns} FROM look WHERE number = 5")
    assert not judge(make_book(tmp_path), None).whole


def test_heads_of_erased_rows_stay_and_later_ones_bind(tmp_path, clock):
    book, keys = make_book(tmp_path, clock=clock), MemoryKeys()
    for number in range(1, 13):
        book.append([look(number)])
        if number in (4, 8):
            heads.append(tmp_path / "anchor", sign(book, keys))
    erase(book, 6, keys)
    assert judge(book, tmp_path / "anchor").whole
    book.close()
    tamper(tmp_path, "UPDATE look SET subject = 'other' WHERE number = 8")
    assert not judge(make_book(tmp_path), tmp_path / "anchor").whole


@given(
    ages=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    cutoff=st.integers(0, 400),
)
@settings(max_examples=25)
def test_nothing_young_and_never_the_last_row_is_due(ages, cutoff, tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    moments = iter([START - timedelta(days=age) for age in ages])
    book = make_book(folder, clock=lambda: next(moments))
    for number in range(len(ages)):
        book.append([look(number)])
    due = erasing.due(book, START - timedelta(days=cutoff))
    upto = 0 if due is None else due.upto
    assert upto < len(ages)
    assert all(age > cutoff for age in ages[:upto])
    young = [place for place, age in enumerate(ages) if age <= cutoff]
    assert upto == min(young, default=len(ages) - 1)
    book.close()


def test_a_detail_that_is_none_is_no_checkpoint():
    assert erasing.checkpoint_of("{}") == []
    assert erasing.checkpoint_of("not json") == []
    assert erasing.checkpoint_of(json.dumps({"upto": None})) == []
