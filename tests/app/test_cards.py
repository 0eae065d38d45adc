"""Cards in the window: from every place to home and people and back, with pointer and keys."""

import pytest
from PyQt6.QtCore import QMimeData, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.model.selection import Living, Ref, Selection
from mapdesk.services import catalogue, residents
from mapdesk.store import audit, people, places
from tests.app.conftest import PURPOSE, Hand


@pytest.fixture
def english():
    yield
    catalogue.speak("en")


def show(hand: Hand, ref: Ref) -> None:
    hand.desk.asking.card(ref)
    hand.settled()


def cell_of(hand: Hand, view, index) -> None:
    view.scrollTo(index)
    hand.log.append("click cell")
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
    )
    hand.settled()


def test_from_building_to_unit_to_person_to_household_and_back(hand, full_building):
    desk, panel = hand.desk, hand.desk.card_panel
    show(hand, Ref("building", full_building))
    resident = panel.living.people.people.row(0)
    cells = panel.living.matrix.cells
    cell_of(hand, panel.living.matrix, cells.place(resident["unit_id"]))
    assert desk.session.focus == Ref("unit", resident["unit_id"])
    assert desk.map.overlay.marks.floors
    assert f"person:{resident['id']}" in panel.text.toHtml()
    panel.followed.emit(Ref("person", resident["id"]))
    hand.settled()
    assert f"household:{resident['household_id']}" in panel.text.toHtml()
    panel.followed.emit(Ref("household", resident["household_id"]))
    hand.settled()
    assert desk.session.focus == Ref("household", resident["household_id"])
    assert f"unit:{resident['unit_id']}" in panel.text.toHtml()
    assert not panel.forward.isEnabled()
    for expected in ("person", "unit", "building"):
        hand.shortcut("card.back")
        hand.settled()
        assert desk.session.focus.noun == expected
    assert not panel.back.isEnabled()
    hand.press_button(panel.forward)
    hand.settled()
    assert desk.session.focus.noun == "unit"


def test_a_new_card_forgets_what_lay_ahead(hand, full_building):
    other = places.features(hand.desk.store, "camera").ids[0]
    grid = places.row(hand.desk.store, "building", full_building)["grid_id"]
    for ref in (Ref("building", full_building), Ref("grid", grid)):
        show(hand, ref)
    hand.shortcut("card.back")
    hand.settled()
    show(hand, Ref("camera", other))
    assert not hand.desk.card_panel.forward.isEnabled()
    hand.shortcut("card.back")
    hand.settled()
    assert hand.desk.session.focus == Ref("building", full_building)


def test_names_in_the_list_open_people_and_homes_open_units(hand, full_building):
    desk, listed = hand.desk, hand.desk.card_panel.living.people
    show(hand, Ref("building", full_building))
    row = listed.people.row(2)
    cell_of(hand, listed, listed.people.index(2, 0))
    assert desk.session.focus == Ref("unit", row["unit_id"])
    show(hand, Ref("building", full_building))
    listed.setCurrentIndex(listed.people.index(2, 1))
    QTest.keyClick(listed, Qt.Key.Key_Return)
    hand.settled()
    assert desk.session.focus == Ref("person", row["id"])


def test_the_people_of_a_grid_are_read_as_they_come_into_view(hand, full_building):
    desk, panel = hand.desk, hand.desk.card_panel
    show(hand, Ref("grid", "G1"))
    assert [panel.tabs.tabText(at) for at in (0, 1)] == ["Overview", "Who lives here"]
    assert "people of grid" not in [row["action"] for row in audit.last(desk.store)]
    QTest.mouseClick(panel.tabs, Qt.MouseButton.LeftButton, pos=panel.tabs.tabRect(1).center())
    hand.settled()
    listed = panel.living.people
    expected = residents.people_of_grid(desk.store, desk.session.access, "G1", 0, 1).count
    assert listed.people.rowCount() == expected > 400
    listed.scrollToBottom()
    listed.viewport().repaint()
    hand.settled()
    last = listed.people.row(expected - 1)
    assert last is not None and last["name"][1] == "*"
    looks = [row["subject"] for row in audit.last(desk.store) if row["action"] == "people of grid"]
    assert len(looks) == 3 and "rows 1 to 200" in looks[-1]


