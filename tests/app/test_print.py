"""Composing and printing a sheet in the window."""

from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from mapdesk.app.frame_drawing import printout_of
from mapdesk.app.print_dialog import PrintDialog
from mapdesk.app.sheet_form import form_in, form_text, scale_in
from mapdesk.app.sheet_printing import SheetMaker, SheetWish
from mapdesk.formats.sheet_layout import SheetForm
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.model.errors import InputError
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import FoundPeople, Ref, Selection
from mapdesk.store import audit, people
from tests.app.conftest import PURPOSE
from tests.formats.printed import texts


@pytest.fixture
def composer(hand):
    hand.shortcut("file.print")
    (dialog,) = hand.desk.findChildren(PrintDialog)
    settled(hand, dialog)
    yield dialog
    for one in hand.desk.findChildren(PrintDialog):
        one.reject()


def settled(hand, dialog):
    hand.qtbot.waitUntil(
        lambda: dialog.preview.is_drawn and not hand.desk.jobs.busy, timeout=60_000
    )


def printed(hand, dialog, path):
    with hand.qtbot.waitSignal(dialog.printed, timeout=60_000):
        dialog.print_to(path)


def test_what_the_map_shows_is_printed_at_its_scale(hand, composer, tmp_path):
    hand.type(composer.title, " by bus")
    composer.scale.setCurrentText("1:2500")
    settled(hand, composer)
    printed(hand, composer, tmp_path / "map.pdf")
    (said,) = texts(tmp_path / "map.pdf")
    assert "1 : 2,500" in said and any(text.endswith(" by bus") for text in said)
    assert f"For: {PURPOSE}" in said
    assert "Printed in" in hand.desk.messages.label.text()
    assert audit.last(hand.desk.store)[0]["action"] == "print a map"


def test_dragging_moves_the_map_and_the_wheel_changes_the_scale(hand, composer):
    before = composer.wish
    preview = composer.preview
    start = preview.rect().center()
    QTest.mousePress(preview, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(preview, start + QPoint(40, 0))
    QTest.mouseRelease(preview, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 0))
    moved = composer.wish.viewpoint
    assert moved.x < before.viewpoint.x and moved.y == pytest.approx(before.viewpoint.y)
    QTest.keyClick(preview, Qt.Key.Key_Minus)
    assert composer.wish.scale > before.scale
    QTest.keyClick(preview, Qt.Key.Key_Up)
    assert composer.wish.viewpoint.y > moved.y
    hand.press_button(composer.here)
    assert composer.wish == before


def test_a_scale_that_is_none_is_said_and_nothing_is_printed(hand, composer, tmp_path):
    composer.scale.setCurrentText("large")
    assert "'large' is no scale" in composer.problem.text()
    composer.print_to(tmp_path / "map.pdf")
    assert not list(tmp_path.glob("*.*"))
    composer.scale.setCurrentText("1:1000")
    assert composer.problem.isHidden()


def test_printing_can_be_stopped(hand, composer, tmp_path):
    composer.paper.setCurrentText("A3")
    settled(hand, composer)
    composer.print_to(tmp_path / "map.png")
    hand.press_button(composer.stop_button)
    settled(hand, composer)
    assert "Stopped" in composer.said.text() and not list(tmp_path.glob("*.*"))
    printed(hand, composer, tmp_path / "map.png")


def test_the_preview_is_drawn_again_after_printing_and_after_a_failure(
    hand, composer, tmp_path, monkeypatch
):
    composer.scale.setCurrentText("1:2000")
    printed(hand, composer, tmp_path / "map.png")
    assert not composer.preview.is_drawn  # it was stopped half way, and is begun again
    settled(hand, composer)

    def fail(*_what):
        raise InputError("The preview cannot be painted.")

    monkeypatch.setattr(composer._maker, "painted", fail)
    composer.scale.setCurrentText("1:4000")
    hand.qtbot.waitUntil(lambda: not composer.problem.isHidden(), timeout=30_000)
    assert "cannot be painted" in composer.problem.text()
    monkeypatch.undo()
    composer.scale.setCurrentText("1:5000")
    settled(hand, composer)
    assert composer.preview.is_drawn and composer.problem.isHidden()


