"""Errors that reach the window speak Chinese, values and all."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapdesk.formats.register import read_register
from mapdesk.model import errors
from mapdesk.model.language import Language
from tests.conftest import quiet

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = tomllib.loads((ROOT / "data/translations/zh_CN.toml").read_text("utf-8"))["sentences"]
FAMILIES = {name for name, value in vars(errors).items() if isinstance(value, type)}

RAISED = re.compile(r"RAISE EXCEPTION ((?:'(?:[^']|'')*'\s*)+)")
ARGPARSE = {"ArgumentTypeError"}


def template(node):
    """Return a literal or f-string with its values numbered; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    values = iter(range(20))
    return "".join(
        part.value if isinstance(part, ast.Constant) else f"{{{next(values)}}}"
        for part in node.values
    )


def sentences(node):
    """Return the sentences an expression can be; a choice of two can be both."""
    both = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    return {said for said in map(template, both) if said}


@cache
def raised():
    """Return every sentence of an error in the whole tree."""
    found = set()
    for path in (*ROOT.glob("mapdesk/**/*.py"), *ROOT.glob("plugins/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in FAMILIES | ARGPARSE:
                    found |= sentences(node.args[0])
    return found


@cache
def raised_by_servers():
    """Return every sentence of the functions a server has, its values numbered."""
    found = set()
    for path in ROOT.glob("mapdesk/store/**/*.py"):
        for match in RAISED.finditer(path.read_text("utf-8")):
            said = "".join(re.findall(r"'((?:[^']|'')*)'", match[1])).replace("''", "'")
            first, *rest = re.split(r"\{[^{}]*\}|%", said)
            found.add(first + "".join(f"{{{at}}}{part}" for at, part in enumerate(rest)))
    return found


def test_every_error_is_translated():
    assert len(raised()) > 150
    missing = raised() - set(SENTENCES)
    assert not missing, "not in [sentences] of zh_CN.toml:\n" + "\n".join(sorted(missing))


def test_every_error_of_a_server_is_translated():
    assert len(raised_by_servers()) > 25
    missing = raised_by_servers() - set(SENTENCES)
    assert not missing, "not in [sentences] of zh_CN.toml:\n" + "\n".join(sorted(missing))


def test_placeholders_agree():
    def places(text):
        return set(re.findall(r"\{\d+\}", text))

    assert [one for one, said in SENTENCES.items() if not places(said) <= places(one)] == []


@given(
    st.sampled_from(sorted(SENTENCES)),
    st.lists(st.from_regex(r"[\w/ ]{1,12}", fullmatch=True), min_size=6, max_size=6),
)
def test_a_filled_sentence_is_recognised(sentence, values):
    language = Language()
    language.install("zh_CN", {}, {sentence: SENTENCES[sentence]})
    said = language.sentence(sentence.format(*values))
    assert said != sentence.format(*values)
    assert "{" not in said


def test_an_unknown_sentence_stays_as_it_is():
    language = Language()
    language.install("zh_CN", {}, SENTENCES)
    assert language.sentence("Nobody ever said this.") == "Nobody ever said this."


COLUMNS = {
    "姓名": "name",
    "身份证号": "identity_number",
    "出生日期": "birth_date",
    "性别": "sex",
    "电话": "phone",
}
BAD_ROWS = (
    (",110101199001011237,,,", "没有姓名"),
    ("12345,,,,", "姓名一栏不是姓名"),
    ("甲某,123,,,", "身份证号：不是 18 位身份证号"),
    ("甲某,110101199001011238,,,", "身份证号：校验码错误"),
    ("甲某,110101199002300001,,,", "身份证号"),
    ("甲某,110101199001010000,,,", "被表格程序四舍五入"),
    ("甲某,,1990-02-30,,", "没有“1990-02-30”这一天"),
    ("甲某,,03/04/2001,,", "可作两解"),
    ("甲某,,1990,,", "缺少月或日"),
    ("甲某,,昨天,,", "不是日期"),
    ("甲某,,1700-01-01,,", "不可能"),
    ("甲某,110101199001011237,1990-01-02,,", "身份证号所示为"),
    ("甲某,110101199001011237,,女,", "性别为女，而身份证号所示为男"),
    ("甲某,,", "个单元格，而表头有 5 个"),
)


@pytest.mark.parametrize(("row", "said"), BAD_ROWS)
def test_each_reason_to_refuse_a_row_of_a_register_speaks_chinese(tmp_path, row, said):
    path = tmp_path / "bad.csv"
    path.write_text(f"姓名,身份证号,出生日期,性别,电话\n李好,,,,\n{row}\n", encoding="utf-8")
    ((_line, reason),) = read_register(path, COLUMNS, quiet).refused
    chinese = chinese_desk().sentence(reason)
    assert said in chinese
    assert not re.search(r"[a-z]{4,}", chinese), reason


def test_why_nothing_of_a_register_can_be_read_speaks_chinese(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("姓名,身份证号\n,1\n,2\n", encoding="utf-8")
    with pytest.raises(errors.InputError) as error:
        read_register(path, {"姓名": "name", "身份证号": "identity_number"}, quiet)
    assert chinese_desk().sentence(str(error.value)) == (
        "bad.csv 的 2 行都无法读取，主要原因：没有姓名；请检查所选的列。"
    )


def chinese_desk():
    """Return a language of its own that speaks Chinese."""
    spoken = Language()
    catalogue = tomllib.loads((ROOT / "data/translations/zh_CN.toml").read_text("utf-8"))
    spoken.install("zh_CN", catalogue["texts"], catalogue["sentences"])
    return spoken
