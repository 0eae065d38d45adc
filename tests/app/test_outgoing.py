"""Out of the window: exports, copies, sheets, and a second person's word."""

import threading

from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMessageBox

from mapdesk.app import ending
from mapdesk.app.export_dialog import ExportDialog
from mapdesk.app.requests_dialog import RequestsDialog
from mapdesk.model.access import Access
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import Living, Ref, Selection
from mapdesk.services import districts, outgoing
from mapdesk.store import audit, places
from tests.app.conftest import PURPOSE, open_desk

OLD = Filter("person", "all", (Condition("age", "at least", (85,)),))


def answered(hand, filtered):
    """Show a filter's answer in the table."""
    filters = hand.desk.parts.filters
    filters.show()
    with hand.qtbot.waitSignal(filters.answered, timeout=30_000):
        filters.ask(filtered)
    hand.settled()


def dialog_of(hand, kind):
    found = [one for one in hand.desk.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def test_the_tables_answer_goes_to_a_file(hand, tmp_path):
    answered(hand, OLD)
    hand.shortcut("file.export")
    dialog = dialog_of(hand, ExportDialog)
    dialog.finish()
    assert dialog.problem.text() == "Choose a file to write to."
    dialog.file.setText(str(tmp_path / "old.doc"))
    dialog.finish()
    assert ".xlsx" in dialog.problem.text()
    dialog.in_full.setChecked(True)
    dialog.file.setText(str(tmp_path / "old"))
    dialog.finish()
    assert "why" in dialog.problem.text()
    dialog.in_full.setChecked(False)
    with hand.qtbot.waitSignal(hand.desk.parts.outgoing.left, timeout=30_000):
        dialog.finish()
    assert (tmp_path / "old.xlsx").stat().st_size > 1000
    assert "rows to" in hand.desk.messages.label.text()
    assert "take out by export" in [row["action"] for row in audit.last(hand.desk.store)]


def test_rows_are_copied_with_their_watermark(hand):
    answered(hand, OLD)
    filters = hand.desk.parts.filters
    with hand.qtbot.waitSignal(hand.desk.parts.outgoing.left, timeout=30_000):
        filters.copy_wanted.emit(OLD, [filters.table.model.row(0), filters.table.model.row(1)])
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 5
    assert "checking fire exits" in lines[-1]


def test_more_than_a_hundred_people_wait_for_a_second_person(hand, tmp_path):
    desk, path = hand.desk, tmp_path / "all.csv"
    answered(hand, Filter("person"))
    hand.shortcut("file.export")
    dialog = dialog_of(hand, ExportDialog)
    dialog.file.setText(str(path))
    with hand.qtbot.waitSignal(desk.parts.outgoing.asked_for, timeout=30_000):
        dialog.finish()
    assert not path.exists()
    box = dialog_of(hand, QMessageBox)
    assert "3,000 people" in box.text()
    with hand.qtbot.waitSignal(desk.parts.outgoing.left, timeout=30_000):
        box.accept()
    assert "mapdesk user add" in desk.messages.label.text()
    hand.shortcut("file.requests")
    mine = dialog_of(hand, RequestsDialog)
    assert mine.table.rowCount() == 1
    assert mine.table.item(0, 5).text() == "waits"
    mine.accept()
    owner = desk.store.identity
    desk.store.identity = Access("chen", "security")
    desk.parts.outgoing.look()
    hand.settled()
    assert "1 requests wait" in desk.status.currentMessage()
    desk.parts.outgoing.show_approvals()
    waiting = dialog_of(hand, RequestsDialog)
    waiting.table.selectRow(0)
    waiting.approve.click()
    assert waiting.table.rowCount() == 0
    waiting.accept()
    desk.store.identity = owner
    assert outgoing.listed(desk.store)[1][0].approver == "chen"
    hand.shortcut("file.export")
    again = dialog_of(hand, ExportDialog)
    again.file.setText(str(path))
    with hand.qtbot.waitSignal(desk.parts.outgoing.left, timeout=30_000):
        again.finish()
    assert path.read_text("utf-8-sig").count("\n") > 3000


def test_who_lives_in_the_selection_goes_to_a_file(hand, tmp_path):
    desk = hand.desk
    hand.shortcut("select.export")
    assert "select things" in desk.messages.label.text()
    building = places.features(desk.store, "building", geometry=False).ids[0]
    desk.session.select(Selection({"building": (str(building),)}, Living(1)))
    hand.settled()
    desk.selection_panel.export.click()
    dialog = dialog_of(hand, ExportDialog)
    assert [dialog.noun.itemData(row) for row in range(dialog.noun.count())] == [
        "person",
        "household",
        "building",
    ]
    dialog.noun.setCurrentIndex(2)
    dialog.file.setText(str(tmp_path / "building.gpkg"))
    with hand.qtbot.waitSignal(desk.parts.outgoing.left, timeout=30_000):
        dialog.finish()
    assert (tmp_path / "building.gpkg").exists()


def test_the_sheet_of_a_grid(hand, tmp_path):
    desk = hand.desk
    hand.shortcut("file.sheet")
    assert "Click a grid" in desk.messages.label.text()
    grid = str(places.features(desk.store, "grid", geometry=False).ids[-1])
    desk.asking.card(Ref("grid", grid))
    hand.settled()
    with hand.qtbot.waitSignal(desk.parts.outgoing.left, timeout=60_000):
        desk.parts.outgoing.write_sheet(grid, tmp_path / "grid.pdf")
    assert (tmp_path / "grid.pdf").read_bytes().startswith(b"%PDF")


def test_of_two_sheets_asked_for_at_once_the_last_is_written(hand, tmp_path):
    outgoing = hand.desk.parts.outgoing
    first, second = (str(key) for key in places.features(hand.desk.store, "grid").ids[-2:])
    with hand.qtbot.waitSignal(outgoing.left, timeout=60_000) as left:
        outgoing.write_sheet(first, tmp_path / "first.pdf")
        outgoing.write_sheet(second, tmp_path / "second.pdf")
    assert "second.pdf" in left.args[0]
    assert not (tmp_path / "first.pdf").exists()


def test_a_sheet_of_no_grid_is_refused_in_a_sentence(hand, tmp_path):
    hand.desk.parts.outgoing.write_sheet("no such grid", tmp_path / "none.pdf")
    hand.qtbot.waitUntil(lambda: "no such grid" in hand.desk.messages.label.text(), timeout=30_000)
    assert not (tmp_path / "none.pdf").exists()


def test_a_desk_closed_while_its_sheet_is_drawn_lets_go_of_everything(qtbot, town_folder, tmp_path):
    desk = open_desk(qtbot, town_folder)
    desk.commands.set_purpose(PURPOSE)
    grid = str(places.features(desk.store, "grid", geometry=False).ids[-1])
    before = threading.active_count()
    desk.parts.outgoing.write_sheet(grid, tmp_path / "grid.pdf")
    assert threading.active_count() > before
    desk.close()
    assert not desk.isVisible()
    qtbot.waitUntil(lambda: not ending._UNDER_WAY, timeout=30_000)
    districts.open_district(town_folder).close()
    assert not (tmp_path / "grid.pdf").exists()


def test_a_door_list_goes_to_paper(hand, tmp_path):
    with hand.qtbot.waitSignal(hand.desk.parts.outgoing.left, timeout=30_000):
        hand.desk.parts.outgoing.write_doors(OLD, tmp_path / "doors.pdf")
    assert (tmp_path / "doors.pdf").read_bytes().startswith(b"%PDF")
