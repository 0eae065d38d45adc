"""The red banner and the retention dialog, with real keys and clicks."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.app.retention_dialog import RetentionDialog
from mapdesk.model.selection import Ref
from mapdesk.services import retention
from mapdesk.store import audit, people
from mapdesk.store.schema import RESIDENT, TABLES


class Seconds:
    """Seconds that a test moves on."""

    def __init__(self):
        self.now = 5000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(desk):
    """An analyst bound to one grid sits at the desk, on a clock of the test's."""
    with desk.store.connect() as connection:
        grid = connection.scalar(sa.select(sa.func.min(RESIDENT.c.grid_id)))
    desk.store.identity = replace(desk.store.identity, role="analyst", areas=(grid,))
    desk.guard.refresh()
    desk.store.glass.clock = Seconds()
    return desk.store.glass.clock


def stranger(desk):
    """Return someone who lives beyond the areas."""
    own = desk.store.identity.areas[0]
    query = sa.select(sa.func.min(RESIDENT.c.id)).where(
        RESIDENT.c.grid_id != own, RESIDENT.c.born < 19800101
    )
    with desk.store.connect() as connection:
        return connection.scalar(query)


def settle(desk, qtbot):
    qtbot.waitUntil(lambda: not desk.jobs.busy, timeout=30_000)


def break_glass(desk, qtbot, reason="gas leak at the harbour"):
    bar = desk.parts.rights.emergency.bar
    desk.actions_table.qt["edit.emergency"].trigger()
    QTest.keyClicks(bar.reason, reason)
    QTest.keyClick(bar.reason, Qt.Key.Key_Return)
    settle(desk, qtbot)
    return bar


def test_the_banner_counts_down_and_ends_by_itself(desk, qtbot, clock):
    person = stranger(desk)
    bar = break_glass(desk, qtbot)
    assert bar.isVisible()
    assert bar.is_lifted
    desk.asking.card(Ref("person", person))
    settle(desk, qtbot)
    assert desk.session.focus == Ref("person", person)
    clock.now += 1.5
    bar.check()
    assert "29:58" in bar.label.text()
    clock.now += 1800
    qtbot.waitUntil(lambda: not bar.isVisible())
    settle(desk, qtbot)
    assert person not in desk.card_panel.text.toPlainText()
    assert people.person(desk.store, person) is None
    assert desk.session.access.has_purpose


def test_a_short_reason_lifts_nothing(desk, qtbot, clock):
    bar = break_glass(desk, qtbot, "gas")
    assert not bar.is_lifted
    assert "what the emergency is" in desk.messages.label.text()
    assert people.person(desk.store, stranger(desk)) is None


@pytest.mark.parametrize("how", ["button", "lock"])
def test_it_can_be_ended(desk, qtbot, clock, how):
    bar = break_glass(desk, qtbot)
    if how == "button":
        QTest.mouseClick(bar.end_button, Qt.MouseButton.LeftButton)
    else:
        desk.guard.lock() if desk.guard.has_user else desk.guard.locked.emit()
    assert not bar.is_lifted
    assert people.person(desk.store, stranger(desk)) is None
    desk.store.identity = replace(desk.store.identity, role="owner")
    assert audit.search(desk.store, kind="break-glass")[0]["action"] == "end of break glass"


def test_without_a_purpose_the_purpose_is_asked_for(desk, qtbot, clock):
    desk.commands.set_purpose("")
    desk.actions_table.qt["edit.emergency"].trigger()
    assert not desk.parts.rights.emergency.bar.isVisible()
    assert "purpose first" in desk.messages.label.text()


def test_who_may_not_finds_it_disabled(desk):
    desk.store.identity = replace(desk.store.identity, role="worker")
    desk.guard.refresh()
    assert not desk.actions_table.qt["edit.emergency"].isEnabled()
    assert not desk.actions_table.qt["file.retention"].isEnabled()


def test_retention_is_counted_before_it_erases(desk, qtbot):
    reading = TABLES["reading"]
    with desk.store.connect() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(reading))
    desk.actions_table.qt["file.retention"].trigger()
    dialog = desk.findChild(RetentionDialog)
    assert not dialog.erase.isEnabled()
    dialog.days["readings"].setValue(1)
    QTest.mouseClick(dialog.count, Qt.MouseButton.LeftButton)
    settle(desk, qtbot)
    assert retention.rules(desk.store)["readings"] == 1
    assert dialog.due["readings"].text() == f"{before:,} due"
    assert dialog.erase.isEnabled() == (before > 0)
    dialog.days["looks"].setValue(3)
    assert not dialog.erase.isEnabled()
    QTest.mouseClick(dialog.count, Qt.MouseButton.LeftButton)
    settle(desk, qtbot)
    assert "180" in dialog.problem.text()
    dialog.days["looks"].setValue(0)
    QTest.mouseClick(dialog.count, Qt.MouseButton.LeftButton)
    settle(desk, qtbot)
    if before:
        QTest.mouseClick(dialog.erase, Qt.MouseButton.LeftButton)
        settle(desk, qtbot)
        assert dialog.due["readings"].text() == f"{before:,} erased"
        assert audit.last(desk.store, 1)[0]["kind"] == "erase"
    dialog.accept()
