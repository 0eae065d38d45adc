"""A filter goes to JSON and back, says itself in words, and refuses what cannot be asked."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.model.errors import InputError
from mapdesk.model.filter_areas import area_of, area_text
from mapdesk.model.filter_fields import FILTER_FIELDS, FILTER_NOUNS, OPERATORS
from mapdesk.model.filter_words import PHRASES, describe, in_english, read_condition, say
from mapdesk.model.filters import Condition, Filter, Group
from mapdesk.model.shapes import Area, Circle
from tests.model.filter_strategies import filters

TODAY = date(2026, 3, 1)


@given(filters())
def test_a_filter_comes_back_from_json_as_it_went(filtered):
    assert Filter.from_json(filtered.as_json()) == filtered


@given(filters())
def test_a_filter_says_every_field_it_asks_about(filtered):
    said = describe(filtered, in_english)
    assert "{" not in said
    for condition, field in zip(filtered.conditions(), filtered.fields(), strict=True):
        if condition.operator not in ("within", "inside", "among", "turns"):
            assert field.title in said


@given(filters())
def test_words_of_another_language_are_used_throughout(filtered):
    said = describe(
        filtered,
        lambda text: text.replace(text.split("{")[0], "") if text in PHRASES.values() else "词",
    )
    for field in filtered.fields():
        assert field.title not in said


@pytest.mark.parametrize(
    ("noun", "text", "condition"),
    [
        ("person", "age>=80", Condition("age", "at least", (80,))),
        ("person", " age <= 6 ", Condition("age", "at most", (6,))),
        ("person", "age=30", Condition("age", "is", (30,))),
        ("person", "age=30,31", Condition("age", "one of", (30, 31))),
        ("person", "age=60..69", Condition("age", "between", (60, 69))),
        ("person", "sex!=male", Condition("sex", "is not", ("male",))),
        (
            "person",
            "education=college, university",
            Condition("education", "one of", ("college", "university")),
        ),
        ("person", "care_flag is empty", Condition("care_flag", "empty")),
        ("person", "care_flag is not recorded", Condition("care_flag", "empty")),
        ("person", "care_flag is recorded", Condition("care_flag", "not empty")),
        ("person", "care_flag is not empty", Condition("care_flag", "not empty")),
        ("person", "housed=no", Condition("housed", "is", (False,))),
        (
            "person",
            "born=1950-01-01..1950-12-31",
            Condition("born", "between", ("1950-01-01", "1950-12-31")),
        ),
        ("person", "turns 80 within 60 days", Condition("turning", "turns", (80, 60))),
        ("person", "grid within G1, G2", Condition("grid", "within", ("G1", "G2"))),
        ("building", "height>=18.5", Condition("height", "at least", (18.5,))),
        ("building", "name~A, B=C", Condition("name", "contains", ("A, B=C",))),
        ("unit", "room=101", Condition("room", "is", ("101",))),
    ],
)
def test_conditions_are_read_from_words(noun, text, condition):
    assert read_condition(noun, text) == condition


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("age", "is no condition"),
        ("age>=old", "needs a number, not 'old'"),
        ("age>=8.5", "needs a whole number"),
        ("age=9..5", "write the smaller one first"),
        ("age~8", "cannot be asked 'contains'"),
        ("sex=femail", "choose from female, male"),
        ("shoe_size>=44", "has no field 'shoe_size'; choose from age, turning"),
        ("name=王", "has no field 'name'"),
        ("born>=1950", "needs a date as 1950-12-31"),
        ("housed=perhaps", "is yes or no"),
        ("turns 200 within 10 days", "takes an age of 0 to 150"),
        ("sex=", "give one value|needs a word|1 to"),
        ("education=" + "x" * 300, "at most 200 characters"),
    ],
)
def test_a_condition_that_does_not_fit_is_one_sentence_that_names_it(text, told):
    with pytest.raises(InputError, match=told) as caught:
        read_condition("person", text)
    assert "'" + text in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.sampled_from(FILTER_NOUNS), st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(noun, text):
    try:
        condition = read_condition(noun, text)
    except InputError:
        return
    assert say(noun, condition, in_english)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"x"', '{"noun": "person"}', '{"noun": 5, "mode": "all", "parts": []}',
     '{"noun": "person", "mode": "all", "parts": [5]}',
     '{"noun": "person", "mode": "some", "parts": []}',
     '{"noun": "camera", "mode": "all", "parts": []}',
     '{"noun": "person", "mode": "all", "parts": [{"field": "age", "operator": "is", "values": [[1]]}]}',
     '{"noun": "person", "mode": "all", "parts": [{"field": "age", "operator": "is", "values": [NaN]}]}',
     '{"noun": "person", "mode": "all", "parts": [{"field": "age", "operator": "is", "values": [true]}]}'],
)  # fmt: skip
def test_rubbish_is_no_filter(text):
    with pytest.raises(InputError):
        Filter.from_json(text)


def test_more_conditions_than_anyone_writes_are_refused():
    with pytest.raises(InputError, match="at most 200"):
        Filter("person", "all", (Condition("age", "is", (1,)),) * 300)


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("age<=17", True), ("age<=18", False), ("age=10..30", True), ("age>=80", False),
        ("turns 18 within 5 days", True), ("turns 19 within 5 days", False),
        ("born>=2008-03-01", False), ("born>=2008-03-02", True), ("care_flag is recorded", True),
    ],
)  # fmt: skip
def test_what_is_about_minors_or_care_is_sensitive(text, sensitive):
    filtered = Filter("person", "none", (Group("any", (read_condition("person", text),)),))
    assert (filtered.sensitive(TODAY) is not None) is sensitive


def test_what_is_about_people_is_personal():
    assert Filter("household").personal
    assert Filter("building", "all", (read_condition("building", "people>=5"),)).personal
    assert not Filter(
        "building", "all", (read_condition("building", "building_floors>=5"),)
    ).personal


def test_a_drawn_area_comes_back_as_it_was_drawn():
    assert area_of(area_text(Circle(500_000.125, 4.3e6, 300.5))) == Circle(
        500_000.125, 4.3e6, 300.5
    )
    drawn = Area.from_points([[0, 0], [9, 0], [9, 9.5]])
    assert area_of(area_text(drawn)).polygon.equals(drawn.polygon)


@pytest.mark.parametrize(
    "text", ["circle", "circle 1 2", "circle 1 2 -3", "POINT (1 2)", "no", "circle a b c"]
)
def test_no_area_is_told(text):
    with pytest.raises(InputError):
        Condition("area", "inside", (text,)) and Filter(
            "person", "all", (Condition("area", "inside", (text,)),)
        )


def test_every_operator_has_its_words():
    for fields in FILTER_FIELDS.values():
        names = [field.name for field in fields]
        assert len(set(names)) == len(names)
    for operators in OPERATORS.values():
        assert all(one in PHRASES or one == "inside" for one in operators)


def test_json_is_plain():
    filtered = Filter("person", "any", (Group("none", (Condition("housed", "is", (True,)),)),))
    assert json.loads(filtered.as_json()) == {
        "noun": "person", "mode": "any",
        "parts": [{"mode": "none", "parts": [{"field": "housed", "operator": "is", "values": [True]}]}],
    }  # fmt: skip
