"""Results as files: typed, harmless, marked, and whole or not at all."""

import csv
import json
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from mapdesk.formats.results import SUFFIXES, write_result
from mapdesk.formats.watermark import Watermark
from mapdesk.formats.workbook import MOST_ROWS
from mapdesk.model.errors import InputError, NotFoundError

MARK = Watermark(
    "lin",
    "analyst",
    "上门核对 80 岁老人",
    datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    True,
    "新桥街道",
)
LINE = "For: 上门核对 80 岁老人 · Taken out by lin (Analyst) · 2026-11-22 09:30 · 新桥街道 · names masked"
RUNNING = ("=1+1", "+86 10", "-5", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture
def homes() -> gpd.GeoDataFrame:
    rows = {
        "id": ["b1", "b2", "b3"],
        "name": ["锦绣苑1号", None, '=HYPERLINK("http://x")'],
        "floors": pd.array([6, None, 33], dtype="Int64"),
        "height": [18.5, np.nan, 99.0],
        "surveyed": [date(2026, 1, 2), None, date(1999, 12, 31)],
        "seen": pd.to_datetime(["2026-11-22 09:30", None, "2026-11-21 23:59"]),
        "occupied": [True, False, True],
    }
    shapes = [shapely.box(0, 0, 20, 10), None, shapely.Point(400, 3)]
    moved = [
        shape and shapely.transform(shape, lambda xy: xy + [500_000, 2_720_000]) for shape in shapes
    ]
    return gpd.GeoDataFrame(rows, geometry=moved, crs="EPSG:4548")


def sheet_of(path: Path):
    return openpyxl.load_workbook(path).active


def test_xlsx_has_typed_cells_a_header_that_stays_and_the_watermark_last(homes, tmp_path):
    write_result(tmp_path / "a.xlsx", homes, MARK, {"name": "Name"})
    sheet = sheet_of(tmp_path / "a.xlsx")
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]][:3] == ["id", "Name", "floors"]
    assert [cell.value for cell in sheet[2]][:5] == [
        "b1",
        "锦绣苑1号",
        6,
        18.5,
        pd.Timestamp("2026-01-02"),
    ]
    assert sheet["E2"].number_format == "yyyy-mm-dd"
    assert sheet["F2"].value == pd.Timestamp("2026-11-22 09:30")
    assert sheet["G3"].value is False
    assert sheet["C3"].value is None and sheet["D3"].value is None
    assert sheet["H2"].value == pytest.approx(117.0001, abs=1e-4)
    assert sheet["I2"].value == pytest.approx(24.58, abs=0.05)
    assert [cell.value for cell in sheet[6]] == [LINE, *[None] * 8]
    assert sheet.oddFooter.left.text == LINE
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["C"].width


@pytest.mark.parametrize("text", [*RUNNING, "#N/A", "#DIV/0!"])
def test_xlsx_keeps_a_text_a_text(text, tmp_path):
    write_result(tmp_path / "a.xlsx", [{"x": text, "n": -5}], MARK)
    sheet = sheet_of(tmp_path / "a.xlsx")
    assert sheet["A2"].data_type == "s" and sheet["A2"].quotePrefix
    assert sheet["A2"].value.strip() == text.strip()
    assert sheet["B2"].value == -5


@pytest.mark.parametrize("text", RUNNING)
def test_csv_disarms_a_text_and_leaves_numbers(text, tmp_path):
    write_result(tmp_path / "a.csv", [{"=x": text, "n": -5, "plain": "3#楼"}], MARK)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        head, row, last = csv.reader(file)
    assert head == ["'=x", "n", "plain"]
    assert row == [f"'{text}", "-5", "3#楼"]
    assert last == [LINE]


def test_csv_is_utf8_with_its_mark(homes, tmp_path):
    write_result(tmp_path / "a.csv", homes, MARK)
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,name,floors") and content.endswith(b"\r\n")
    table = pd.read_csv(tmp_path / "a.csv", skipfooter=1, engine="python")
    assert table["floors"].tolist()[::2] == [6, 33]
    assert table["surveyed"].tolist()[0] == "2026-01-02"


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=20))
def test_any_text_goes_into_a_workbook_and_never_runs(texts):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_result(path, [{"x": text} for text in texts], MARK)
        cells = [row[0] for row in sheet_of(path).iter_rows(min_row=2, max_row=len(texts) + 1)]
    for text, cell in zip(texts, cells, strict=True):
        assert cell.data_type != "f"
        if text.isprintable():
            assert cell.value == text


