"""Pages: marked, numbered, nothing beyond the margins, and tables that go on overleaf."""

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.formats import pdf
from mapdesk.formats.page import POINT, Box
from mapdesk.formats.pdf import Paper
from mapdesk.formats.pdf_charts import Pyramid, Share, draw_pyramid, draw_shares, number
from mapdesk.formats.pdf_tables import TICK, Column, draw_table
from mapdesk.formats.watermark import Watermark
from mapdesk.model.errors import NotFoundError
from tests import typeface
from tests.formats.printed import behind, pages, texts

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MARK = Watermark("lin", "analyst", "核对老人", AT, True, "新桥街道")
LINE = "For: 核对老人 · Taken out by lin (Analyst) · 2026-11-22 09:30 · 新桥街道 · names masked"
COLUMNS = (Column("Name", 3, lines=2), Column("People", 1, "right"), Column("Done", 1, "centre"))


@pytest.fixture(scope="module")
def shared_paper() -> Iterator[Paper]:
    """For measuring alone: nothing is drawn on it."""
    with Paper("Measures", MARK) as sheet:
        yield sheet


@pytest.fixture
def paper() -> Iterator[Paper]:
    with Paper("List of doors", MARK) as sheet:
        sheet.new_page()
        yield sheet


def test_every_page_is_marked_titled_and_numbered(paper, tmp_path):
    paper.text(20, 30, "门牌 101", 9)
    paper.new_page()
    paper.text(20, 30, "Doors (2)", 14)
    paper.save(tmp_path / "a.pdf")
    first, second = texts(tmp_path / "a.pdf")
    assert first == ["门牌 101", "1 / 2", "List of doors", LINE]
    assert second == ["Doors (2)", "2 / 2", "List of doors", LINE]
    assert {said.size for page in pages(tmp_path / "a.pdf") for said in page[1:]} == {7.0}
    for page in behind(tmp_path / "a.pdf"):
        assert set(page) == {"lin 2026-11-22 09:30"}


def test_a_long_purpose_takes_two_lines_of_the_foot_and_no_more(tmp_path):
    long = Watermark("lin", "analyst", "核对六十天内满八十岁的老人" * 20, AT, False, "新桥街道")
    with Paper("List", long) as sheet:
        sheet.new_page()
        sheet.save(tmp_path / "a.pdf")
    said = texts(tmp_path / "a.pdf")[0]
    assert len(said) == 4 and said[-1].endswith("…")


