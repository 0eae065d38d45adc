"""Filters in the window: built, counted, shown, mapped, saved, and gone with the purpose."""

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from mapdesk.model.access import Access
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.language import LANGUAGE
from mapdesk.model.selection import Ref, Selection
from mapdesk.services import filtering
from mapdesk.store import audit, saved_filters

OLD = Filter("person", "all", (Condition("age", "at least", (80,)),))


@pytest.fixture
def filters(hand):
    hand.shortcut("edit.filter")
    hand.settled()
    return hand.desk.parts.filters


def test_a_filter_is_counted_shown_and_mapped_in_few_steps(hand, filters):
    desk, panel = hand.desk, filters.panel
    assert filters.filter_dock.isVisible()
    assert panel.around.grids[0][0] == "G1"
    hand.press_button(panel.root.add)
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000) as answered:
        hand.press_button(panel.show_table)
    answer = answered.args[0]
    assert answer.filter == OLD
    assert filters.table.model.rowCount() == answer.count > 20
    assert f"{answer.count:,}" in panel.count.text()
    with hand.qtbot.waitSignal(filters.mapped, timeout=30_000):
        hand.press_button(filters.table.on_map)
    assert desk.session.selection.ids("building") == answer.building_ids
    assert desk.session.selection.people.count > answer.count
    assert hand.steps == 4, hand.log
    hand.settled()


def test_card_selection_filter_and_table_fit_a_small_screen(hand, filters, full_building):
    desk = hand.desk
    desk.asking.card(Ref("building", full_building))
    hand.settled()
    with hand.qtbot.waitSignal(filters.mapped, timeout=30_000):
        filters.show_on_map(OLD)
    hand.settled()
    assert desk.selection_panel.tree.isVisible()
    assert desk.minimumSizeHint().height() <= 720
    marked = desk.map.overlay.marks.buildings_xy
    assert len(marked) == len(desk.session.selection.ids("building")) > 1
    desk.asking.clear()
    hand.settled()
    assert not desk.selection_panel.tree.isVisible()
    assert len(desk.map.overlay.marks.buildings_xy) == 0


def test_each_look_is_on_record_before_it_shows(hand, filters):
    filters.panel.show_filter(OLD)
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.panel.show_table.click()
    hand.settled()
    looks = [(one["action"], one["subject"]) for one in audit.last(hand.desk.store, 20)]
    assert ("people by filter", "People: age is at least 80") in looks
    assert ("count by filter", "People: age is at least 80") in looks


def test_further_pages_and_sorting_come_from_the_store(hand, filters):
    everyone = Filter("person")
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(everyone)
    model = filters.table.model
    filters.table.view.scrollToBottom()
    hand.qtbot.waitUntil(lambda: model.row(model.rowCount() - 1) is not None, timeout=30_000)
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.table.sort_wanted.emit("age", True)
    ages = [model.row(number)["age"] for number in range(50)]
    assert ages == sorted(ages, reverse=True)
    hand.settled()


def test_without_the_purpose_people_leave_the_screen(hand, filters):
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(OLD)
    hand.desk.purpose.clear()
    assert filters.table.model.rowCount() == 0
    hand.settled()
    hand.qtbot.waitUntil(lambda: not filters.panel.show_table.isEnabled(), timeout=30_000)
    filters.ask(OLD)
    hand.settled()
    assert "what you need" in filters.table.note.text()


def test_without_the_purpose_homes_of_those_found_are_not_lit(hand, filters):
    desk = hand.desk
    ground = Selection({"building": ("B1",)})
    desk.asking.take(ground)
    with hand.qtbot.waitSignal(filters.mapped, timeout=30_000):
        filters.show_on_map(OLD)
    hand.settled()
    assert len(desk.pointing._selected) > 1
    desk.commands.set_purpose("")
    hand.settled()
    marks = desk.map.overlay.marks
    assert desk.pointing._selected == {"B1"} and marks.found is None
    assert len(marks.buildings_xy) <= 1
    desk.asking.step_history(1)
    hand.settled()
    assert desk.session.selection.groups == ground.groups
    desk.asking.step_history(-1)
    hand.settled()
    assert not desk.session.selection


def test_a_row_opens_its_card_and_lights_up_its_building(hand, filters):
    desk = hand.desk
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000) as answered:
        filters.ask(OLD)
    row = answered.args[0].rows[0]
    filters.table.view.selectRow(0)
    assert desk.pointing._selected == {row["building_id"]}
    with hand.qtbot.waitSignal(desk.asking.home_shown, timeout=30_000):
        filters.table.view.activated.emit(filters.table.model.index(0, 0))
    assert desk.session.focus.id == row["id"]
    filters.table.view.clearSelection()
    assert desk.pointing._selected == set()
    hand.settled()


def test_filters_are_saved_loaded_renamed_and_deleted(hand, filters):
    store, panel = hand.desk.store, filters.panel
    panel.saved.emit("elders", OLD)
    hand.settled()
    assert saved_filters.named(store, "elders").filter == OLD
    panel.show_filter(Filter("unit"))
    panel.chosen.emit("elders")
    hand.settled()
    assert panel.filter() == OLD
    assert panel.saved_button.text() == "elders"
    panel.renamed.emit("elders", "old people")
    hand.settled()
    assert panel.saved_button.text() == "old people"
    panel.deleted.emit("old people")
    hand.settled()
    assert saved_filters.saved(store) == []


def test_a_filter_saved_just_before_another_is_loaded_is_kept(hand, filters):
    desk, go = hand.desk, threading.Event()
    saved_filters.save(desk.store, "other", Filter("person"))
    for number in range(3):  # every thread that answers questions is busy
        desk.jobs.run(f"busy {number}", lambda _progress: go.wait(20), lambda _answer: None)
    filters.panel.saved.emit("mine", Filter("unit"))
    filters.panel.chosen.emit("other")
    go.set()
    hand.settled()
    assert {one.name for one in saved_filters.saved(desk.store)} == {"mine", "other"}


def test_who_may_not_see_people_is_told(hand, filters):
    desk = hand.desk
    desk.store.identity = Access("someone", "planner", "planning")
    filters.ask(OLD)
    hand.settled()
    assert "does not include 'records of people'" in filters.table.note.text()
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(Filter("building"))
    desk.store.identity = Access.owner()


def test_what_leaves_the_desk_is_only_asked_for(hand, filters):
    # Where to is asked for in a dialog of the system, which no test can answer.
    filters.doors_wanted.disconnect(hand.desk.parts.outgoing._on_doors)
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(OLD)
    with hand.qtbot.waitSignal(filters.doors_wanted) as doors:
        hand.press_button(filters.table.doors)
    assert doors.args == [OLD]
    filters.table.view.selectRow(0)
    with hand.qtbot.waitSignal(filters.copy_wanted) as copy:
        QTest.keyClick(filters.table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert (copy.args[0], len(copy.args[1])) == (OLD, 1)
    hand.settled()


def test_the_builder_speaks_chinese(hand, filters):
    filters.panel.show_filter(OLD)
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(OLD)
    hand.shortcut("view.language")
    assert LANGUAGE.code == "zh_CN"
    assert filters.panel.noun.currentText() == "人员"
    assert filters.panel.root.parts[0].field.currentText() == "年龄"
    assert "年龄不小于80" in filters.table.title.toolTip()
    assert filters.panel.filter() == OLD
    hand.shortcut("view.language")
    hand.settled()


def test_an_answer_matches_the_service(hand, filters):
    desk = hand.desk
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000) as answered:
        filters.ask(OLD)
    again = filtering.count(desk.store, desk.session.access, OLD)
    assert answered.args[0].count == again