@given(st.lists(st.text(max_size=30), min_size=2, max_size=4))
def test_any_text_goes_into_csv_and_comes_back(texts):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        write_result(path, [{str(n): text for n, text in enumerate(texts)}], MARK)
        with path.open(encoding="utf-8-sig", newline="") as file:
            row = list(csv.reader(file))[1]
    for text, cell in zip(texts, row, strict=True):
        assert cell.removeprefix("'") == text.encode(errors="replace").decode().removeprefix("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_geopackage_has_places_and_a_table_about(homes, tmp_path):
    write_result(tmp_path / "a.gpkg", homes, MARK)
    back = gpd.read_file(tmp_path / "a.gpkg", layer="result")
    assert back.crs.to_epsg() == 4548
    assert back.geometry.iloc[0].equals(homes.geometry.iloc[0])
    assert back["floors"].tolist()[::2] == [6, 33]
    assert back["name"].iloc[2] == homes["name"].iloc[2]
    about = pyogrio.read_dataframe(tmp_path / "a.gpkg", layer="about")
    assert dict(zip(about["key"], about["value"], strict=True)) == MARK.facts
    assert not list(tmp_path.glob(".part*"))


def test_geoparquet_has_places_types_and_metadata(homes, tmp_path):
    write_result(tmp_path / "a.parquet", homes, MARK)
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert back.crs.to_epsg() == 4548
    assert back.geometry.iloc[0].equals(homes.geometry.iloc[0])
    metadata = pq.read_schema(tmp_path / "a.parquet").metadata
    assert json.loads(metadata[b"mapdesk"]) == MARK.facts
    assert b"geo" in metadata


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_without_places_and_none_at_all(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    write_result(
        path,
        [{"grid": "G1", "people": 12, "odd": 1}, {"grid": "G2", "people": 9, "odd": "x"}],
        MARK,
    )
    one = path.read_bytes()
    write_result(path, pd.DataFrame({"grid": pd.Series(dtype="str")}), MARK)
    assert path.read_bytes() != one
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_an_unknown_kind_is_told(tmp_path):
    with pytest.raises(
        InputError, match=r"a\.doc: a result is written as \.xlsx, \.csv, \.gpkg, \.parquet"
    ):
        write_result(tmp_path / "a.doc", [], MARK)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_is_not_there_is_told(suffix, tmp_path):
    with pytest.raises(NotFoundError, match="There is no folder"):
        write_result(tmp_path / "none" / f"a{suffix}", [{"x": 1}], MARK)


def test_more_rows_than_a_sheet_takes_are_told(tmp_path):
    many = pd.DataFrame({"x": np.zeros(MOST_ROWS + 1, dtype=np.int8)})
    with pytest.raises(InputError, match="1048574 rows are more than an Excel sheet takes"):
        write_result(tmp_path / "a.xlsx", many, MARK)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from datetime import datetime
from pathlib import Path
import geopandas as gpd, numpy as np, shapely
from mapdesk.formats.results import write_result
from mapdesk.formats.watermark import Watermark
from mapdesk.model.errors import InputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
chance = np.random.default_rng(1)
names = ["".join(map(chr, row)) for row in chance.integers(0x4e00, 0x9fa0, (20_000, 9))]
points = shapely.points(chance.uniform(0, 1e5, (20_000, 2)))
frame = gpd.GeoDataFrame({"name": names}, geometry=points, crs="EPSG:4548")
mark = Watermark("lin", "analyst", "p", datetime(2026, 1, 1), True, "d")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_result(Path(sys.argv[1]), frame, mark)
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_one_sentence_and_the_old_file_stays(suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    path.write_text("the old one")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        f"The disk has no room for {path.name}; free some and write it again: nothing was written."
    ]
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


NO_TEMPORARIES = """
import sys, tempfile
from datetime import datetime
from pathlib import Path
from mapdesk.formats.results import SUFFIXES, write_result
from mapdesk.formats.watermark import Watermark
tempfile.tempdir = str(Path(sys.argv[1]) / "none")
for suffix in SUFFIXES:
    mark = Watermark("lin", "analyst", "p", datetime(2026, 1, 1), True, "d")
    write_result(Path(sys.argv[1]) / f"a{suffix}", [{"name": "王"}] * 1000, mark)
"""


def test_nothing_is_left_in_the_folder_for_temporaries(tmp_path):
    command = [sys.executable, "-W", "error", "-c", NO_TEMPORARIES, str(tmp_path)]
    subprocess.run(command, check=True)
    assert {path.name for path in tmp_path.iterdir()} == {f"a{suffix}" for suffix in SUFFIXES}
