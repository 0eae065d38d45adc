"""Pictures, sheets and films of people leave by the door, whatever of the map shows them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from mapdesk.app import styled_map
from mapdesk.app.picture_door import save_picture
from mapdesk.app.print_dialog import PrintDialog
from mapdesk.app.sheet_command import Order, print_sheet
from mapdesk.app.sheet_printing import SheetMaker
from mapdesk.app.shooting import View
from mapdesk.app.styled_map import Wanted
from mapdesk.app.view_state import bookmark_of
from mapdesk.formats.sheet_layout import SheetForm
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, PurposeError, RightsError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.rights import Right
from mapdesk.model.selection import Selection
from mapdesk.services import outgoing, printing
from mapdesk.services.bookmarks import Stop, Tour
from mapdesk.store import audit, people
from tests.app.conftest import Hand

EVERYBODY = Filter("person")
OLDEST = Filter("person", "all", (Condition("age", "at least", (88,)),))


@pytest.fixture
def lit(hand: Hand) -> Hand:
    """A hand whose map shows where everybody lives."""
    show(hand, EVERYBODY)
    return hand


def show(hand: Hand, filtered: Filter) -> None:
    """Show a filter's answer on the map."""
    filters = hand.desk.parts.filters
    with hand.qtbot.waitSignal(filters.mapped, timeout=30_000):
        filters.show_on_map(filtered)
    hand.settled()


def asked_and_approved(hand: Hand) -> None:
    """Ask for approval in the box that offers it, and approve as a second person."""
    desk = hand.desk
    (box,) = (one for one in desk.findChildren(QMessageBox) if one.isVisible())
    assert "people" in box.text() and "second person" in box.text()
    ask = box.button(QMessageBox.StandardButton.Ok)
    with hand.qtbot.waitSignal(desk.parts.outgoing.left, timeout=30_000):
        hand.press_button(ask)
    (waits,) = (one for one in outgoing.listed(desk.store)[1] if one.state == "requested")
    owner, desk.store.identity = desk.store.identity, Access("chen", "security")
    outgoing.approve(desk.store, desk.store.identity, waits.id)
    desk.store.identity = owner
    hand.settled()


def last_out(hand: Hand) -> dict[str, object]:
    """Return the last row about something that left, its detail read."""
    rows = audit.last(hand.desk.store, 20)
    row = next(one for one in rows if one["kind"] == "export")
    return {**row, **json.loads(row["detail"])}


def tour_of(hand: Hand, seconds: float = 0.4) -> Tour:
    """Return a tour that stays where the map is."""
    return Tour("Here", (Stop(bookmark_of(hand.desk, "here"), fly=0.0, stay=seconds),))


def test_a_picture_of_people_leaves_by_the_door(hand: Hand, full_building, tmp_path, monkeypatch):
    desk, file = hand.desk, tmp_path / "map.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any: (str(file), ""))
    floor = floors_lived_on(desk, full_building)[0]
    desk.commands.set_purpose("")
    hand.settled()
    desk.pointing.mark_found([(full_building, floor)])
    desk.commands.save_picture()
    hand.settled()
    assert not file.exists() and "purpose" in desk.messages.label.text().lower()
    desk.commands.set_purpose("a visit")
    desk.commands.save_picture()
    hand.settled()
    row = last_out(hand)
    assert file.exists() and row["action"] == "take out by export"
    assert row["people"] > 0


def floors_lived_on(desk, building: str) -> list[int]:
    """Return the floors of a building on which somebody lives, lowest first."""
    return sorted(
        {row["floor"] for row in people.of_building(desk.store, building) if row["floor"]}
    )


def test_people_lit_up_are_counted_until_something_else_is(hand: Hand, tmp_path):
    desk, file = hand.desk, tmp_path / "map.png"
    show(hand, OLDEST)
    desk.pointing.forget_floors()  # what is left of the answer are buildings
    save_picture(desk, file)
    hand.settled()
    row = last_out(hand)
    oldest = outgoing_of(desk, OLDEST)
    assert file.exists() and row["people"] == len(oldest) > 0 and "88" in row["subject"]
    desk.asking.take(Selection())
    file.unlink()
    before = len(audit.last(desk.store, 1000))
    save_picture(desk, file)
    hand.settled()
    assert file.exists() and len(audit.last(desk.store, 1000)) == before
    desk.asking.step_history(-1)
    hand.settled()
    assert desk.map.overlay.marks.found is not None


def outgoing_of(desk, filtered: Filter) -> tuple[str, ...]:
    from mapdesk.services import results

    return results.of_filter(desk.store, desk.session.access, filtered).person_ids


def test_a_picture_of_too_many_leaves_once_a_second_person_approved(lit: Hand, tmp_path):
    file = tmp_path / "map.png"
    save_picture(lit.desk, file)
    lit.settled()
    assert not list(tmp_path.glob("*.*"))
    asked_and_approved(lit)
    save_picture(lit.desk, file)
    lit.settled()
    assert file.exists() and last_out(lit)["approver"] == "chen"