def test_the_people_row_of_a_selection_lists_them(hand, full_building):
    desk, panel = hand.desk, hand.desk.card_panel
    count = people.count_in(desk.store, [full_building])
    desk.session.select(Selection({"building": (full_building,)}, Living(count)))
    hand.settled()
    tree = desk.selection_panel.tree
    item = tree.topLevelItem(0)
    assert item.text(0) == f"People  {count}"
    QTest.mouseClick(
        tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualItemRect(item).center()
    )
    hand.settled()
    assert panel.living.people.people.rowCount() == count
    assert panel.living.isVisible() and not panel.tabs.isVisible()
    person = panel.living.people.people.row(0)["id"]
    panel.followed.emit(Ref("person", person))
    hand.settled()
    hand.shortcut("card.back")
    hand.settled()
    assert panel.living.people.people.rowCount() == count


def test_withdrawing_the_purpose_takes_every_list_off_the_screen(hand, full_building):
    desk, panel = hand.desk, hand.desk.card_panel
    listed, cells = panel.living.people.people, panel.living.matrix.cells
    show(hand, Ref("building", full_building))
    unit = listed.row(0)["unit_id"]
    assert cells.counts
    desk.purpose.clear()
    hand.settled()
    assert listed.rowCount() == 0 and cells.counts is None
    assert panel.living.ask.isVisible()
    show(hand, Ref("unit", unit))
    assert "purpose:" in panel.text.toHtml() and "person:" not in panel.text.toHtml()
    desk.commands.set_purpose(PURPOSE)
    show(hand, Ref("unit", unit))
    assert "person:" in panel.text.toHtml()
    desk.purpose.clear()
    hand.settled()
    assert "person:" not in panel.text.toHtml()
    desk.parts.cards.show_selected_people()
    assert "Select buildings" in desk.messages.label.text()


def test_a_purpose_brings_the_people_of_the_grid_in_view(hand):
    desk, panel = hand.desk, hand.desk.card_panel
    desk.commands.set_purpose("")
    show(hand, Ref("grid", "G1"))
    panel.tabs.setCurrentIndex(1)
    hand.settled()
    assert panel.living.ask.isVisible() and panel.living.people.people.rowCount() == 0
    desk.commands.set_purpose(PURPOSE)
    hand.settled()
    assert panel.living.people.people.rowCount() > 400


def test_nothing_personal_is_copied_from_a_card(hand, full_building):
    desk, panel = hand.desk, hand.desk.card_panel
    show(hand, Ref("building", full_building))
    person = panel.living.people.people.row(0)["id"]
    kept = QMimeData()
    kept.setText("before")
    QApplication.clipboard().setMimeData(kept)
    QTest.keyClick(panel.living.people, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    show(hand, Ref("person", person))
    assert not panel.text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    panel.text.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_C):
        QTest.keyClick(panel.text, key, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "before"
    assert desk.session.focus == Ref("person", person)


def test_history_shows_five_and_then_all(hand, full_building):
    from mapdesk.services import correcting

    desk, panel = hand.desk, hand.desk.card_panel
    person = people.of_building(desk.store, full_building)[0]["id"]
    access = desk.session.access
    for number in range(7):
        seen = {"phone": people.person(desk.store, person)["phone"]}
        wanted = {"phone": f"1390000{number}{number}34"}
        correcting.correct(desk.store, access, Ref("person", person), seen, wanted)
    show(hand, Ref("person", person))
    assert "History (7)" in panel.text.toPlainText()
    assert panel.text.toPlainText().count("→") == 5
    panel.text.anchorClicked.emit(_url("all:History"))
    assert panel.text.toPlainText().count("→") == 7
    assert "139" not in panel.text.toHtml()
    assert access.user in panel.text.toHtml()


def _url(text):
    from PyQt6.QtCore import QUrl

    return QUrl(text)


def test_cards_speak_chinese_when_the_language_changes(hand, full_building, english):
    panel = hand.desk.card_panel
    show(hand, Ref("building", full_building))
    catalogue.speak("zh_CN")
    assert panel.tabs.tabText(0) == "住户人员"
    assert panel.living.matrix.accessibleName() == "逐层房屋"
    person = panel.living.people.people.row(0)["id"]
    show(hand, Ref("person", person))
    assert "网格员" in panel.text.toPlainText()
    assert "Household" not in panel.head.text()
