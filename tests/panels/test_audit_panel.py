"""The auditor's panel: a question asked once, pages fetched on scrolling, a verdict in the user's language."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from PyQt6.QtCore import QDate, QModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester, QTest

from mapdesk.model.language import LANGUAGE
from mapdesk.model.looks import AuditQuery, Finding, Verdict
from mapdesk.panels.audit_panel import AuditPanel
from mapdesk.panels.looks_table import PAGE, LooksTable

CATALOGUE = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "data/translations/zh_CN.toml").read_text("utf-8")
)


def row(number, **changes):
    return {
        "number": number,
        "at": "2026-03-01T08:00:00.000+00:00",
        "who": "tester",
        "role": "analyst",
        "purpose": "why",
        "action": "people of building",
        "subject": f"B{number}",
        "kind": "look",
        "detail": "{}",
    } | changes


def pages(newest):
    """Return a function that answers as the store does, and what it was asked."""
    asked = []

    def answer(query):
        asked.append(query)
        first = newest if query.before is None else query.before - 1
        return [row(number) for number in range(first, max(first - query.limit, 0), -1)]

    return answer, asked


@pytest.fixture
def panel(qtbot):
    made = AuditPanel()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    yield made
    made.close_panel()


@pytest.fixture
def chinese():
    LANGUAGE.install("zh_CN", CATALOGUE["texts"], CATALOGUE["sentences"])
    yield
    LANGUAGE.install("en", {})


def text(panel, place, column):
    return panel.rows.index(place, LooksTable.COLUMNS.index(column)).data()


def test_a_question_is_asked_when_told_and_not_before(panel, qtbot):
    asked = []
    panel.asked.connect(asked.append)
    QTest.keyClicks(panel.who, "tester")
    QTest.keyClicks(panel.subject, " B1 ")
    panel.kind.setCurrentIndex(panel.kind.findData("export"))
    panel.since_on.setChecked(True)
    panel.since.setDate(QDate(2026, 3, 1))
    assert asked == []
    QTest.keyClick(panel.subject, Qt.Key.Key_Return)
    expected = AuditQuery("tester", None, "B1", date(2026, 3, 1), None, "export", None, PAGE)
    assert asked == [expected]
    QTest.mouseClick(panel.search, Qt.MouseButton.LeftButton)
    assert asked == [expected, expected]
    assert not panel.until.isEnabled()


def test_an_action_is_asked_for_in_the_words_it_is_shown_in(panel, chinese):
    panel.show_looks([row(1, action="people by filter")])
    said = text(panel, 0, "action")
    assert said == "按筛选查看人员"
    panel.action.setText(said)
    assert panel.query().action == "people by filter"


def test_rows_are_shown_newest_first_in_words(panel):
    panel.show_looks([row(2, detail='{"people":3}'), row(1)])
    assert [text(panel, place, "number") for place in (0, 1)] == ["2", "1"]
    assert text(panel, 0, "role") == "Analyst"
    assert text(panel, 0, "detail") == "people: 3"
    assert text(panel, 1, "detail") == ""
    assert panel.note.text() == "2 rows"
    panel.show_looks([])
    assert panel.note.text() == "Nothing of that kind is on record."


def test_a_row_that_was_tampered_with_is_shown_as_it_is(panel):
    panel.show_looks([row(1, at="never", detail="[", role="god", kind="x")])
    said = [text(panel, 0, column) for column in ("at", "detail", "role", "kind")]
    assert said == ["never", "[", "god", "x"]


def test_100_000_rows_come_by_pages_while_scrolling(panel, qtbot):
    answer, asked = pages(100_000)
    panel.asked.connect(asked.append)
    QTest.mouseClick(panel.search, Qt.MouseButton.LeftButton)
    panel.show_looks(answer(asked.pop()))
    assert panel.rows.rowCount() == PAGE
    bar = panel.table.verticalScrollBar()
    for page in range(2, 5):
        qtbot.waitUntil(lambda: bar.maximum() > bar.value())
        with qtbot.waitSignal(panel.asked):
            bar.setValue(bar.maximum())
        query = asked.pop()
        assert query.before == 100_000 - (page - 1) * PAGE + 1
        panel.show_looks(answer(query))
        asked.clear()
        assert panel.rows.rowCount() == page * PAGE
    assert text(panel, 4 * PAGE - 1, "number") == str(100_000 - 4 * PAGE + 1)
    assert "scroll for older ones" in panel.note.text()


def test_the_last_page_ends_the_table(qtbot):
    table = LooksTable()
    answer, _asked = pages(PAGE + 7)
    table.replace(answer(AuditQuery(limit=PAGE)))
    root = QModelIndex()
    assert table.canFetchMore(root)
    with qtbot.waitSignal(table.more_asked) as signal:
        table.fetchMore(root)
    assert signal.args == [8]
    # One page at a time: nothing more is asked before it came.
    assert not table.canFetchMore(root)
    table.extend(answer(AuditQuery(before=8, limit=PAGE)))
    assert table.rowCount() == PAGE + 7
    assert table.is_complete
    assert not table.canFetchMore(root)


def test_the_table_keeps_the_rules_of_models(qtbot):
    table = LooksTable()
    tester = QAbstractItemModelTester(
        table, QAbstractItemModelTester.FailureReportingMode.Fatal, table
    )
    answer, _asked = pages(2 * PAGE)
    table.replace(answer(AuditQuery(limit=PAGE)))
    table.extend(answer(AuditQuery(before=PAGE + 1, limit=PAGE)))
    table.retranslate()
    table.replace([])
    assert tester.model() is table
    assert table.rowCount() == 0


def test_verify_asks_once_and_says_what_was_found(panel, qtbot):
    with qtbot.waitSignal(panel.verify_asked):
        QTest.mouseClick(panel.verify, Qt.MouseButton.LeftButton)
    assert not panel.verify.isEnabled()
    panel.show_verdict(Verdict(7, 1, 1, "ab"))
    assert panel.verdict.text() == "The record is whole: 7 rows."
    assert panel.verify.isEnabled()
    panel.show_verdict(Verdict(7, 1, 0, "ab"))
    assert "Only an anchor file" in panel.verdict.text()
    finding = Finding(3, "Row 3 is missing: it was dropped.")
    panel.show_verdict(Verdict(7, 1, 0, "ab", (), (finding,), 4))
    assert panel.verdict.text() == "Row 3 is missing: it was dropped.\nand 4 more"
    QTest.mouseClick(panel.verify, Qt.MouseButton.LeftButton)
    panel.failed()
    assert panel.verify.isEnabled()
    assert panel.verdict.text() == ""


def test_the_panel_speaks_chinese(panel, chinese):
    panel.show_looks([row(1)])
    finding = Finding(3, "Row 3 is missing: it was dropped.")
    panel.show_verdict(Verdict(7, 1, 0, "ab", (), (finding,)))
    assert panel.verdict.text() == "缺少第 3 条：已被删除。"
    assert (text(panel, 0, "kind"), text(panel, 0, "role")) == ("查看", "分析员")
    assert text(panel, 0, "action") == "楼内人员"
    assert panel.rows.headerData(2, Qt.Orientation.Horizontal) == "何人"
    assert panel.kind.itemText(0) == "所有类别"
