"""People, households and units come and go by the card; places are edited; exports by the card and search."""

import csv

import pytest
import sqlalchemy as sa
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMessageBox

from mapdesk.app.export_dialog import ExportDialog
from mapdesk.model.language import LANGUAGE
from mapdesk.model.outgoing import MOST_PEOPLE
from mapdesk.model.selection import Ref
from mapdesk.services import catalogue, correcting, editing
from mapdesk.store import audit, people, places
from mapdesk.store.schema import RESIDENT, TABLES


@pytest.fixture
def home(desk):
    """Someone of a household of several, in a building of few enough to be taken out alone."""
    person, building = TABLES["person"], RESIDENT.c.building_id
    few = sa.select(building).group_by(building).having(sa.func.count() < MOST_PEOPLE)
    query = (
        sa.select(person, RESIDENT.c.grid_id)
        .join(RESIDENT, RESIDENT.c.id == person.c.id)
        .where(person.c.relation == "spouse", building.in_(few))
        .order_by(person.c.id)
    )
    with desk.store.connect() as connection:
        return dict(connection.execute(query.limit(1)).mappings().one())


def show(hand, ref):
    hand.desk.asking.card(ref)
    hand.settled()
    assert hand.desk.session.focus == ref


def test_a_person_is_added_to_a_household_by_key_and_undone(hand, home):
    desk, household = hand.desk, Ref("household", home["household_id"])
    show(hand, household)
    assert "run:register.add_person" in desk.card_panel.text.toHtml()
    hand.shortcut("register.add_person")
    dialog = desk.parts.register.dialog
    hand.settled()
    hand.press_button(dialog.do)
    assert "must not be empty" in dialog.form.problems["name"].text()
    hand.type(dialog.form.editors["name"], "新来的")
    hand.type(dialog.form.editors["identity_number"], home["identity_number"])
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hand.settled()
    assert "already" in dialog.form.problems["identity_number"].text()
    dialog.form.editors["identity_number"].clear()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    hand.settled()
    made = desk.session.focus
    assert made.noun == "person"
    row = people.person(desk.store, made.id)
    assert (row["name"], row["unit_id"]) == ("新来的", home["unit_id"])
    hand.shortcut("register.undo")
    hand.settled()
    assert people.person(desk.store, made.id) is None
    assert desk.session.focus == household
    hand.shortcut("register.redo")
    hand.settled()
    assert desk.session.focus == made


def test_a_unit_and_a_household_are_added_and_a_person_chooses_one(hand, home):
    desk, building = hand.desk, Ref("building", home["building_id"])
    show(hand, building)
    assert "run:register.add_unit" in desk.card_panel.head.text()
    desk.card_panel.head.linkActivated.emit("run:register.add_unit")
    dialog = desk.parts.register.dialog
    hand.type(dialog.form.editors["floor"], "1")
    hand.type(dialog.form.editors["room"], "1999")
    hand.press_button(dialog.do)
    hand.settled()
    unit = desk.session.focus
    assert places.row(desk.store, "unit", unit.id)["building_id"] == building.id
    hand.shortcut("register.add_household")
    dialog = desk.parts.register.dialog
    hand.type(dialog.form.editors["vehicles"], "two")
    hand.press_button(dialog.do)
    assert "whole number" in dialog.form.problems["vehicles"].text()
    dialog.form.editors["vehicles"].clear()
    hand.press_button(dialog.do)
    hand.settled()
    household = desk.session.focus
    show(hand, unit)
    hand.shortcut("register.add_person")
    dialog = desk.parts.register.dialog
    hand.settled()
    assert dialog.household.currentData() == household.id
    hand.type(dialog.form.editors["name"], "新来的")
    hand.press_button(dialog.do)
    hand.settled()
    assert people.person(desk.store, desk.session.focus.id)["household_id"] == household.id


