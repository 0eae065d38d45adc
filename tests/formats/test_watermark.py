"""Who took it out, when and what for, in both languages."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mapdesk.formats.watermark import Watermark
from mapdesk.model.language import LANGUAGE

CATALOGUE = Path(__file__).resolve().parents[2] / "data" / "translations" / "zh_CN.toml"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MARK = Watermark("lin", "worker", "走访", AT, True, "新桥街道")


@pytest.fixture
def chinese():
    LANGUAGE.install("zh_CN", tomllib.loads(CATALOGUE.read_text("utf-8"))["texts"])
    yield
    LANGUAGE.install("en", {})


def test_it_says_all_in_one_line():
    assert (
        MARK.line
        == "For: 走访 · Taken out by lin (Grid worker) · 2026-11-22 09:30 · 新桥街道 · names masked"
    )


def test_it_speaks_chinese(chinese):
    assert (
        MARK.line == "用途：走访 · 导出人：lin（网格员） · 2026-11-22 09:30 · 新桥街道 · 姓名已脱敏"
    )


def test_names_in_full_are_told_and_no_purpose_is_left_out():
    mark = Watermark("lin", "no such role", "", AT, False, "新桥街道")
    assert (
        mark.line == "Taken out by lin (no such role) · 2026-11-22 09:30 · 新桥街道 · names in full"
    )


def test_line_ends_of_a_purpose_do_not_break_it():
    assert Watermark("l", "owner", "a\r\nb\tc", AT, True, "d").line.startswith("For: a b c · ")


def test_facts_are_never_translated(chinese):
    assert MARK.facts == {
        "district": "新桥街道",
        "user": "lin",
        "role": "worker",
        "purpose": "走访",
        "at": "2026-11-22T09:30:00+00:00",
        "masked": "yes",
    }
