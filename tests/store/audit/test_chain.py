"""The encoding and the hash: nothing has the hash of something else; a clock set back is told."""

import hashlib
import json
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mapdesk.model.access import Access
from mapdesk.store.audit.chain import STEP_BACK, clean, entry, extend, link
from tests.store.audit.books import ANALYST, START, look

TEXTS = [b"2026-03-01T08:00:00.000+00:00", b"who", b"role", b"why", b"did", b"B1", b"look", b"{}"]
EIGHT = st.lists(st.binary(max_size=6), min_size=8, max_size=8)
HASH = st.binary(min_size=32, max_size=32)


def test_the_hash_is_what_the_docstring_says():
    encoded = (
        b"mapdesk look 1\0"
        + (7).to_bytes(8, "big")
        + b"".join(len(text).to_bytes(4, "big") for text in TEXTS)
        + b"p" * 32
        + b"".join(TEXTS)
    )
    assert link(7, TEXTS, b"p" * 32, None) == hashlib.sha256(encoded).digest()
    assert link(7, TEXTS, b"p" * 32, b"key") != link(7, TEXTS, b"p" * 32, None)


@given(st.integers(0, 2**40), st.integers(0, 2**40), EIGHT, EIGHT, HASH, HASH)
def test_different_rows_have_different_hashes(number, other, texts, others, before, previous):
    assume((number, texts, before) != (other, others, previous))
    assert link(number, texts, before, None) != link(other, others, previous, None)


@given(EIGHT, st.integers(0, 6), st.integers(1, 5))
def test_letters_cannot_move_from_one_text_to_the_next(texts, place, count):
    moved = list(texts)
    moved[place], moved[place + 1] = texts[place][:-count], texts[place][-count:] + texts[place + 1]
    assume(moved != texts)
    assert link(1, moved, bytes(32), None) != link(1, texts, bytes(32), None)


def test_a_clock_set_back_is_told_and_orders_nothing():
    first = extend([look(1)], START, (0, "", bytes(32)), None)[0]
    back = START - timedelta(hours=2)
    second = extend([look(2, {"people": 3})], back, (1, first[1], first[-1]), None)[0]
    third = extend([look(3)], START, (2, second[1], second[-1]), None)[0]
    assert [row[0] for row in (first, second, third)] == [1, 2, 3]
    assert second[1] == "2026-03-01T06:00:00.000+00:00"
    assert json.loads(second[8]) == {STEP_BACK: 7200.0, "people": 3}
    assert third[8] == "{}"


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_kept(text):
    kept = clean(text)
    assert "\0" not in kept
    assert kept.encode().decode() == kept


def test_a_row_is_of_a_known_kind():
    with pytest.raises(ValueError, match="no such kind"):
        entry(ANALYST, "a", "b", "stare", None)
    assert entry(Access("\ud800", "analyst"), "a", "b", "look", {"\0": "\0"}).who == "\\ud800"