def test_removing_says_what_goes_with_it_and_shows_where_it_was(hand, home):
    desk, unit = hand.desk, Ref("unit", home["unit_id"])
    count = len(people.of_unit(desk.store, unit.id))
    show(hand, unit)
    hand.shortcut("register.remove")
    dialog = desk.parts.register.dialog
    assert not dialog.do.isEnabled()
    hand.settled()
    said = dialog.body.itemAt(0).widget().text()
    assert f"people {count}, households " in said
    hand.press_button(dialog.do)
    hand.settled()
    assert not places.rows(desk.store, "unit", [unit.id])
    assert desk.session.focus == Ref("building", home["building_id"])
    hand.shortcut("register.undo")
    hand.settled()
    assert desk.session.focus == unit
    assert len(people.of_unit(desk.store, unit.id)) == count


def test_a_person_is_removed_and_the_household_shown(hand, home):
    desk = hand.desk
    show(hand, Ref("person", home["id"]))
    hand.shortcut("register.remove")
    hand.settled()
    hand.press_button(desk.parts.register.dialog.do)
    hand.settled()
    assert desk.session.focus == Ref("household", home["household_id"])


def test_undo_pressed_twice_at_once_undoes_one_change(hand, home):
    desk, register = hand.desk, hand.desk.parts.register
    building = str(places.features(desk.store, "building", geometry=False).ids[0])
    before = places.row(desk.store, "building", building)["name"]
    for name in ("First", "Second"):
        seen = editing.raw_row(desk.store, desk.session.access, Ref("building", building))
        register.note(
            correcting.correct(
                *(desk.store, desk.session.access, Ref("building", building), seen), {"name": name}
            )
        )
    hand.shortcut("register.undo")
    hand.shortcut("register.undo")
    hand.settled()
    assert places.row(desk.store, "building", building)["name"] == "First"
    assert (len(register.done), len(register.undone)) == (1, 1)
    hand.shortcut("register.undo")
    hand.settled()
    assert places.row(desk.store, "building", building)["name"] == before


def test_adding_and_removing_need_the_right_card_and_a_purpose(hand, home):
    desk = hand.desk
    show(hand, Ref("building", home["building_id"]))
    for action in ("register.add_person", "register.add_household", "register.remove"):
        hand.shortcut(action)
        assert desk.parts.register.dialog is None
        assert desk.messages.isVisible()
    desk.commands.set_purpose("")
    hand.shortcut("register.add_unit")
    assert desk.parts.register.dialog is None


@pytest.mark.parametrize("noun", ["building", "grid", "organisation"])
def test_a_place_is_edited_and_its_history_shown(hand, noun):
    """A purpose is asked for where the form shows somebody: the contact of an organisation."""
    desk = hand.desk
    desk.commands.set_purpose("")
    ref = Ref(noun, str(places.features(desk.store, noun, geometry=False).ids[0]))
    show(hand, ref)
    hand.shortcut("register.edit")
    if noun == "organisation":
        assert desk.parts.register.dialog is None
        assert "contact" in desk.messages.label.text()
        desk.commands.set_purpose("a wrong number")
        hand.shortcut("register.edit")
    dialog = desk.parts.register.dialog
    hand.settled()
    if noun == "organisation":
        phone = places.row(desk.store, noun, ref.id)["contact_phone"]
        assert dialog.editors["contact_phone"].text() == phone
        assert audit.search(desk.store, action="unmask contact")[0]["subject"] == ref.id
    dialog.editors["name"].clear()
    hand.type(dialog.editors["name"], "新名字")
    hand.press_button(dialog.save)
    hand.qtbot.waitUntil(lambda: desk.loaded and not desk.jobs.busy, timeout=60_000)
    assert places.row(desk.store, noun, ref.id)["name"] == "新名字"
    assert "新名字" in desk.card_panel.head.text()
    assert "新名字" in desk.card_panel._shown.body(frozenset())
    hand.shortcut("register.history")
    dialog = desk.parts.register.dialog
    hand.settled()
    assert dialog.tables[noun].item(0, 5).text() == "新名字"
    dialog.close()
    hand.shortcut("register.undo")
    hand.qtbot.waitUntil(lambda: desk.loaded and not desk.jobs.busy, timeout=60_000)
    assert places.row(desk.store, noun, ref.id)["name"] != "新名字"


def written(path):
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def export(hand, path):
    """Fill the dialog that asks where to."""
    dialog = hand.desk.findChildren(ExportDialog)[-1]
    hand.type(dialog.file, str(path))
    dialog.finish()
    hand.settled()
    return dialog


