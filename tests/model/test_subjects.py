"""What the record says in English is said in Chinese as the window would have said it."""

import pytest
from hypothesis import given, settings

from mapdesk.model.filter_words import describe, in_english
from mapdesk.model.filters import Condition, Filter, Group
from mapdesk.model.subjects import told_subject
from mapdesk.services import catalogue
from tests.model import filter_strategies

AGED = Condition("age", "between", (60, 69))
SCHOOLED = Condition("education", "one of", ("college", "university"))
CARE = Condition("care_flag", "not empty")
SOON = Condition("turning", "turns", (80, 60))


@pytest.fixture(autouse=True)
def chinese():
    catalogue.speak("zh_CN")


@pytest.mark.parametrize(
    "filtered",
    [
        Filter("person", "all", ()),
        Filter("person", "all", (AGED, SCHOOLED, CARE, SOON)),
        Filter("person", "none", (AGED, SCHOOLED)),
        Filter("person", "all", (Group("any", (AGED, CARE)), SOON)),
        Filter("building", "all", (Condition("name", "contains", ("Fish and Chips",)),)),
    ],
)
def test_a_filter_is_told_as_the_window_tells_it(filtered):
    assert told_subject(describe(filtered, in_english)) == describe(filtered)


@given(filtered=filter_strategies.filters())
@settings(max_examples=60, deadline=None)
def test_any_filter_is_told_whole_or_left_as_it_stands(filtered):
    english = describe(filtered, in_english)
    assert told_subject(english) in (english, describe(filtered))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("history of person P1", "人员P1的变更历史"),
        ("doors of People: age is at least 80", "入户清单：人员：年龄不小于80"),
        ("People: all; 12 rows chosen", "人员：全部；所选 12 行"),
        ("make-up of whole district", "整个辖区的构成"),
        ("household moved (household H1)", "迁移住户（住户H1）"),
    ],
)
def test_what_leaves_is_told(said, told):
    assert told_subject(said) == told


@pytest.mark.parametrize(
    "typed", ["王**", "grid", "map", "history of nothing at all", "People: x", ""]
)
def test_what_somebody_typed_stays(typed):
    assert told_subject(typed) == typed