def test_the_font_is_embedded_and_cut_to_what_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "typeface", typeface.whole)
    with Paper("List of doors", MARK) as sheet:
        sheet.new_page()
        sheet.text(20, 30, "网格", 9)
        sheet.save(tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"NotoSansCJKSC" in content and b"/FontFile3" in content and b"/ToUnicode" in content
    assert len(content) < 60_000


def test_what_the_font_lacks_is_marked_and_never_warned_of(paper, tmp_path, caplog):
    paper.text(20, 30, "王𫘦🏠\x00\n李", 9)
    paper.save(tmp_path / "a.pdf")
    assert texts(tmp_path / "a.pdf")[0][0] == "王〓〓〓 李"
    assert not caplog.records


def test_an_older_file_stays_when_the_new_one_cannot_be_written(paper, tmp_path):
    with pytest.raises(NotFoundError, match="There is no folder"):
        paper.save(tmp_path / "none" / "a.pdf")


@given(st.text(max_size=60), st.floats(0, 80), st.integers(1, 4))
def test_wrapped_lines_fit_and_lose_nothing_that_is_not_told(shared_paper, text, width, most):
    lines = shared_paper.wrapped(text, 9, width, most)
    assert len(lines) <= most
    widest = max((shared_paper.width(each, 9) for each in lines), default=0)
    letter = max((shared_paper.width(each, 9) for each in text), default=0)
    assert widest <= max(width, letter) + 1e-6
    whole = re.sub(r"\s", "", shared_paper.clean(text))
    kept = re.sub(r"\s", "", "".join(lines))
    assert kept == whole or whole.startswith(kept.removesuffix("…"))


def test_words_stay_whole_and_closing_marks_stay_with_their_word(shared_paper):
    width = shared_paper.width("集美北路33弄", 9) + 0.1
    assert shared_paper.wrapped("集美北路33弄，11号楼", 9, width, 3) == ["集美北路33", "弄，11号楼"]
    width = shared_paper.width("李**、王", 9) + 0.1
    assert shared_paper.wrapped("李**、王*、陈**", 9, width, 3) == ["李**、", "王*、", "陈**"]
    room = shared_paper.width("North Quay", 9)
    assert shared_paper.wrapped("North Quay Warehouse", 9, room + 8, 2) == [
        "North Quay",
        "Warehouse",
    ]


def rows(count):
    return [(f"锦绣花园{n}号楼", f"{n:,}", TICK) for n in range(1, count + 1)]


def test_a_table_goes_on_overleaf_with_its_header_and_no_row_is_lost(paper, tmp_path):
    draw_table(paper, COLUMNS, rows(200), 40)
    paper.save(tmp_path / "a.pdf")
    printed = texts(tmp_path / "a.pdf")
    assert len(printed) > 3
    assert all(page[:3] == ["Name", "People", "Done"] for page in printed)
    names = [text for page in printed for text in page if text.startswith("锦绣")]
    assert names == [row[0] for row in rows(200)]


def test_numbers_end_on_one_line_and_nothing_leaves_the_margins(paper, shared_paper, tmp_path):
    draw_table(paper, COLUMNS, [("x" * 300, "1", TICK), ("王", "12,345", TICK), *rows(90)], 40)
    paper.save(tmp_path / "a.pdf")
    body = shared_paper.body
    for page in pages(tmp_path / "a.pdf"):
        ends = {
            round(s.x * POINT + shared_paper.width(s.text, s.size), 1)
            for s in page
            if s.text[-1:].isdigit() and "/" not in s.text
        }
        assert len(ends) == 1
        for said in page:
            right = said.x * POINT + shared_paper.width(said.text, said.size)
            assert body.x - 0.1 <= said.x * POINT and right <= body.right + 0.1


def test_a_repeated_cell_is_said_once_and_again_overleaf(paper, tmp_path):
    columns = (Column("No.", 1, "right"), Column("Building", 4))
    draw_table(
        paper, columns, [(str(n), "A" if n < 60 else "B") for n in range(70)], 40, repeated=1
    )
    paper.save(tmp_path / "a.pdf")
    printed = texts(tmp_path / "a.pdf")
    assert [[text for text in page if text in "AB"] for page in printed] == [["A"], ["A", "B"]]


def test_a_row_moves_overleaf_whole(paper, tmp_path):
    tall = (Column("Text", 1, lines=6),)
    text = "核对六十天内满八十岁的老人" * 18
    draw_table(paper, tall, [(text,)] * 40, 40)
    paper.save(tmp_path / "a.pdf")
    lines = [
        len([t for t in page if t[0] in "核对六十天内满八岁的老人"])
        for page in texts(tmp_path / "a.pdf")
    ]
    per_row = lines[-1] // (40 - sum(lines[:-1]) // (sum(lines) // 40))
    assert per_row > 1 and all(count % per_row == 0 for count in lines)


def test_a_pyramid_has_its_bands_axes_and_sums(paper, tmp_path):
    pyramid = Pyramid(("0–4", "5–9", "10+"), (120, 80, 1_000), (100, 90, 1_300))
    draw_pyramid(paper, Box(20, 40, 100, 60), pyramid)
    paper.save(tmp_path / "a.pdf")
    said = pages(tmp_path / "a.pdf")[0]
    words = [each.text for each in said]
    assert "male 1,200" in words and "female 1,490" in words
    assert words.count("1,000") == 2 and words.count("2,000") == 2
    ages = [each.y for age in pyramid.ages for each in said if each.text == age]
    assert ages == sorted(ages) and len(ages) == 3


def test_bars_of_a_pyramid_are_as_long_as_their_counts(paper, tmp_path):
    draw_pyramid(paper, Box(20, 40, 100, 60), Pyramid(("0–4", "5–9"), (100, 50), (25, None)))
    paper.save(tmp_path / "a.pdf")
    content = drawn(tmp_path / "a.pdf")
    widths = [abs(float(w)) for w in re.findall(rb"[\d.]+ [\d.]+ (-?[\d.]+) -[\d.]+ re f", content)]
    assert len(widths) == 3
    assert widths[1] == pytest.approx(widths[0] / 4, abs=0.02)
    assert widths[2] == pytest.approx(widths[0] / 2, abs=0.02)


def drawn(path):
    content = re.search(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    return zlib.decompress(content[1])


def test_a_sum_is_held_back_with_a_part_of_it(paper, tmp_path):
    draw_pyramid(paper, Box(20, 40, 100, 60), Pyramid(("0–4", "5–9"), (100, 50), (25, None)))
    shares = [Share(f"kind {n}", 100 - n) for n in range(20)]
    draw_shares(paper, Box(20, 120, 50, 40), "Kinds", [*shares, Share("rare", None)])
    paper.save(tmp_path / "a.pdf")
    words = texts(tmp_path / "a.pdf")[0]
    assert "female ·" in words and "male 150" in words
    (others,) = [n for n, word in enumerate(words) if word.startswith("others")]
    assert words[others + 1] == "·"


KINDS = st.tuples(st.lists(st.integers(0, 10**6), max_size=30), st.floats(20, 60))


@given(st.lists(KINDS, min_size=6, max_size=6))  # drawn on a page each: a file takes long to begin
@settings(max_examples=4)
def test_kinds_without_room_are_summed(tmp_path_factory, charts):
    path = tmp_path_factory.mktemp("kinds") / "a.pdf"
    with Paper("Kinds", MARK) as paper:
        for counts, height in charts:
            paper.new_page()
            shares = [Share("kind", n) for n in counts]
            draw_shares(paper, Box(20, 40, 50, height), "Kinds", shares)
        paper.save(path)
    for (counts, height), page in zip(charts, pages(path), strict=True):
        said = page[1:-3]
        assert all(each.y * POINT >= 297 - 40 - height for each in said)
        numbers = [each.text for each in said if re.fullmatch(r"[\d,]+", each.text)]
        assert sum(int(one.replace(",", "")) for one in numbers) == sum(counts)


def test_bands_and_counts_have_to_agree():
    with pytest.raises(ValueError, match="2 ages, 1 and 2 counts"):
        Pyramid(("0–4", "5–9"), (1,), (1, 2))


def test_numbers_have_thousands_separators():
    assert [number(n) for n in (0, 999, 1234567, None)] == ["0", "999", "1,234,567", "·"]
    assert number(1234.56, 1) == "1,234.6"


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_body_leaves_room_for_margins_and_foot(size, landscape):
    with Paper("Sheet", MARK, size, landscape=landscape) as paper:
        body = paper.body
    short, long = {"A4": (210, 297), "A3": (297, 420)}[size]
    width, height = (long, short) if landscape else (short, long)
    assert body.x >= 10 and body.right <= width - 10 + 0.1
    assert body.y >= 10 and body.bottom <= height - 15
