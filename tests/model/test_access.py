"""Masks hide what they must and keep what tells two rows apart."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.access import Access, mask_identity, mask_name, mask_phone, mask_row
from mapdesk.model.errors import PurposeError
from mapdesk.model.nouns import NOUNS


@given(st.text(min_size=2, max_size=40))
def test_a_masked_name_keeps_its_first_character_only(name):
    masked = mask_name(name)
    assert masked[0] == name[0]
    assert set(masked[1:]) == {"*"}


@given(st.from_regex(r"[0-9]{5,15}", fullmatch=True))
def test_a_masked_phone_keeps_two_digits(phone):
    masked = mask_phone(phone)
    assert masked.endswith(phone[-2:])
    assert set(masked[:-2]) == {"*"}
    assert len(masked) == len(phone)


def test_a_masked_identity_number_hides_the_birth_date():
    assert mask_identity("990000194910011234") == "990000***********4"


@given(st.text(max_size=7))
def test_a_short_identity_number_shows_nothing(number):
    assert set(mask_identity(number)) == {"*"}


def test_every_personal_text_field_is_masked():
    """A field that names, dates or reaches a person has a mask; a new one without fails here."""
    telling = {"name", "birth_date", "identity_number", "phone"}
    for field in NOUNS["person"].fields:
        assert (field.mask is not None) == (field.name in telling), field.name


def test_a_masked_row_shows_a_birth_year_only():
    row = mask_row("person", {"name": "王建国", "birth_date": date(1949, 10, 1), "sex": "male"})
    assert row == {"name": "王**", "birth_date": 1949, "sex": "male"}


@pytest.mark.parametrize("purpose", ["", " ", "a", "  x "])
def test_no_purpose_no_people(purpose):
    with pytest.raises(PurposeError, match="people"):
        Access("me", "analyst", purpose.strip()).require_purpose("people")