def test_the_layout_is_remembered(hand, composer):
    composer.paper.setCurrentText("A3")
    composer.upright.setCurrentIndex(1)
    composer.elements["north"].setChecked(False)
    composer.reject()
    hand.shortcut("file.print")
    again = next(one for one in hand.desk.findChildren(PrintDialog) if one.isVisible())
    assert (again.form.size, again.form.landscape) == ("A3", False)
    assert "north" not in again.form.elements
    settled(hand, again)
    again.reject()


def test_a_map_beside_a_persons_card_is_counted_as_taking_them_out(hand, full_building, tmp_path):
    desk = hand.desk
    person = people.of_building(desk.store, full_building)[0]["id"]

    desk.session.set_focus(Ref("person", person))
    hand.shortcut("file.print")
    (dialog,) = desk.findChildren(PrintDialog)
    settled(hand, dialog)
    dialog.purpose.clear()
    dialog.print_to(tmp_path / "home.pdf")
    assert "purpose" in dialog.problem.text() and not list(tmp_path.glob("*.*"))
    dialog.purpose.setText("a visit")
    printed(hand, dialog, tmp_path / "home.pdf")
    assert audit.last(desk.store)[0]["action"] == "take out by print"
    dialog.reject()


def test_counts_that_come_onto_the_map_while_it_is_printed_go_by_the_door(hand, composer, tmp_path):
    desk, overlay = hand.desk, hand.desk.map.overlay
    desk.parts.styles.apply(LayerStyle())
    settled(hand, composer)
    counts = overlay.legend
    hand.shortcut("style.off")
    settled(hand, composer)
    assert counts.personal and overlay.legend is None
    composer.purpose.clear()
    composer.print_to(tmp_path / "map.pdf")
    overlay.legend = counts
    hand.qtbot.waitUntil(composer.print_button.isEnabled, timeout=60_000)
    assert "purpose" in composer.problem.text() and not list(tmp_path.glob("*.*"))
    overlay.legend = None


@pytest.mark.parametrize(
    ("text", "scale"), [("1 : 2,500", 2500), ("1:500", 500), ("750", 750), ("1 : 10 000", 10_000)]
)
def test_scales_are_read_as_they_are_written(text, scale):
    assert scale_in(text) == scale


@pytest.mark.parametrize("text", ["", "1:", "large", "1:x"])
def test_what_is_no_scale_is_refused(text):
    with pytest.raises(InputError):
        scale_in(text)


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"size": "A4"}', '{"size": 1, "elements": 3}'])
def test_a_damaged_layout_gives_the_usual_one(kept):
    assert form_in(kept) == SheetForm()
    form = SheetForm("A3", False, frozenset({"title"}))
    assert form_in(form_text(form)) == form


def test_floors_found_and_buildings_lit_for_people_are_on_a_sheet_without_marks(
    hand, full_building
):
    desk = hand.desk
    maker = SheetMaker(desk.map, desk.store)
    wish = SheetWish(SheetForm(), "Found", desk.map.viewpoint, 2_000.0, marks=False)

    def sheet(focus=None):
        return maker.printout(wish, Path("a.pdf"), focus)

    assert not sheet().is_personal
    desk.pointing.mark_found([(full_building, 1)])
    assert sheet().floors == ((full_building, 1),) and sheet().is_personal
    lit = FoundPeople(Filter("person", "all", (Condition("age", "at least", (85,)),)))
    desk.session.select(Selection(found=lit))
    assert sheet().found == lit and sheet().is_personal and not sheet().floors
    desk.pointing.show_selection(Selection())
    assert not sheet().is_personal
    desk.parts.inside.open(full_building)
    hand.settled()
    assert sheet().open == full_building


def test_the_band_of_the_home_shown_counts_its_people_alone(hand, full_building):
    desk = hand.desk
    row = next(one for one in people.of_building(desk.store, full_building) if one["floor"])
    desk.asking.card(Ref("person", row["id"]))
    hand.settled()
    assert desk.map.overlay.marks.floors == ((full_building, row["floor"]),)
    assert printout_of(desk.map.overlay, "Home", "png", desk.session.focus).floors == ()
    assert printout_of(desk.map.overlay, "Home", "png", None).floors
