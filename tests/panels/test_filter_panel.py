"""The filter builder makes the filter it shows, counts it once it settles, and takes changes back."""

import pytest
from hypothesis import HealthCheck, given, settings
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QInputDialog

from mapdesk.model.filters import Condition, Filter, Group
from mapdesk.model.shapes import Circle
from mapdesk.panels.filter_panel import FilterPanel
from tests.model.filter_strategies import filters

OLD = Condition("age", "at least", (80,))


@pytest.fixture
def panel(qtbot):
    panel = FilterPanel()
    qtbot.addWidget(panel)
    panel.set_grids([("G1", "North"), ("G2", "South")])
    panel.set_purpose(True)
    panel.show()
    yield panel
    panel.close_panel()


def settle(qtbot, panel):
    with qtbot.waitSignal(panel.settled, timeout=5000) as settled:
        pass
    return settled.args[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filtered=filters())
def test_what_is_shown_is_what_is_asked(panel, filtered):
    panel.show_filter(filtered)
    kept = tuple(
        part for part in filtered.parts if not (isinstance(part, Group) and not part.parts)
    )
    shown = panel.filter()
    assert (shown.noun, shown.mode) == (filtered.noun, filtered.mode)
    assert [_plain(one) for one in shown.parts] == [_plain(one) for one in kept]


def _plain(part):
    """Return a part with lists of words as sets: the builder lists them in its own order."""
    if isinstance(part, Group):
        return part.mode, [_plain(one) for one in part.parts]
    several = part.operator in ("one of", "within") and isinstance(part.values[0], str)
    return part.field, part.operator, frozenset(part.values) if several else part.values


def test_a_condition_built_by_hand_is_counted_once_it_settles(qtbot, panel):
    settle(qtbot, panel)
    panel.root.add.click()
    row = panel.root.parts[0]
    assert row.field.hasFocus() or not panel.isActiveWindow()
    QTest.keyClicks(row.editor.boxes[0].lineEdit(), "", Qt.KeyboardModifier.NoModifier)
    asked = []
    panel.settled.connect(asked.append)
    for years in (81, 82, 83):
        row.editor.boxes[0].setValue(years)
    qtbot.waitUntil(lambda: bool(asked), timeout=5000)
    assert asked == [Filter("person", "all", (Condition("age", "at least", (83,)),))]
    panel.show_count(asked[0], 1234)
    assert "1,234" in panel.count.text()
    panel.show_count(Filter("unit"), 5)
    assert "1,234" in panel.count.text(), "an answer to an older filter is dropped"


def test_undo_takes_the_last_change_back(qtbot, panel):
    settle(qtbot, panel)
    first = Filter("person", "all", (OLD,))
    panel.show_filter(first)
    settle(qtbot, panel)
    panel.noun.setCurrentIndex(panel.noun.findData("unit"))
    assert settle(qtbot, panel) == Filter("unit")
    panel.undo.click()
    assert settle(qtbot, panel) == first
    panel.undo.click()
    assert settle(qtbot, panel) == Filter("person")
    assert not panel.undo.isEnabled()


def test_clear_can_be_undone(qtbot, panel):
    panel.show_filter(Filter("person", "any", (OLD,)))
    settle(qtbot, panel)
    panel.clear.click()
    assert settle(qtbot, panel) == Filter("person")
    panel.undo.click()
    assert settle(qtbot, panel) == Filter("person", "any", (OLD,))


def test_people_are_not_counted_without_a_purpose(qtbot, panel):
    settle(qtbot, panel)
    panel.set_purpose(False)
    asked = []
    panel.settled.connect(asked.append)
    qtbot.waitUntil(panel.purpose.isVisible, timeout=5000)
    assert "purpose" in panel.note.text()
    assert not panel.show_table.isEnabled()
    with qtbot.waitSignal(panel.purpose_wanted):
        panel.purpose.click()
    panel.noun.setCurrentIndex(panel.noun.findData("building"))
    qtbot.waitUntil(lambda: asked == [Filter("building")], timeout=5000)


