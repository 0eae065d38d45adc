"""Registers of people, whole and faulty."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats import register_text
from mapdesk.formats.register import Preview, RegisterRows, preview, read_register
from mapdesk.formats.register_cells import read_day, read_phone
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.identity_number import read_identity

TODAY = date(2026, 5, 1)
HEADER = (
    "人员编号,姓名,性别,出生日期,公民身份号码,手机号码,文化程度,人户一致,与户主关系,户号,现住址"
)
KIN = "990000198501150011"
WIFE = "990000199009300027"
BODY = (
    f"P1,张俊杰,男,1985-01-15,{KIN},13800000001,大学本科,人户一致,户主,H1,中山路12号3栋2单元501室\n"
    f"P2,孙 晓雪,女,1990年9月30日,{WIFE},+86 138-0000-0002,初中,流动人口,配偶,H1,中山路12号3栋2单元501室\n"
)
CSV = f"{HEADER}\n{BODY}"


def quiet(_text: str, _part: float) -> None:
    """A progress nobody watches."""


def read(
    path: Path, mapping: dict[str, str] | None = None, sheet: str | None = None
) -> RegisterRows:
    """Read a register with the mapping its header suggests."""
    return read_register(path, mapping or preview(path, sheet).mapping, quiet, sheet, TODAY)


def read_text(folder: Path, text: str, encoding: str = "utf-8") -> RegisterRows:
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def one(folder: Path, **cells: object) -> RegisterRows:
    """Read one row with these cells, beside a row that is right."""
    path = folder / "one.csv"
    names = ["name", *[name for name in cells if name != "name"]]
    row = [str(cells.get(name, "王芳")) for name in names]
    right = ["李明" if name == "name" else "" for name in names]
    pd.DataFrame([right, row], columns=names).to_csv(path, index=False)
    return read(path)


def sheet_of(folder: Path, rows: list[list[object]]) -> tuple[Path, openpyxl.Workbook]:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return folder / "people.xlsx", book


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_register_in_any_encoding(encoding: str, delimiter: str, tmp_path: Path) -> None:
    found = read_text(tmp_path, CSV.replace(",", delimiter), encoding)
    frame = found.frame
    assert found.refused == []
    assert found.read == 2
    assert frame["line"].tolist() == [2, 3]
    assert frame["id"].tolist() == ["P1", "P2"]
    assert frame["name"].tolist() == ["张俊杰", "孙晓雪"]
    assert frame["sex"].tolist() == ["male", "female"]
    assert frame["birth_date"].tolist() == [pd.Timestamp(1985, 1, 15), pd.Timestamp(1990, 9, 30)]
    assert frame["identity_number"].tolist() == [KIN, WIFE]
    assert frame["phone"].tolist() == ["13800000001", "13800000002"]
    assert frame["education"].tolist() == ["university", "junior secondary"]
    assert frame["residence_kind"].tolist() == ["registered", "floating"]
    assert frame["relation"].tolist() == ["head", "spouse"]
    assert frame["household_id"].tolist() == ["H1", "H1"]
    assert frame["address"].tolist() == ["中山路12号3栋2单元501室"] * 2
    assert str(frame["birth_date"].dtype) == "datetime64[s]"
    assert {str(frame[name].dtype) for name in ("name", "address", "phone")} == {"str"}


def test_preview(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(f"海河港街道人口台账\n{CSV}{BODY * 40}".encode("gb18030"))
    seen = preview(path)
    assert isinstance(seen, Preview)
    assert seen.encoding == "gb18030"
    assert len(seen.rows) == 50
    assert seen.rows[0][1] == "张俊杰"
    assert seen.columns == tuple(HEADER.split(","))
    assert list(seen.mapping.values()) == [
        "id", "name", "sex", "birth_date", "identity_number", "phone", "education",
        "residence_kind", "relation", "household_id", "address",
    ]  # fmt: skip
    assert seen.problems == ()
    assert (seen.sheets, seen.sheet) == ((), None)


def test_english_headers_and_parts_of_an_address(tmp_path: Path) -> None:
    text = "Full name,ID card,Mobile,小区,楼栋,单元,房号\nAnna Li,,,金碧花园,3,2,501\n"
    assert read_text(tmp_path, text).frame["address"].tolist() == ["金碧花园3栋2单元501室"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2001-2-3", date(2001, 2, 3)),
        ("2001/02/03", date(2001, 2, 3)),
        ("2001.2.3", date(2001, 2, 3)),
        ("2001年2月3日", date(2001, 2, 3)),
        ("20010203", date(2001, 2, 3)),
        ("２００１－２－３", date(2001, 2, 3)),
        ("2001-02-03 00:00:00", date(2001, 2, 3)),
        ("2001-02-03T00:00:00Z", date(2001, 2, 3)),
        ("36925", date(2001, 2, 3)),
        ("36925.0", date(2001, 2, 3)),
        ("二〇〇一年二月三日", date(2001, 2, 3)),
        ("25/12/2001", date(2001, 12, 25)),
        ("12/25/2001", date(2001, 12, 25)),
    ],
)
def test_dates(text: str, day: date, tmp_path: Path) -> None:
    found = one(tmp_path, birth_date=text)
    assert found.frame["birth_date"].iloc[1].date() == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2001-2-30", "there is no day '2001-2-30'"),
        ("3/4/2001", "may be two days: write the year first"),
        ("2001年2月", "lacks month or day"),
        ("1985", "lacks month or day"),
        ("85-3-7", "is not a date"),
        ("昨天", "is not a date"),
        ("2031-01-01", "nobody is born on 2031-01-01"),
        ("1799-01-01", "nobody is born on 1799-01-01"),
    ],
)
def test_days_nobody_is_born_on(text: str, reason: str, tmp_path: Path) -> None:
    found = one(tmp_path, birth_date=text)
    assert [line for line, _ in found.refused] == [3]
    assert reason in found.refused[0][1]


@given(st.dates(date(1880, 1, 1), TODAY))
def test_every_day_is_read_in_every_shape(day: date) -> None:
    shapes = (
        f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
    )  # fmt: skip
    assert {read_day(shape) for shape in shapes} == {day}
    serial = (day - date(1899, 12, 30)).days
    if serial > 9999:
        assert read_day(str(serial)) == day


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (KIN, KIN),
        (f" {KIN[:6]} {KIN[6:14]} {KIN[14:]}", KIN),
        (f"'{KIN}", KIN),
        ("990000850115001", "990000198501150011"),
        ("11010519491231002x", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("无", None),
    ],
)
def test_identity_numbers(number: str, kept: str | None, tmp_path: Path) -> None:
    found = one(tmp_path, identity_number=number)
    value = found.frame["identity_number"].iloc[1]
    assert value == kept if kept else pd.isna(value)
    if kept:
        assert found.frame["birth_date"].iloc[1].strftime("%Y%m%d") == kept[6:14]


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (KIN[:17] + "2", "identity_number: has a wrong check character"),
        ("990000198501150000", "a spreadsheet rounded it"),
        ("99000019851345001X", "identity_number: "),
        ("12345", "is no identity number of 18 characters"),
        ("E12345678", "is no identity number of 18 characters"),
        ("990000851345001", "holds a date of birth that does not exist"),
    ],
)
def test_wrong_identity_numbers(number: str, reason: str, tmp_path: Path) -> None:
    found = one(tmp_path, identity_number=number)
    assert [line for line, _ in found.refused] == [3]
    assert reason in found.refused[0][1]
    assert number not in found.refused[0][1]


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, more: int) -> None:
    wrong = KIN[:place] + str((int(KIN[place]) + more) % 10) + KIN[place + 1 :]
    with pytest.raises(ValueError, match=r"identity number|check character|date of birth"):
        read_identity(wrong)


@given(st.integers(0, 15))
def test_two_neighbours_swapped_are_always_noticed(place: int) -> None:
    if KIN[place] != KIN[place + 1]:
        wrong = KIN[:place] + KIN[place + 1] + KIN[place] + KIN[place + 2 :]
        with pytest.raises(ValueError, match=r"identity number|check character|date of birth"):
            read_identity(wrong)


def test_contradictions_are_refused(tmp_path: Path) -> None:
    text = f"姓名,性别,出生日期,身份证号\n甲一,女,,{KIN}\n乙二,男,1985-01-16,{KIN}\n丙三,,,{WIFE}\n"
    found = read_text(tmp_path, text)
    assert found.frame[["name", "sex"]].values.tolist() == [["丙三", "female"]]
    assert found.refused == [
        (2, "sex is female, and the identity number says male"),
        (3, "birth_date is 1985-01-16, and the identity number says 1985-01-15"),
    ]
    assert "birth_date: 2 read from the identity number" in found.notes


def test_duplicates_are_refused_from_the_second_on(tmp_path: Path) -> None:
    text = f"人员编号,姓名,身份证号\nP1,甲一,{KIN}\nP2,乙二,{KIN}\nP1,丙三,\n,丁四,\n,戊五,\n"
    found = read_text(tmp_path, text)
    assert found.frame["line"].tolist() == [2, 5, 6]
    assert found.refused == [
        (3, "has the identity number of row 2"),
        (4, "has the id of row 2"),
    ]


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13800000001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("0086-138-0000-0001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("１３８００００００００１"[:11], "13800000000"),
        ("138-0000-0001/13900000002", "13800000001"),
        ("022-23456789", "02223456789"),
        ("(022) 2345 6789 转 12", "02223456789x12"),
        ("199-0012-3456", "19900123456"),
        ("12345", None),
        ("无", None),
    ],
)
def test_phones(cell: str, phone: str | None) -> None:
    assert read_phone(cell)[0] == phone


def test_what_may_be_left_empty_is_noted(tmp_path: Path) -> None:
    text = "姓名,性别,手机\n甲一,男性,abc\n乙二,双,13800000001 13800000002\n丙三,未知,\n"
    found = read_text(tmp_path, text)
    assert found.frame["sex"].fillna("").tolist() == ["male", "", ""]
    assert found.frame["phone"].fillna("").tolist() == ["", "13800000001", ""]
    assert found.notes == [
        "phone: 1 that are no numbers left empty",
        "phone: of 1 cells with several numbers the first taken",
        "sex: 1 not known and left empty (双)",
    ]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("张 三", "张三"),
        (" 李四 ", "李四"),
        ("Anna Li", "Anna Li"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
    ],
)
def test_names(name: str, kept: str, tmp_path: Path) -> None:
    assert one(tmp_path, name=name, sex="男").frame["name"].iloc[1] == kept


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "has no name"), ("无", "has no name"), ("138", "is no name"), ("长" * 61, "is no name")],
)
def test_rows_without_a_name_are_refused(name: str, reason: str, tmp_path: Path) -> None:
    found = one(tmp_path, name=name, sex="男")
    assert reason in found.refused[0][1]


def test_rows_of_the_wrong_width(tmp_path: Path) -> None:
    text = "姓名,性别,手机\n甲一,男\n乙二,男,13800000001,,\n丙三,男,13800000001,多\n\n丁四,男,\n"
    found = read_text(tmp_path, text)
    assert found.frame["name"].tolist() == ["乙二", "丁四"]
    assert found.refused == [
        (2, "has 2 cells, and the header 3"),
        (4, "has 4 cells, and the header 3"),
    ]
    assert "1 blank row passed over" in found.notes


def test_nul_bytes_spoil_a_row_and_not_the_file(tmp_path: Path) -> None:
    text = "姓名,性别\n甲\0一,男\n" + "乙二,男\n" * 30
    found = read_text(tmp_path, text)
    assert found.refused == [(2, "holds a NUL byte: the file is damaged there")]
    assert len(found.frame) == 30


def test_a_row_over_several_lines_has_the_number_of_its_first(tmp_path: Path) -> None:
    text = '姓名,地址\n甲一,"中山路12号\n3栋501"\n乙二,中山路\n'
    assert read_text(tmp_path, text).frame["line"].tolist() == [2, 4]


def test_a_header_may_be_missing_or_come_twice(tmp_path: Path) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("1,13800000001,甲一\n2,13800000002,乙二\n", encoding="utf-8")
    seen = preview(path)
    assert seen.columns == ("1", "2", "3")
    assert "there is no header: columns are called by their number" in seen.problems
    assert "no column looks like names: choose it" in seen.problems
    found = read(path, {"3": "name", "2": "phone"})
    assert found.frame["name"].tolist() == ["甲一", "乙二"]
    twice = read_text(tmp_path, "姓名,性别\n甲一,男\n姓名,性别\n乙二,女\n")
    assert twice.frame["name"].tolist() == ["甲一", "乙二"]
    assert "header repeated 1 time: passed over" in twice.notes


def test_columns_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("姓名,手机,手机\n甲一,13800000001,13800000002\n", encoding="utf-8")
    seen = preview(path)
    assert seen.columns == ("姓名", "手机", "手机 3")
    assert seen.mapping == {"姓名": "name", "手机": "phone"}
    assert "columns of one name: 手机; the later carry a number" in seen.problems


def test_a_workbook_with_a_merged_family(tmp_path: Path) -> None:
    path, book = sheet_of(
        tmp_path,
        [
            ["人口台账", None, None, None],
            ["户号", "姓名", "出生日期", "现住址"],
            ["H1", "甲一", date(1985, 1, 15), "中山路12号"],
            [None, "乙二", "1990-9-30", None],
            [None, None, 36925, None],
            ["H2", "丙三", None, "中山路13号"],
        ],
    )
    for cells in ("A1:D1", "A3:A5", "B4:B5", "D3:D5"):
        book.active.merge_cells(cells)
    book.save(path)
    seen = preview(path)
    assert seen.sheets == ("Sheet",)
    assert "3 merged cell ranges will be filled downwards" in seen.problems
    found = read(path)
    assert found.frame["household_id"].tolist() == ["H1", "H1", "H2"]
    assert found.frame["address"].tolist() == ["中山路12号", "中山路12号", "中山路13号"]
    assert found.frame["line"].tolist() == [3, 4, 6]
    assert found.refused == [(5, "has no name")]


def test_a_header_of_two_merged_rows(tmp_path: Path) -> None:
    path, book = sheet_of(
        tmp_path,
        [["姓名", "手机", "住址", None], [None, None, "小区", "楼栋"], ["甲一", "", "金碧花园", 3]],
    )
    for cells in ("A1:A2", "B1:B2", "C1:D1"):
        book.active.merge_cells(cells)
    book.save(path)
    assert preview(path).columns == ("姓名", "手机", "小区", "楼栋")
    assert read(path).frame["address"].tolist() == ["金碧花园3栋"]


def test_formulas_have_the_value_stored_or_refuse_their_row(tmp_path: Path) -> None:
    path, book = sheet_of(
        tmp_path, [["姓名", "手机", "年龄"], ["甲一", "=1+1", 3], ["乙二", "13800000001", "=A1"]]
    )
    book.save(path)
    assert any(
        "2 formulas without a stored value, the first in B2" in p for p in preview(path).problems
    )
    found = read(path)
    assert found.frame["name"].tolist() == ["乙二"]
    assert found.refused[0][1].startswith("cell B2 holds a formula without a stored value")
    stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>13800000009</v>")
                content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>13800000009</v>")
                content = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>13800000009</v>")
            new.writestr(name, content)
    assert read(stored).frame["phone"].tolist() == ["13800000009", "13800000001"]


def test_a_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path, book = sheet_of(tmp_path, [["姓名", "性别"], ["甲一", "男"]])
    book.create_sheet("空")
    book.create_sheet("二").append(["姓名", "性别"])
    book["二"].append(["乙二", "女"])
    book.save(path)
    assert preview(path).sheets == ("Sheet", "二")
    assert preview(path).sheet == "Sheet"
    assert read(path, sheet="二").frame["name"].tolist() == ["乙二"]
    with pytest.raises(InputError, match="has no sheet '三': it has Sheet, 二"):
        preview(path, "三")


def test_errors_of_a_spreadsheet_refuse_their_row(tmp_path: Path) -> None:
    found = one(tmp_path, address="#REF!")
    assert found.refused == [(3, "address: the cell holds the error #REF!")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or locked workbook"),
        (b"PK\x03\x04rubbish", "is not an Excel workbook that can be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "is not a text file"),
        ("name,phone\nKöln Straße,1\n".encode("latin-1"), "neither UTF-8, UTF-16 nor GB18030"),
        ("姓名,性别\n甲一,男\n".encode() + b"\xff\xfe\xff", "neither UTF-8, UTF-16 nor GB18030"),
        (b"\xef\xbb\xbfname,sex\n" + b"Li,m\n" * 9 + b"\xff", "damaged after line"),
    ],
)
def test_files_that_are_no_registers(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read(path, {"name": "name"})


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"There is no file .*gone\.csv: check the path"):
        preview(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"姓名": "name", "性别": "colour"}, "People have no field 'colour'"),
        ({"姓名": "name", "别名": "sex"}, "has no column '别名'"),
        ({"姓名": "name", "性别": "name"}, "Two columns of people.csv are chosen for 'name'"),
        ({"性别": "sex"}, "No column of people.csv is chosen for 'name'"),
        ({"编号": "name"}, "None of the 2 rows .* mostly because of this: name"),
    ],
)
def test_mappings_that_cannot_be(mapping: dict[str, str], sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("编号,姓名,性别\n1,甲一,男\n2,乙二,男\n", encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        read(path, mapping)


def test_an_unclosed_quotation_does_not_eat_the_file(tmp_path: Path) -> None:
    path = tmp_path / "quote.csv"
    path.write_text('姓名,地址\n甲一,"中山路\n' + "乙二,中山路12号\n" * 120_000, encoding="utf-8")
    with pytest.raises(InputError, match="unclosed quotation mark"):
        read(path, {"姓名": "name"})


def test_too_many_lines_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("wb") as stream:
        stream.write("姓名\n".encode())
        for _ in range(31):
            stream.write(b"x\n" * 100_000)
    with pytest.raises(InputError, match="3,100,001 lines, and a register is read up to 3,000,000"):
        read(path, {"姓名": "name"})
    assert register_text.MOST_ROWS == 3_000_000


def test_progress_rises_to_one_and_may_stop_the_work(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    told: list[float] = []
    read_register(path, {"姓名": "name"}, lambda _text, part: told.append(part), today=TODAY)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(_text: str, _part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_register(path, {"姓名": "name"}, stop, today=TODAY)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        seen = preview(path)
        found = read_register(path, {seen.columns[0]: "name"}, quiet, today=TODAY)
    except InputError as error:
        said = str(error)
    else:
        said = ""
        assert found.read == len(found.frame) + len(found.refused)
    assert "\n" not in said
