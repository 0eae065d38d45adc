"""A map on paper: everything has its own place on the sheet, and says what it should."""

import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats import map_sheet
from mapdesk.formats.map_sheet import MapSheet, write_pdf
from mapdesk.formats.page import POINT, Box, body_of
from mapdesk.formats.sheet_layout import (
    ELEMENTS,
    OFFERED,
    SheetForm,
    arranged,
    checked_scale,
    dots,
    scale_for,
    with_what_is_there,
)
from mapdesk.model.errors import InputError
from mapdesk.model.legend import LegendEntry
from tests.formats.printed import behind, pages, texts
from tests.formats.test_grid_sheet import MARK, png

forms = st.builds(
    SheetForm,
    st.sampled_from(["A4", "A3"]),
    st.booleans(),
    st.frozensets(st.sampled_from(ELEMENTS)),
)


@given(forms, st.integers(0, 80))
def test_elements_neither_overlap_nor_leave_the_sheet(form, lines):
    boxes = arranged(form, lines)
    body = body_of(form.size, landscape=form.landscape)
    for name, box in boxes.items():
        assert box.width > 0 and box.height > 0, name
        assert box.x >= body.x - 1e-6 and box.right <= body.right + 1e-6, name
        assert box.y >= body.y - 1e-6 and box.bottom <= body.bottom + 1e-6, name
    for (first, one), (second, other) in itertools.combinations(boxes.items(), 2):
        beside = one.right <= other.x + 1e-6 or other.right <= one.x + 1e-6
        above = one.bottom <= other.y + 1e-6 or other.bottom <= one.y + 1e-6
        assert beside or above, (first, second)
    assert boxes["map"].width * boxes["map"].height > 0.5 * body.width * body.height
    wanted = (form.elements - {"watermark"}) | {"map", "sources"}
    assert set(boxes) == wanted - ({"legend"} if lines == 0 else set())


@pytest.mark.parametrize(
    ("size", "landscape", "pixels"),
    [("A4", False, (2480, 3508)), ("A4", True, (3508, 2480)), ("A3", False, (3508, 4961))],
)
def test_a_sheet_has_300_dots_an_inch(size, landscape, pixels):
    assert SheetForm(size, landscape).pixels == pixels
    assert dots(25.4) == 300


@given(st.floats(1, 90_000), st.floats(1, 90_000), forms)
def test_the_scale_offered_is_the_largest_that_shows_everything(width, height, form):
    box = arranged(form, 5)["map"]
    scale = scale_for((width, height), box)
    assert box.width / 1000 * scale >= width * (1 - 1e-9)
    assert box.height / 1000 * scale >= height * (1 - 1e-9)
    larger = [one for one in OFFERED if one < scale]
    if larger and scale in OFFERED:
        assert box.width / 1000 * larger[-1] < width or box.height / 1000 * larger[-1] < height


@pytest.mark.parametrize("scale", [0.0, -5.0, 49.0, 2e6])
def test_a_scale_out_of_range_is_refused(scale):
    with pytest.raises(InputError, match="1:50 to 1:1,000,000"):
        checked_scale(scale)


def sheet(form, **changes):
    legend = (LegendEntry("Cameras", sign="picture", png=png(8, 8)),) + tuple(
        LegendEntry(f"Kind {n}", "#aa8844", "area" if n % 2 else "line") for n in range(6)
    )
    facts = {
        "form": form,
        "title": "Xinqiao 新桥街道",
        "purpose": "fire inspection",
        "date": "22 November 2026",
        "scale": 2000.0,
        "bearing": 0.0,
        "sources": "© OpenStreetMap contributors  ·  City survey",
        "legend": legend,
    }
    return MapSheet(**(facts | changes))


