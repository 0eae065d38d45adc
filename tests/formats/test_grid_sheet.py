"""One map, one table, one book: all of it is on paper, nothing beyond its place."""

import itertools
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mapdesk.formats.doors import Door
from mapdesk.formats.grid_book import BookBuilding, GridBook, MapPicture, Responsible
from mapdesk.formats.grid_sheet import grid_sheet
from mapdesk.formats.page import POINT
from mapdesk.formats.pdf import Paper
from mapdesk.formats.pdf_charts import Pyramid, Share
from mapdesk.formats.watermark import Watermark
from tests.formats.printed import pages, texts

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MARK = Watermark("lin", "analyst", "网格走访", AT, True, "新桥街道")


def png(width=80, height=60):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\x00" + b"\x60\x90\xa0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def book():
    ages = tuple(f"{a}–{a + 4}" for a in range(0, 85, 5))
    return GridBook(
        name="东园社区第三网格",
        code="DY-03",
        kind="residential",
        chain=("新桥街道", "东园社区"),
        picture=MapPicture(png(), 612.0, "© OpenStreetMap contributors"),
        hectares=18.64,
        buildings_count=87,
        units_count=2214,
        households_count=1981,
        people_count=4876,
        organisations_count=143,
        cameras_count=36,
        pyramid=Pyramid(ages, tuple(range(100, 117)), tuple(range(120, 137))),
        workers=(Responsible("林美华", "grid worker", "*********07"),),
        household_sizes=(Share("1", 512), Share("2", 603)),
        residence_kinds=(Share("registered", 3120), Share("floating", 1756)),
        unit_uses=(Share("own", 1290), Share("let", 611)),
        organisations=(Share("shop", 88),),
        incidents=(Share("占道经营", 64),),
        incidents_since="2026",
        buildings=tuple(
            BookBuilding(f"锦绣花园{n}号楼", f"集美北路{n}号", "residential", 6, 24, 20, 1061)
            for n in range(1, 61)
        ),
        doors=tuple(Door("1", "锦绣花园1号楼", None, n, f"{n}01", 3) for n in range(1, 40)),
    )


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_the_sheet_has_everything_and_the_book_follows(book, size, tmp_path):
    grid_sheet(tmp_path / "a.pdf", book, MARK, size)
    sheet, *rest = texts(tmp_path / "a.pdf")
    for said in (
        "新桥街道 › 东园社区", "东园社区第三网格", "DY-03", "residential", "4,876", "People", "1,981", "2,214",
        "87", "143", "36", "18.6", "262", "People a hectare", "N", "100 m", "© OpenStreetMap contributors",
        "Age and sex", "male 1,836", "female 2,176", "80–84", "林美华", "grid worker · *********07",
        "Household size", "603", "Residence", "3,120", "Use of units", "1,290", "Organisations", "88",
        "Incidents, 2026", "占道经营", "64",
    ):  # fmt: skip
        assert said in sheet, said
    after = [text for page in rest for text in page]
    assert [t for t in after if t.startswith("锦绣花园") and t in {b.name for b in book.buildings}][
        :60
    ] == [b.name for b in book.buildings]
    assert after.count("1,061") == 60
    assert "Doors of 东园社区第三网格" in after and "3901" in after
    assert not any("held back" in text for text in sheet)


@pytest.mark.parametrize("size", ["A4", "A3"])
def test_nothing_leaves_the_margins_or_runs_into_its_neighbour(book, size, tmp_path):
    wide = replace(
        book,
        name="东园社区第三网格" * 5,
        workers=tuple(
            Responsible("Anna-Lisa Karlsson-Andersson " * 2, "inspector", "1" * 40)
            for _ in range(20)
        ),
        organisations=tuple(
            Share(f"a kind of organisation with a long name {n}", 10**6) for n in range(40)
        ),
        people_count=1_030_000,
        units_count=840_000,
    )
    grid_sheet(tmp_path / "a.pdf", wide, MARK, size)
    with Paper("Measures", MARK, size, landscape=True) as paper:
        body = paper.body
        high = 210 * paper.scale
        for page in pages(tmp_path / "a.pdf"):
            spans = {}
            for said in page:
                left, right = said.x * POINT, said.x * POINT + paper.width(said.text, said.size)
                assert body.x - 0.2 <= left and right <= body.right + 0.2, said.text
                assert high - said.y * POINT < high - 6
                spans.setdefault(round(said.y, 1), []).append((left, right, said.text))
            for line in spans.values():
                line.sort()
                for (_, end, one), (begin, _, other) in itertools.pairwise(line):
                    assert end <= begin + 0.1, (one, other)


def test_counts_held_back_are_marked_and_explained(book, tmp_path):
    held = replace(
        book,
        organisations=(Share("shop", 88), Share("hazardous chemicals", None)),
        people_count=None,
    )
    grid_sheet(tmp_path / "a.pdf", held, MARK)
    sheet = texts(tmp_path / "a.pdf")[0]
    assert sheet.count("·") == 3
    assert any(text.startswith("· held back") for text in sheet)


def test_a_book_without_pages_is_one_sheet(book, tmp_path):
    grid_sheet(tmp_path / "a.pdf", replace(book, buildings=(), doors=(), incidents_since=""), MARK)
    (sheet,) = texts(tmp_path / "a.pdf")
    assert "1 / 1" in sheet and "Incidents" in sheet


@pytest.mark.parametrize(
    ("metres", "said"), [(612.0, "100 m"), (9000.0, "2 km"), (43.0, "10 m"), (3.0, "0.5 m")]
)
def test_the_scale_bar_is_round(book, metres, said, tmp_path):
    picture = replace(book.picture, metres=metres)
    grid_sheet(tmp_path / "a.pdf", replace(book, picture=picture, buildings=(), doors=()), MARK)
    assert said in texts(tmp_path / "a.pdf")[0]


def test_a_map_without_a_scale_has_no_scale_bar(book, tmp_path):
    picture = MapPicture(png(300, 60))
    grid_sheet(tmp_path / "a.pdf", replace(book, picture=picture, buildings=(), doors=()), MARK)
    assert not [text for text in texts(tmp_path / "a.pdf")[0] if text.endswith((" m", " km"))]


def test_many_sources_take_several_lines_and_none_is_cut_off(book, tmp_path):
    sources = "; ".join(f"Makers of map number {number}" for number in range(1, 7))
    path = tmp_path / "sheet.pdf"
    grid_sheet(path, replace(book, picture=replace(book.picture, attribution=sources)), MARK)
    said = " ".join(texts(path)[0])
    assert all(f"map number {number}" in said for number in range(1, 7))


def test_density_needs_people_and_ground(book):
    assert book.density == 262
    assert replace(book, people_count=None).density is None
    assert replace(book, hectares=0.0).density is None
