"""One spelling for all addresses, and their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.analysis.address_regions import Regions, part_region
from mapdesk.analysis.address_text import normalise, number_of, read_name, read_place, readings

from .messy_addresses import chinese


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("中山路12号金碧花园3栋2单元501室", ("中山路", "12", "金碧花园", "3", "2", "", "501")),
        ("中山路１２＃金碧花园３＃２门５０１", ("中山路", "12", "金碧花园", "3", "2", "", "501")),
        ("中山路十二号三幢二单元五〇一室", ("中山路", "12", "", "3", "2", "", "501")),
        ("中山路一百零二号3栋501", ("中山路", "102", "", "3", "", "", "501")),
        ("中山路12三栋501", ("中山路", "12", "", "3", "", "", "501")),
        ("中山路12 3栋501", ("中山路", "12", "", "3", "", "", "501")),
        ("六号路12号3栋501", ("六号路", "12", "", "3", "", "", "501")),
        ("6号路12号3栋501", ("六号路", "12", "", "3", "", "", "501")),
        ("金碧花园2区3栋2—501", ("", "", "金碧花园二区", "3", "2", "", "501")),
        ("金碧花园3-2-501", ("", "", "金碧花园", "3", "2", "", "501")),
        ("大同路5号附1号3栋502", ("大同路", "5附1", "", "3", "", "", "502")),
        ("中山路100弄12号501室", ("中山路", "100", "", "12", "", "", "501")),
        ("榆溪巷32号1号市场大厅2-101", ("榆溪巷", "32", "", "1市场大厅", "2", "", "101")),
        ("中山路12号3号楼3层", ("中山路", "12", "", "3", "", "3", "")),
        ("海河東路118號3號樓0501", ("海河東路", "118", "", "3", "", "", "501")),
        ("Haihe East Road 118, building 3, 2-501", ("haihe,east,road", "118", "", "3", "2", "", "501")),
    ],
)  # fmt: skip
def test_parts(text, parts):
    assert readings(text)[0][:7] == parts


def test_an_ambiguous_number_has_both_readings():
    found = readings("中山路12号3-501")
    assert [(one.building, one.stair) for one in found] == [("3", ""), ("", "3")]
    assert not any(one.guess for one in found)
    cut = [(one.number, one.building) for one in readings("中山路123栋501") if one.guess]
    assert cut == [("1", "23"), ("12", "3")]


def test_names_and_places_have_no_rooms():
    assert read_place("开发区大道12号101号")[:4] == ("开发区大道", "12", "", "101")
    assert read_name("福河村1号大棚")[2:4] == ("福河村", "1大棚")
    assert read_name("望海里3号楼")[2:4] == ("望海里", "3")


@given(st.integers(0, 999))
def test_numerals(number):
    assert number_of(chinese(number)) == number


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_of_a_plain_text(text):
    once = normalise(f"中山路{len(text)}号")
    assert normalise(once) == once
    normalise(text)
    readings(text)


def test_regions():
    assert part_region("湖北省武汉市江岸区永宁街道中山路")[1] == "中山路"
    regions = Regions(
        ["湖北省武汉市江岸区中山路", "湖北省武汉市江岸区东方市场路", "湖北省武汉市江岸区金苑"]
    )
    assert regions.cut("中山路") == ("中山路", False)
    assert regions.cut("武汉江岸中山路") == ("中山路", False)
    assert regions.cut("江岸区永宁街道东方市场路") == ("东方市场路", False)
    assert regions.cut("长沙市中山路") == ("中山路", True)
    assert regions.cut("永宁街道") == ("", False)
    assert Regions(["东方市场路", "西方市场路"]).cut("西方市场路") == ("西方市场路", False)