@pytest.mark.parametrize("size", ["A4", "A3"])
@pytest.mark.parametrize("landscape", [True, False])
def test_a_sheet_says_everything_in_its_place(tmp_path, size, landscape):
    form = SheetForm(size, landscape)
    write_pdf(tmp_path / "a.pdf", sheet(form), png(120, 90), MARK)
    (said,) = pages(tmp_path / "a.pdf")
    words = [one.text for one in said]
    for text in (
        *("Xinqiao 新桥街道", "22 November 2026", "For: fire inspection", "Legend", "Cameras"),
        *("Kind 5", "1 : 2,000", "N", "© OpenStreetMap contributors · City survey"),
    ):
        assert text in words
    assert any(word.startswith("For: 网格走访 · Taken out by lin") for word in words)
    page = form.page
    boxes = arranged(form, 7)
    for one in said:
        x, y = one.x * POINT, page.height - one.y * POINT
        assert 0 < x < page.width and 0 < y < page.height
        legend = boxes["legend"]
        if one.text.startswith("Kind"):
            assert legend.x <= x <= legend.right and legend.y <= y <= legend.bottom
    assert behind(tmp_path / "a.pdf") == [[]]


def test_an_oblique_view_claims_no_scale(tmp_path):
    form = with_what_is_there(SheetForm(), "", None)
    write_pdf(tmp_path / "a.pdf", sheet(form, scale=None, purpose=""), png(), MARK)
    (words,) = texts(tmp_path / "a.pdf")
    assert "Not to scale" in words
    assert not any(word.startswith("1 :") or word.endswith((" m", " km")) for word in words)
    assert not any(word.startswith("For: fire") for word in words)


def test_what_a_legend_has_no_room_for_is_counted(tmp_path):
    many = tuple(LegendEntry(f"Kind {n}", "#336699") for n in range(90))
    write_pdf(tmp_path / "a.pdf", sheet(SheetForm(), legend=many), png(), MARK)
    (words,) = texts(tmp_path / "a.pdf")
    shown = sum(word.startswith("Kind") for word in words)
    assert 20 < shown < 90
    assert f"and {90 - shown} more" in words


def test_sources_are_never_cut(tmp_path):
    sources = "  ·  ".join(f"Survey of the year {year}" for year in range(2000, 2009))
    write_pdf(tmp_path / "a.pdf", sheet(SheetForm(), sources=sources), png(), MARK)
    (words,) = texts(tmp_path / "a.pdf")
    assert " ".join(sources.split()) in words


def test_the_signs_of_lines_are_as_wide_as_those_of_the_map():
    def widths(entry):
        drawn = []
        page = SimpleNamespace(
            rule=lambda *words: drawn.append((words[4], words[5])), text=lambda *_a, **_k: None
        )
        map_sheet._draw_entry(page, entry, Box(0, 0, 40, 6), 1.0)
        return drawn

    fine, coarse = (
        widths(LegendEntry("Border", colour, "line", width=width))
        for colour, width in (("#c98ba5", 1.3), ("#7a1248", 3.0))
    )
    assert len(fine) == len(coarse) == 1 and fine[0][0] < coarse[0][0]
    # The greatest roads have the strongest colours: each street has edges, whatever its colour.
    streets = [widths(LegendEntry("Road", one, "line")) for one in ("#f3b26a", "#ffffff")]
    assert [len(one) for one in streets] == [2, 2]
    assert streets[0][1][0] == streets[1][1][0] > coarse[0][0]


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_a_legend_of_many_short_lines_is_whole_in_a_column_more(tmp_path, size):
    many = tuple(LegendEntry(f"Kind of land {n}", "#336699") for n in range(45))
    write_pdf(tmp_path / "a.pdf", sheet(SheetForm(size), legend=many), png(), MARK)
    (said,) = pages(tmp_path / "a.pdf")
    kinds = [one for one in said if one.text.startswith("Kind of land")]
    assert {one.text for one in kinds} == {one.text for one in many}
    assert len({round(one.x) for one in kinds}) == 2
    assert not any(one.text.endswith(" more") for one in said)