def test_a_picture_that_cannot_be_written_keeps_its_approval(lit: Hand, tmp_path):
    nowhere = tmp_path / "gone" / "map.png"
    save_picture(lit.desk, nowhere)
    lit.settled()
    asked_and_approved(lit)
    save_picture(lit.desk, nowhere)
    lit.settled()
    assert "no folder" in lit.desk.messages.label.text()
    assert outgoing.listed(lit.desk.store)[1][0].state == "approved"


def test_a_sheet_of_too_many_leaves_once_a_second_person_approved(lit: Hand, tmp_path):
    desk, file = lit.desk, tmp_path / "map.png"
    lit.shortcut("file.print")
    (dialog,) = desk.findChildren(PrintDialog)
    printout = SheetMaker(desk.map, desk.store).printout(dialog.wish, file, None)
    with (
        pytest.raises(ApprovalDueError) as due,
        printing.leaving(desk.store, desk.session.access, printout),
    ):
        raise AssertionError("it left")
    dialog._on_failed(due.value)  # as printing ends, which takes seconds
    assert "second person" in dialog.problem.text()
    asked_and_approved(lit)
    with lit.qtbot.waitSignal(dialog.printed, timeout=60_000):
        dialog.print_to(file)
    assert file.exists() and last_out(lit)["approver"] == "chen"
    dialog.reject()


def test_a_film_of_too_many_leaves_once_a_second_person_approved(lit: Hand, tmp_path):
    part, file, tour = lit.desk.parts.bookmarks, tmp_path / "a.mp4", tour_of(lit)
    with lit.qtbot.waitSignal(part.recorder.ended, timeout=60_000):
        part.record(tour, file, 5)
    assert not list(tmp_path.glob("*.*")) and "film" in lit.desk.messages.label.text()
    asked_and_approved(lit)
    with lit.qtbot.waitSignal(part.recorder.recorded, timeout=60_000):
        part.record(tour, file, 5)
    row = last_out(lit)
    assert (row["approver"], row["file"]) == ("chen", "mp4")
    assert row["subject"].startswith("film: ")


def test_people_lit_up_while_a_film_is_made_are_on_record(hand: Hand, full_building, tmp_path):
    desk, part = hand.desk, hand.desk.parts.bookmarks
    floor = floors_lived_on(desk, full_building)[0]
    with hand.qtbot.waitSignal(part.recorder.recorded, timeout=60_000):
        with hand.qtbot.waitSignal(part.recorder.taken, timeout=60_000):
            part.record(tour_of(hand, 3.0), tmp_path / "a.mp4", 5)
        assert last_out(hand)["action"] == "record a film"
        desk.pointing.mark_found([(full_building, floor)])
    row = last_out(hand)
    assert row["action"] == "take out by export" and row["people"] > 0


def test_a_film_stops_where_people_come_onto_it_without_a_purpose(
    hand: Hand, full_building, tmp_path
):
    desk, part, failed = hand.desk, hand.desk.parts.bookmarks, []
    part.recorder.failed.connect(failed.append)
    floor = floors_lived_on(desk, full_building)[0]
    desk.pointing.mark_found([(full_building, floor)])
    with hand.qtbot.waitSignal(part.recorder.ended, timeout=60_000):
        with hand.qtbot.waitSignal(part.recorder.taken, timeout=60_000):
            part.record(tour_of(hand, 3.0), tmp_path / "a.mp4", 5)
        desk.commands.set_purpose("")  # takes the floor off: the film goes on without it
        with hand.qtbot.waitSignal(part.recorder.taken, timeout=60_000):
            pass
        desk.pointing.mark_found([(full_building, floor)])
    assert isinstance(failed[0], PurposeError)
    assert "Nothing is left of the film" in desk.messages.label.text()
    assert not list(tmp_path.glob("*.*"))


def test_a_film_without_a_purpose_any_more_goes_on_without_people(
    hand: Hand, full_building, tmp_path
):
    desk, part = hand.desk, hand.desk.parts.bookmarks
    desk.pointing.mark_found([(full_building, floors_lived_on(desk, full_building)[0])])
    told = []
    with hand.qtbot.waitSignal(part.recorder.recorded, timeout=60_000):
        with hand.qtbot.waitSignal(part.recorder.taken, timeout=60_000):
            part.record(tour_of(hand, 3.0), tmp_path / "a.mp4", 5)
        part.recorder.taken.connect(lambda: told.append(desk.messages.label.text()))
        desk.commands.set_purpose("")
    assert any("goes on without people" in said for said in told)


def test_who_may_take_nobody_out_leaves_no_trail_of_counts(town):
    before = audit.last(town, 1)
    worker = Access("wei", "worker", "a visit")
    wanted = Wanted("people", LayerStyle(), worker)
    assert worker.may(Right.PEOPLE) and styled_map.shows_people(wanted)
    with pytest.raises(RightsError):
        styled_map.wear(None, None, town, wanted)
    order = Order(SheetForm(), "x", View(None, None, 0, 90), None, False, None, "light")
    with pytest.raises(RightsError):
        print_sheet(town, worker, replace(order, wanted=wanted), Path("x.pdf"), untold)
    assert audit.last(town, 1) == before


def untold(*_told: object) -> None:
    return
