"""Styles read and write themselves, say what is wrong, and divide figures into classes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from mapdesk.layers.layer_style import (
    DRAWINGS,
    KINDS,
    METHODS,
    USUAL_BY,
    LayerStyle,
    checked_style,
    style_from_text,
)
from mapdesk.layers.legend import NO_FIGURE, NOT_SHOWN, OTHERS, Figures, classed, scale_of
from mapdesk.layers.measures import STYLED, STYLED_POINTS, measures_of
from mapdesk.layers.palettes import palettes
from mapdesk.model.errors import InputError
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import day_span


def figures(values, hidden=None, **rest) -> Figures:
    array = np.array(values)
    ids = np.array([f"g{number}" for number in range(len(array))], object)
    none = np.zeros(len(array), bool)
    return Figures(ids, array, none if hidden is None else np.array(hidden), **rest)


@st.composite
def styles(draw: st.DrawFn) -> dict[str, object]:
    noun = draw(st.sampled_from(STYLED))
    return {
        "noun": noun,
        "kind": draw(st.sampled_from(KINDS)),
        "by": draw(st.sampled_from(list(measures_of(noun)))),
        "method": draw(st.sampled_from(METHODS)),
        "classes": draw(st.integers(2, 9)),
        "palette": draw(st.sampled_from(list(palettes()))),
        "reverse": draw(st.booleans()),
        "drawing": draw(st.sampled_from(DRAWINGS[noun])),
        "level": draw(st.integers(0, 4)),
        "size_by": draw(st.sampled_from(["", *measures_of(noun)])),
    }


@given(styles())
def test_a_style_goes_to_json_and_back_or_says_why_not(data):
    try:
        style = checked_style(data)
    except InputError:
        event("refused")
        return
    assert style_from_text(style.as_text()) == style


@pytest.mark.parametrize("data", [[1], None, 3, "by use"])
def test_what_is_no_object_is_no_style(data):
    with pytest.raises(InputError, match="A style is a set"):
        checked_style(data)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"colours": 3}, "colours"),
        ({"noun": "road"}, "road"),
        ({"by": "wealth"}, "wealth"),
        ({"kind": "graduated", "by": "name"}, "categories"),
        ({"classes": 12}, "12"),
        ({"classes": "5"}, "whole number"),
        ({"classes": True}, "whole number"),
        ({"reverse": 1}, "true or false"),
        ({"palette": "Jet"}, "Jet"),
        ({"palette": "Okabe-Ito"}, "kinds"),
        ({"noun": "building", "drawing": "columns", "by": "height"}, "columns"),
        ({"kind": "single", "colour": "red"}, "#rrggbb"),
        ({"kind": "categories", "by": "kind", "drawing": "columns"}, "graduated"),
        ({"level": -1}, "level"),
        ({"noun": ["grid"]}, "noun"),
        ({"size_by": "density"}, "points alone"),
        ({"noun": "camera", "size_by": "status"}, "no number"),
        ({"noun": "sensor", "size_by": "bound by day"}, "no number"),
        ({"noun": "worker", "by": "name", "kind": "categories"}, "name"),
    ],
)
def test_what_is_wrong_is_named(data, word):
    with pytest.raises(InputError, match=word):
        checked_style(data)


@pytest.mark.parametrize("text", ["", "{", "[1]", "5", '"grid"', "[" * 20_000, " " * 30_000])
def test_what_is_no_style_is_said_so(text):
    with pytest.raises(InputError):
        style_from_text(text)


def test_only_what_is_not_usual_need_be_given():
    assert checked_style({}) == LayerStyle()
    assert checked_style({"noun": "building", "by": "height"}).drawing == "solid"


def test_points_are_usually_coloured_by_what_they_are():
    for noun in STYLED_POINTS:
        style = checked_style({"noun": noun})
        assert (style.by, style.kind) == (USUAL_BY[noun], "categories")
        assert style.drawing == DRAWINGS[noun][0]
        assert palettes()[style.palette].kind == "qualitative"
    assert checked_style({"noun": "building", "by": "use"}).kind == "categories"
    assert checked_style({"noun": "sensor", "by": "bound"}).kind == "graduated"


def test_no_worker_is_coloured_by_name_or_by_what_happens_around():
    assert not {"name", "phone", "incidents near"} & set(measures_of("worker"))


def test_no_measure_is_a_secret_or_somebodys_field():
    for noun in STYLED:
        for key, measure in measures_of(noun).items():
            assert not NOUNS[noun].personal
            if measure.field:
                field = NOUNS[noun].field(key)
                assert not (field.secret or field.mask or field.refers_to)


def test_classes_are_labelled_without_gaps_and_counted():
    style = checked_style({"by": "incidents", "classes": 3})
    shown = figures([0.0, 1, 2, 40, 41, 300])
    made = classed(style, shown, scale_of(style, shown), "light")
    assert made.of.tolist() == [0, 0, 0, 1, 1, 2]
    assert [(one.label, one.count) for one in made.legend.entries] == [
        ("42–300", 1),
        ("3–41", 2),
        ("0–2", 3),
    ]


def test_hidden_figures_take_no_part_and_stand_apart_from_missing_ones():
    style = checked_style({"by": "people", "classes": 2})
    shown = figures([10.0, 20, np.nan, 7777], [False, False, False, True], exact=True)
    scale = scale_of(style, shown)
    made = classed(style, shown, scale, "light")
    assert scale.bounds.max() == 20
    assert made.of.tolist() == [0, 1, NO_FIGURE, NOT_SHOWN]
    assert "7" not in "".join(one.label for one in made.legend.entries)
    hatched = [one for one in made.legend.entries if one.hatched]
    assert [(one.label, one.count) for one in hatched] == [("not shown", 1)]
    assert made.legend.personal
    assert len({tuple(row) for row in made.rgb("dark").tolist()}) == 4


def test_rare_categories_share_a_colour():
    style = checked_style({"by": "kind", "kind": "categories", "palette": "Okabe-Ito"})
    values = [f"kind {number}" for number in range(12) for _time in range(12 - number)] + [None]
    shown = figures(np.array(values, object))
    scale = scale_of(style, shown)
    colours = scale.colours(style, "light")
    assert len(set(colours)) == len(colours) == 7
    assert scale.labels[-1] == OTHERS
    made = classed(style, shown, scale, "light")
    assert made.of[0] == 0
    assert made.of[-2] == 6
    assert made.of[-1] == NO_FIGURE


def test_the_classes_of_days_are_the_same_for_all_and_empty_days_are_nought():
    days = (date(2026, 5, 1), date(2026, 5, 3))
    table = np.array([[0.0, 4.0], [2.0, 8.0]])
    shown = figures(table.sum(axis=0), days=days, of_day=table)
    style = checked_style({"by": "incidents by day", "classes": 4})
    scale = scale_of(style, shown)
    assert scale.bounds.tolist() == [0, 2, 4, 8]
    first = classed(style, shown, scale, "light", day_span(days[0]))
    between = classed(style, shown, scale, "light", day_span(date(2026, 5, 2)))
    last = classed(style, shown, scale, "light")
    assert (first.of.tolist(), between.of.tolist(), last.of.tolist()) == ([0, 2], [0, 0], [1, 3])
    assert last.legend.span == day_span(days[1])
    assert first.colours == last.colours


def test_days_together_are_summed_or_averaged_and_have_classes_of_their_own():
    days = (date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 4))
    table = np.array([[1.0, np.nan], [3.0, 8.0], [5.0, 2.0]])
    shown = figures(table[-1], days=days, of_day=table)
    mean = replace(shown, averaged=True)
    two, gap = day_span(days[0], days[1]), day_span(date(2026, 5, 3))
    assert shown.on(two).tolist() == [4, 8] and mean.on(two).tolist() == [2, 8]
    assert shown.on(gap).tolist() == [0, 0] and np.isnan(mean.on(gap)).all()
    assert shown.by_spans(2).tolist() == [[4, 8], [5, 2]]
    style = checked_style({"by": "incidents by day", "classes": 2})
    assert scale_of(style, shown).bounds[-1] == 8 and scale_of(style, shown, 4).bounds[-1] == 10


def test_nothing_to_divide_is_no_error():
    style = checked_style({"by": "population"})
    shown = figures([np.nan, np.nan])
    made = classed(style, shown, scale_of(style, shown), "light")
    assert made.of.tolist() == [NO_FIGURE, NO_FIGURE]
    assert [one.label for one in made.legend.entries] == ["no figure"]


def test_json_keeps_words_people_can_read():
    assert json.loads(LayerStyle().as_text())["palette"] == "YlGnBu"
