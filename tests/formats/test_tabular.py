"""CSV and Excel, clean and dirty."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from mapdesk.formats import ReadResult
from mapdesk.model.errors import CrsError, InputError

Read = Callable[..., ReadResult]

CAMERAS = "编号,名称,经度,纬度\nc1,北门,117.01,39.01\nc2,南门,117.02,39.02\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(
    encoding: str, delimiter: str, tmp_path: Path, read_as: Read
) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(CAMERAS.replace(",", delimiter).encode(encoding))
    frame = read_as(path, "camera").frames["camera"]
    assert frame["id"].tolist() == ["c1", "c2"]
    assert frame["name"].tolist() == ["北门", "南门"]


def test_latin_text_is_not_taken_for_chinese(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "k.csv"
    path.write_bytes("name,lon,lat\nKöln Straße,117,39.1\n".encode("latin-1"))
    with pytest.raises(InputError, match="neither UTF-8, UTF-16 nor GB18030: save it as UTF-8"):
        read_as(path, "camera")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,lon,lat\n", "has a header and no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\1zzz", "is not a text file"),
        (b"\xff\xfename\0\0\xd8,\0", "damaged at byte"),
        (b"name,phone\nA,1\n", "no columns with coordinates .it has name, phone."),
    ],
)
def test_bad_tables(content: bytes, sentence: str, tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_as(path, "camera")


def test_a_table_cannot_be_outlines_unless_written_out(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "g.csv"
    path.write_text("name,lon,lat\nA,117.1,39.1\n")
    with pytest.raises(InputError, match="grids are polygons"):
        read_as(path, "grid")
    path.write_text('name,wkt\nA,"POLYGON((117 39,117.1 39,117.1 39.1,117 39))"\nB,rubbish\n')
    with pytest.raises(CrsError, match="does not say"):
        read_as(path, "grid")
    result = read_as(path, "grid", assume_crs="EPSG:4326")
    assert result.kept == {"grid": 1}
    assert result.refused[0].row == "row 3"


def test_projected_coordinates_need_a_crs(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "p.csv"
    path.write_text("name;x;y\nA;500000,5;4317000\n")
    with pytest.raises(CrsError, match="--assume-crs"):
        read_as(path, "camera")
    frame = read_as(path, "camera", assume_crs="EPSG:32650").frames["camera"]
    assert frame.geometry.iloc[0].x == pytest.approx(500000.5)


def test_rows_without_a_place_are_refused_one_by_one(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "name,lon,lat\nA,117.1,39.1\nB,,\nC,117,39\nD,here,39.1\nE,2.35,48.85\nF,117.2,39.2\n"
    )
    result = read_as(path, "camera")
    assert result.kept == {"camera": 2}
    reasons = {refusal.row: refusal.reason for refusal in result.refused}
    assert reasons["row 3"] == "has no coordinates"
    assert reasons["row 4"] == "has coordinates rounded to whole degrees"
    assert reasons["row 5"] == "'here' is not a number"
    assert "outside the area of use" in reasons["row 6"]


def test_a_table_without_header_is_named_by_number(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "h.csv"
    path.write_text("110102001000,4,西城,116.38,39.90\n110102003000,4,新街口,116.36,39.94\n")
    result = read_as(path, "camera", fields={"name": "3", "lon": "4", "lat": "5"}, key="1")
    assert result.frames["camera"]["id"].tolist() == ["110102001000", "110102003000"]
    assert result.frames["camera"]["name"].tolist() == ["西城", "新街口"]


def test_workbook_with_title_merged_cells_and_dates(tmp_path: Path, read_as: Read) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["居民登记表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["姓名", "楼栋编号", "出生日期", "联系电话", "住址"])
    sheet.append(["张三", "b1", datetime.date(1980, 2, 3), 13800000000, "解放路1号"])
    sheet.append(["李四", None, "1990年4月5日", None, "解放路1号"])
    sheet.merge_cells("B3:B4")
    sheet.append([None, "b2", None, None, None])
    book.save(tmp_path / "people.xlsx")
    result = read_as(tmp_path / "people.xlsx", "person")
    people = result.frames["person"]
    assert people["building_id"].tolist() == ["b1", "b1"]
    assert people["birth_date"].tolist() == [datetime.date(1980, 2, 3), datetime.date(1990, 4, 5)]
    assert people["phone"].iloc[0] == "13800000000"
    assert people["address"].iloc[0] == "解放路1号"
    assert [(refusal.row, refusal.reason) for refusal in result.refused] == [
        ("row 5", "has no name")
    ]


def test_workbook_with_several_sheets(tmp_path: Path, read_as: Read) -> None:
    book = openpyxl.Workbook()
    for title in ("a", "b"):
        book.create_sheet(title).append(["name", "phone"])
        book[title].append([f"of {title}", "1"])
    book.save(tmp_path / "s.xlsx")
    with pytest.raises(InputError, match="has 2 sheets: choose one with --layer, a, b"):
        read_as(tmp_path / "s.xlsx", "department")
    frame = read_as(tmp_path / "s.xlsx", "department", layer="b").frames["department"]
    assert frame["name"].tolist() == ["of b"]


def test_people_keep_their_ids_and_repeats_are_refused(tmp_path: Path, read_as: Read) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "name,birth_date,identity_number\nA,1980-01-01,9\nA,1980-01-01,9\nB,1980-01-01,8\n"
    )
    first, second = read_as(path, "person"), read_as(path, "person")
    assert first.frames["person"]["id"].tolist() == second.frames["person"]["id"].tolist()
    assert [refusal.reason for refusal in first.refused] == [
        "repeats the identity of an earlier row"
    ]
    assert not first.frames["person"]["id"].str.contains("9$").all()
