"""Unmasking in the window, with real keys and clicks."""

import json
from datetime import date

import pytest
import sqlalchemy as sa
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.model.selection import Ref
from mapdesk.store import audit
from mapdesk.store.schema import TABLES


def some(desk, count=2):
    table = TABLES["person"]
    query = (
        sa.select(table)
        .where(table.c.birth_date < date(1980, 1, 1), table.c.phone.is_not(None))
        .order_by(table.c.id)
        .limit(count)
    )
    with desk.store.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def settle(desk, qtbot):
    qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=30_000)


def show(desk, qtbot, person):
    desk.asking.card(Ref("person", person["id"]))
    settle(desk, qtbot)


def unmask(desk, qtbot, person, reason="calls back about the lift"):
    show(desk, qtbot, person)
    bar = desk.card_panel.unmask_bar
    QTest.mouseClick(bar.begin_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(bar.reason, reason)
    QTest.keyClick(bar.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=30_000)
    return bar


def shown(desk):
    return desk.card_panel.head.text() + desk.card_panel.text.toPlainText()


def is_masked(desk, person):
    return not any(str(person[name]) in shown(desk) for name in ("name", "phone"))


def test_a_reason_unmasks_the_card(desk, qtbot):
    person, _other = some(desk)
    show(desk, qtbot, person)
    assert is_masked(desk, person)
    bar = unmask(desk, qtbot, person)
    for name in ("name", "phone", "identity_number"):
        assert person[name] in shown(desk)
    assert bar.is_open
    assert "9:5" in bar.left.text() or "10:00" in bar.left.text()
    row = audit.last(desk.store, 1)[0]
    assert (row["kind"], row["subject"]) == ("unmask", person["id"])
    assert json.loads(row["detail"])["reason"] == "calls back about the lift"


def test_a_short_reason_is_told_and_shows_nothing(desk, qtbot):
    person, _other = some(desk)
    bar = unmask(desk, qtbot, person, "abc")
    assert is_masked(desk, person)
    assert "4 to 500" in desk.messages.label.text()
    assert bar.reason.isVisible()


@pytest.mark.parametrize("end", ["button", "purpose", "other purpose", "focus", "lock", "time"])
def test_it_is_masked_again(desk, qtbot, end):
    person, other = some(desk)
    bar = unmask(desk, qtbot, person)
    assert not is_masked(desk, person)
    if end == "button":
        QTest.mouseClick(bar.mask_button, Qt.MouseButton.LeftButton)
    elif end == "purpose":
        desk.commands.set_purpose("")
    elif end == "other purpose":
        desk.commands.set_purpose("something else")
    elif end == "focus":
        show(desk, qtbot, other)
        assert is_masked(desk, other)
    elif end == "lock":
        desk.guard.locked.emit()
    else:
        bar.count_down(0.2)
    qtbot.waitUntil(lambda: is_masked(desk, person))
    assert not bar.is_open


def test_an_answer_that_comes_after_the_purpose_went_is_not_shown(desk, qtbot):
    person, _other = some(desk)
    show(desk, qtbot, person)
    desk.card_panel.unmask_bar.given.emit("calls back about the lift")
    desk.commands.set_purpose("")
    settle(desk, qtbot)
    assert is_masked(desk, person)


def test_unmasked_again_takes_a_reason_again(desk, qtbot):
    person, other = some(desk)
    unmask(desk, qtbot, person)
    show(desk, qtbot, other)
    show(desk, qtbot, person)
    assert is_masked(desk, person)
    assert desk.card_panel.unmask_bar.begin_button.isVisible()


def test_enter_while_it_is_looked_for_is_one_row(desk, qtbot):
    panel = desk.search_panel
    before = len(audit.search(desk.store, action="find people"))
    QTest.keyClicks(panel.text, "wang")
    qtbot.waitUntil(lambda: panel.note.text() != "" and not panel._settled.isActive())
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    settle(desk, qtbot)
    rows = audit.search(desk.store, action="find people")
    assert len(rows) - before == 1


def test_enter_before_it_settles_is_one_row(desk, qtbot):
    panel = desk.search_panel
    QTest.keyClicks(panel.text, "li")
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    assert not panel._settled.isActive()
    settle(desk, qtbot)
    assert [row["subject"] for row in audit.search(desk.store, action="find people")] == ["l*"]


def test_too_many_look_ups_are_told_in_the_panel(desk, qtbot):
    panel = desk.search_panel
    access = desk.session.access
    for number in range(20):
        audit.record(desk.store, access, "find people", str(number), detail={"by": "phone"})
    QTest.keyClicks(panel.text, "13800000000")
    QTest.keyClick(panel.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "the next can be looked up in" in panel.note.text(), timeout=30_000)
