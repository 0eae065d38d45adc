"""Answers and help in the language asked for; a URL is shown without what is nobody's business."""

import argparse

import pytest
import sqlalchemy as sa

from mapdesk.cli.arguments import parser
from mapdesk.cli.main import main
from mapdesk.cli.short_ids import whole_id
from mapdesk.cli.terminal import NoTerminal
from mapdesk.model.errors import InputError
from mapdesk.model.filter_words import read_condition
from mapdesk.services import catalogue
from mapdesk.store.engines.urls import place_name


@pytest.fixture(autouse=True)
def english_after():
    yield
    catalogue.speak("en")


def test_help_speaks_chinese_whole(capsys):
    with pytest.raises(SystemExit):
        main(["register", "stage", "--help", "--language", "zh_CN"], NoTerminal())
    said = capsys.readouterr().out
    assert "用法：" in said
    assert "输出 JSON" in said
    assert "显示此帮助" in said
    assert "usage" not in said


def test_what_is_mistyped_is_told_in_chinese(capsys):
    assert main(["card", "--language", "zh_CN"], NoTerminal()) == 1
    assert "缺少参数" in capsys.readouterr().err


def test_every_option_can_be_told_in_every_language():
    for code in catalogue.LANGUAGES:
        catalogue.speak(code)
        top = parser()
        assert top.format_help()
        for action in top._actions:
            if isinstance(action, argparse._SubParsersAction):
                assert all(command.format_help() for command in action.choices.values())


@pytest.mark.parametrize(
    ("said", "operator", "value"),
    [
        ("age<18", "at most", 17),
        ("age>80", "at least", 81),
        ("born>1950-12-31", "at least", "1951-01-01"),
        ("born < 2000-03-01", "at most", "2000-02-29"),
    ],
)
def test_strict_comparisons(said, operator, value):
    condition = read_condition("person", said)
    assert (condition.operator, condition.values) == (operator, (value,))


def test_strict_comparisons_of_decimals_leave_the_bound_out():
    assert read_condition("unit", "size>50").values[0] > 50
    assert read_condition("unit", "size<50").values[0] < 50


@pytest.mark.parametrize("said", ["age<", "age>old", "name<5", "housed>yes", "born<yesterday"])
def test_strict_comparisons_that_mean_nothing_are_refused(said):
    with pytest.raises(InputError, match=said[:3]):
        read_condition("person", said)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://ann:SECRET@/town?host=%2Ftmp%2Fpg",
        "postgresql://ann@/town?host=%2Ftmp%2Fpg&password=SECRET",
    ],
)
def test_a_url_is_shown_plainly_and_without_its_password(url):
    assert place_name(sa.make_url(url)) == "postgresql://ann@/town?host=/tmp/pg"


@pytest.mark.parametrize(
    "words",
    [
        ["info", "URL"],
        ["info", "URL", "--user", "x"],
        ["info", "URL", "--json"],
        ["sign-in", "URL"],
        ["copy", "URL", "/nowhere/at/all"],
        ["new", "--store", "URL", "--name", "n", "--crs", "EPSG:3067"],
        ["user", "list", "URL"],
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "postgresql://owner:SECRET@127.0.0.1:1/town",
        "postgresql://owner:SECRET@127.0.0.1:1",
        "postgresql://127.0.0.1:1/town?user=owner&password=SECRET",
    ],
)
def test_a_password_in_a_url_is_warned_of_and_never_printed(capsys, words, url):
    assert main([url if word == "URL" else word for word in words], NoTerminal()) == 1
    said = capsys.readouterr()
    assert "SECRET" not in said.out + said.err
    assert said.err


def test_the_warning_names_what_to_do(capsys):
    main(["info", "postgresql://owner:SECRET@127.0.0.1:1/town"], NoTerminal())
    warning = capsys.readouterr().err.splitlines()[0]
    assert "PGPASSWORD" in warning
    assert "sign-in --remember" in warning


def test_the_first_letters_of_an_id_are_enough_where_only_one_begins_so():
    ids = ["aa1", "ab2", "ab3"]
    assert whole_id("aa", lambda: ids) == "aa1"
    assert whole_id("x", lambda: ids) == "x"
    with pytest.raises(InputError, match="several"):
        whole_id("ab", lambda: ids)
    assert whole_id("a" * 36, lambda: pytest.fail("asked")) == "a" * 36