@pytest.mark.parametrize("noun", ["building", "unit", "household"])
def test_the_people_of_a_card_go_to_a_file(hand, home, tmp_path, noun):
    show(hand, Ref(noun, home[f"{noun}_id"]))
    hand.shortcut("select.export_people")
    export(hand, tmp_path / "people.csv")
    rows = written(tmp_path / "people.csv")
    assert any(home["id"] in row for row in rows)
    assert all(home["name"] not in cell for row in rows for cell in row)
    assert "checking fire exits" in rows[-1][0]


def test_the_people_of_a_grid_wait_for_a_second_person(hand, home, tmp_path):
    desk = hand.desk
    show(hand, Ref("grid", home["grid_id"]))
    hand.shortcut("select.export_people")
    with hand.qtbot.waitSignal(desk.parts.outgoing.asked_for) as asked:
        export(hand, tmp_path / "people.csv")
    assert home["id"] in asked.args[0].person_ids
    assert not (tmp_path / "people.csv").exists()
    for box in desk.findChildren(QMessageBox):
        box.reject()


def test_what_a_search_finds_goes_to_a_file(hand, home, tmp_path):
    panel = hand.desk.search_panel
    assert not panel.export.isVisible()
    hand.type(panel.text, home["name"])
    hand.qtbot.waitUntil(lambda: panel.results.count() > 0, timeout=10_000)
    hand.settled()
    catalogue.speak("zh_CN")
    assert "人员" in panel.results.item(0).text()
    catalogue.speak("en")
    hand.press_button(panel.export)
    export(hand, tmp_path / "found.xlsx")
    assert (tmp_path / "found.xlsx").stat().st_size > 1000


def test_the_counts_behind_a_makeup_go_to_a_table(hand, home, tmp_path):
    desk = hand.desk
    show(hand, Ref("building", home["building_id"]))
    hand.shortcut("select.makeup")
    hand.settled()
    hand.press_button(desk.parts.makeup.panel.export)
    dialog = export(hand, tmp_path / "counts.gpkg")
    assert ".xlsx, .csv" in dialog.problem.text()
    dialog.file.clear()
    export(hand, tmp_path / "counts.csv")
    rows = written(tmp_path / "counts.csv")
    assert len(rows[0]) == 4
    assert rows[1][0] == "people"


def test_the_dialogs_speak_chinese(hand, home):
    desk = hand.desk
    hand.shortcut("view.language")
    assert LANGUAGE.code == "zh_CN"
    show(hand, Ref("household", home["household_id"]))
    hand.shortcut("register.add_person")
    dialog = desk.parts.register.dialog
    assert dialog.windowTitle() == "新增人员"
    hand.settled()
    hand.press_button(dialog.do)
    assert dialog.form.problems["name"].text() == "姓名 不能为空。"
    dialog.close()
    hand.shortcut("view.language")
    hand.settled()
    QApplication.processEvents()


def test_a_refusal_by_the_store_is_said_in_the_dialog(hand, home):
    desk = hand.desk
    show(hand, Ref("person", home["id"]))
    hand.shortcut("register.remove")
    hand.settled()
    correcting.remove(desk.store, desk.session.access, Ref("person", home["id"]))
    dialog = desk.parts.register.dialog
    hand.press_button(dialog.do)
    hand.settled()
    assert dialog.message.text() == f"There is no person '{home['id']}'."
    dialog.close()


def test_another_language_closes_the_form_that_was_open_in_the_old_one(hand, home):
    desk = hand.desk
    show(hand, Ref("person", home["id"]))
    hand.shortcut("register.edit")
    dialog = desk.parts.register.dialog
    hand.settled()
    assert dialog.isVisible()
    catalogue.speak("zh_CN")
    assert not dialog.isVisible()
    assert desk.parts.register.dialog is None
    hand.shortcut("register.edit")
    assert desk.parts.register.dialog.windowTitle() == "编辑人员"
    hand.settled()
    desk.parts.register.dialog.close()
    catalogue.speak("en")
    hand.settled()
