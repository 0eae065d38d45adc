"""Pictures of people leave by the door, whatever of the map shows them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog

from mapdesk.app import styled_map
from mapdesk.app.picture_door import let_out
from mapdesk.app.sheet_command import Order, print_sheet
from mapdesk.app.shooting import View
from mapdesk.app.styled_map import Wanted
from mapdesk.formats.sheet_layout import SheetForm
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.model.access import Access
from mapdesk.model.errors import RightsError
from mapdesk.model.rights import Right
from mapdesk.store import audit, people
from tests.app.conftest import Hand


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
    (row,) = audit.last(desk.store, 1)
    assert file.exists() and row["action"] == "take out by export"
    assert json.loads(row["detail"])["people"] > 0


def test_people_shown_while_a_picture_leaves_go_by_the_door_too(hand: Hand, full_building):
    desk, written = hand.desk, []
    low, high = floors_lived_on(desk, full_building)[:2]
    desk.pointing.mark_found([(full_building, low)])
    let_out(desk, "a.png", lambda: written.append(audit.last(desk.store, 1)[0]))
    desk.pointing.mark_found([(full_building, low), (full_building, high)])
    hand.settled()
    assert ["2 floors marked" in row["subject"] for row in written] == [True]


def floors_lived_on(desk, building: str) -> list[int]:
    """Return the floors of a building on which somebody lives, lowest first."""
    return sorted(
        {row["floor"] for row in people.of_building(desk.store, building) if row["floor"]}
    )


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