def test_values_that_contradict_each_other_are_told(qtbot, panel):
    row = panel.root.add_condition(Condition("age", "between", (60, 70)))
    row.editor.boxes[1].setValue(50)
    qtbot.waitUntil(lambda: "smaller one first" in panel.note.text(), timeout=5000)
    assert not panel.show_table.isEnabled()


def test_a_condition_without_a_value_does_not_count_yet(qtbot, panel):
    row = panel.root.add_condition()
    row.field.setCurrentIndex(row.field.findData("grid"))
    assert settle(qtbot, panel) == Filter("person")
    assert "1 without a value" in panel.note.text()
    row.editor.button.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert settle(qtbot, panel).parts == (Condition("grid", "within", ("G2",)),)


def test_what_is_drawn_is_taken_and_kept(qtbot, panel):
    panel.set_drawn(Circle(5.0, 6.0, 70.0), ("b1", "b2"))
    row = panel.root.add_condition()
    row.field.setCurrentIndex(row.field.findData("area"))
    panel.set_drawn(None, ())
    assert panel.filter().parts == (Condition("area", "inside", ("circle 5.0 6.0 70.0",)),)
    panel.set_drawn(None, ("b1", "b2"))
    row.operator.setCurrentIndex(row.operator.findData("among"))
    assert panel.filter().parts == (Condition("area", "among", ("b1", "b2")),)


def test_the_list_of_choices_is_worked_with_keys(qtbot, panel):
    row = panel.root.add_condition(Condition("education", "one of", ("college",)))
    button = row.editor.button
    QTest.keyClick(button, Qt.Key.Key_Down)
    assert button.list.isVisible()
    button.list.setCurrentRow(0)
    QTest.keyClick(button.list, Qt.Key.Key_Space)
    assert button.chosen() == ("none yet", "college")
    QTest.keyClick(button.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not button.list.isVisible(), timeout=5000)


def test_a_long_list_is_narrowed(panel):
    row = panel.root.add_condition(Condition("household_kind", "one of", ("single",)))
    button = row.editor.button
    button.open_list()
    button.narrow.setText("ELDER")
    shown = [item.text() for item in button._items() if not item.isHidden()]
    assert shown == ["elder alone", "elder couple"]
    QTest.keyClick(button.list, Qt.Key.Key_Escape)


def test_saved_filters_are_saved_loaded_renamed_and_deleted(qtbot, panel):
    panel.show_filter(Filter("person", "all", (OLD,)))
    with qtbot.waitSignal(panel.saved) as saved:
        trigger(panel, "save")
        name_it(qtbot, panel, "elders")
    assert saved.args == ["elders", Filter("person", "all", (OLD,))]
    panel.saved_name = "elders"
    panel.set_saved(["elders", "shops"])
    assert panel.saved_button.text() == "elders"
    with qtbot.waitSignal(panel.chosen) as chosen:
        trigger(panel, "load", "shops")
    assert chosen.args == ["shops"]
    with qtbot.waitSignal(panel.renamed) as renamed:
        trigger(panel, "rename")
        name_it(qtbot, panel, "old people")
    assert renamed.args == ["elders", "old people"]
    with qtbot.waitSignal(panel.deleted) as deleted:
        trigger(panel, "delete")
    assert deleted.args == ["elders"]


def trigger(panel, what, name=""):
    """Choose an entry of the saved filters' menu."""
    next(
        action for action in panel.saved_menu.actions()
        if action.objectName() == what and action.data() in ("", None, name)
    ).trigger()  # fmt: skip


def name_it(qtbot, panel, name):
    """Type a name into the dialog that is open."""
    dialog = next(one for one in panel.findChildren(QInputDialog) if one.isVisible())
    dialog.setTextValue(name)
    dialog.accept()
    QApplication.processEvents()


def test_rows_and_groups_are_removed(qtbot, panel):
    inner = Group("none", (OLD, Condition("sex", "is", ("male",))))
    panel.show_filter(Filter("person", "all", (OLD, inner)))
    row, group = panel.root.parts
    group.parts[1].drop.click()
    assert panel.filter().parts == (OLD, Group("none", (OLD,)))
    row.drop.click()
    assert panel.filter().parts == (Group("none", (OLD,)),)
    group.drop.click()
    assert panel.filter() == Filter("person")
    assert panel.root.empty.isVisible()
