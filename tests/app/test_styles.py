"""Styles on the map and in the window: colours that are there, days that go by, people that are kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QInputDialog, QToolTip

from mapdesk.app import style_keeping, styled_map
from mapdesk.app.picture_door import save_picture
from mapdesk.app.sheet_legend import legend_of
from mapdesk.app.sheet_printing import SheetMaker, SheetWish
from mapdesk.app.styled_map import Wanted
from mapdesk.app.styled_points import dress_of
from mapdesk.app.view_state import bookmark_of, dress
from mapdesk.formats.sheet_layout import SheetForm
from mapdesk.layers.layer_style import LayerStyle, checked_style
from mapdesk.layers.legend import EMPTY_COLOUR, HIDDEN_COLOUR, Figures, classed, scale_of
from mapdesk.layers.points import Clusters, Look
from mapdesk.layers.style import map_style, rgb
from mapdesk.model.spans import day_span, span_of
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.point_marks import CLUSTER_COLOUR
from mapdesk.services import saved_styles
from mapdesk.store import audit
from tests.app.conftest import Hand
from tests.app.plain_map import ANALYST, Plain


@pytest.mark.parametrize("drawing", ["choropleth", "outline", "wall", "columns"])
def test_the_colours_of_the_classes_are_on_the_map(plain: Plain, drawing):
    before = plain.pixels()
    styled = plain.wear(by="buildings", drawing=drawing, classes=3, palette="OrRd")
    colours = styled.scale.colours(styled.style, "light")
    seen = {colour: plain.share(colour) for colour in colours}
    least = 0.02 if drawing == "choropleth" else 0.0004
    # Of columns the lowest may stand on nothing: no buildings, no column.
    wanted = colours[1:] if drawing == "columns" else colours
    assert all(seen[colour] > least for colour in wanted), seen
    assert plain.view.overlay.legend is not None
    styled_map.take_off(plain.view, plain.loader)
    assert plain.view.overlay.legend is None
    assert (plain.pixels() == before).all()


def test_one_colour_is_all_over_the_grids(plain: Plain):
    plain.wear(kind="single", colour="#d55e00")
    assert plain.share("#d55e00") > 0.2


def test_buildings_take_the_colours_of_their_class(plain: Plain):
    before = plain.share("#882255", 12)
    styled = plain.wear(noun="building", by="use", kind="categories", palette="Tol-muted")
    most = styled.scale.colours(styled.style, "light")[0]
    assert plain.share(most, 12) > before + 0.005


def test_what_is_not_shown_is_hatched(plain: Plain):
    style = checked_style({"by": "buildings"})
    styled = styled_map.read(plain.store, ANALYST, style, plain.store.district.origin)
    hidden = np.ones(len(styled.figures.ids), bool)
    veiled = styled_map.Styled(
        style,
        type(styled.figures)(styled.figures.ids, styled.figures.values, hidden),
        styled.scale,
        styled.shapes,
        styled.building_ids,
        styled.building_grids,
    )
    drawing = styled_map.draw(veiled, "light", plain.store.district.origin)
    styled_map.show(plain.view, plain.loader, veiled, drawing)
    assert plain.share(HIDDEN_COLOUR["light"]) > 0.1
    assert plain.share(styled_map.HATCHING["light"], 25) > 0.002
    assert all(plain.share(colour) < 0.001 for colour in styled.scale.colours(style, "light")[1:])


def test_pictures_of_the_ground_are_seen_through_areas(plain: Plain):
    plain.wear(kind="single", colour="#d55e00")
    covered = plain.share("#d55e00")
    plain.view.overlay.imagery = True
    plain.wear(kind="single", colour="#d55e00")
    assert plain.share("#d55e00") < covered / 10


def test_ground_that_is_drawn_later_lies_below_the_style(plain: Plain):
    ground, plain.view.content.ground = plain.view.content.ground, []
    style = checked_style({"kind": "single", "colour": "#d55e00"})
    styled_map.wear(plain.view, plain.loader, plain.store, Wanted("one", style, ANALYST))
    plain.view.content.ground = ground
    plain.loader.set_style(map_style("light"))
    assert plain.share("#d55e00") > 0.2


def test_a_hidden_layer_hides_its_style(plain: Plain):
    plain.wear(by="buildings", palette="OrRd", kind="single", colour="#d55e00")
    plain.loader._layers.set_visible("grid", visible=False)
    assert plain.share("#d55e00") < 0.001


def test_a_picture_is_in_the_style_wanted(plain: Plain):
    style = LayerStyle(by="incidents by day")
    wanted = Wanted("days", style, ANALYST)
    styled_map.wear(plain.view, plain.loader, plain.store, wanted)
    assert plain.view.overlay.legend.span is not None
    with styled_map.leaving(plain.store, wanted):
        pass
    assert "take out by export" not in [row["action"] for row in audit.last(plain.store, 5)]


# ------------------------------------------------------------------ the window


def legend(hand: Hand):
    hand.settled()
    return hand.desk.map.overlay.legend


def choose(box, data) -> None:
    """Choose from a list by keys, as who has no mouse does."""
    box.setFocus()
    wanted = box.findData(data)
    assert wanted >= 0
    while box.currentData() != data:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


@pytest.fixture
def panel(hand: Hand):
    hand.shortcut("style.show")
    hand.settled()
    return hand.desk.parts.styles.panel


def test_without_a_purpose_the_dock_begins_with_what_needs_none(hand: Hand):
    hand.desk.commands.set_purpose("")
    hand.shortcut("style.show")
    hand.settled()
    assert legend(hand).title == "Buildings" and hand.desk.messages.isHidden()
    choose(hand.desk.parts.styles.panel.boxes["by"], "density")
    hand.settled()
    assert "what you need people for" in hand.desk.messages.label.text()


def test_the_dock_shows_a_style_at_once_and_every_change_of_it(hand: Hand, panel):
    shown = legend(hand)
    assert shown.title == "Residents per hectare"
    assert shown.personal
    choose(panel.boxes["by"], "buildings")
    assert legend(hand).title == "Buildings"
    assert not legend(hand).personal
    choose(panel.boxes["classes"], 3)
    assert len(legend(hand).entries) == 3
    assert panel.legend.count() == 3
    choose(panel.boxes["by"], "kind")
    assert panel.style_shown.kind == "categories"
    assert {one.label for one in legend(hand).entries} >= {"residential", "public"}
    choose(panel.boxes["noun"], "building")
    assert legend(hand).noun == "building"


def test_changes_are_undone_and_redone_by_keys_in_the_panel_alone(hand: Hand, panel):
    choose(panel.boxes["by"], "buildings")
    choose(panel.boxes["method"], "equal")
    before = panel.style_shown
    box = panel.boxes["method"]
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.style_shown.method != before.method
    QTest.keyClick(
        box,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert panel.style_shown == before
    hand.press_button(panel.undo_button)
    hand.press_button(panel.redo_button)
    assert panel.style_shown == before
    assert legend(hand).title == "Buildings"


def test_figures_are_counted_once_for_all_looks_of_them(hand: Hand, panel):
    number = audit.last(hand.desk.store, 1)[0]["number"]
    for palette in ("viridis", "Blues"):
        choose(panel.boxes["palette"], palette)
        hand.settled()
    choose(panel.boxes["drawing"], "columns")
    hand.settled()
    assert audit.last(hand.desk.store, 1)[0]["number"] == number


def test_who_withdraws_the_purpose_sees_no_exact_counts_any_more(hand: Hand, panel):
    assert legend(hand).personal
    hand.desk.commands.set_purpose("")
    assert legend(hand) is None
    choose(panel.boxes["by"], "people")
    hand.settled()
    assert "--purpose" in hand.desk.messages.label.text() or "Purpose" in panel.note.text()
    assert legend(hand) is None


@pytest.fixture
def counting(monkeypatch):
    """Hold figures back once they are counted, until the test lets them go."""
    counted, go = Event(), Event()
    read = styled_map.read

    def held(*args, **words):
        found = read(*args, **words)
        counted.set()
        assert go.wait(20)
        return found

    monkeypatch.setattr(styled_map, "read", held)
    yield counted, go
    go.set()


@pytest.mark.parametrize("end", ["purpose", "lock", "wall"])
def test_exact_counts_still_counted_do_not_come_any_more(hand: Hand, panel, counting, end):
    desk, (counted, go) = hand.desk, counting
    hand.shortcut("style.off")
    desk.parts.styles.apply(LayerStyle())
    assert counted.wait(20)
    if end == "purpose":
        desk.commands.set_purpose("")
        desk.commands.set_purpose("another one")
    elif end == "wall":
        hand.shortcut("view.wall")
    else:
        desk.guard.locked.emit()
    go.set()
    assert legend(hand) is None
    if end == "wall":
        hand.shortcut("view.wall")


def test_exact_counts_do_not_come_while_the_desk_is_locked(hand: Hand, panel, monkeypatch):
    hand.shortcut("style.off")
    monkeypatch.setattr(hand.desk.guard, "screen", object())
    hand.desk.parts.styles.apply(LayerStyle())
    assert legend(hand) is None
    monkeypatch.setattr(hand.desk.guard, "screen", None)


def test_other_styles_still_counted_come_when_the_purpose_goes(hand: Hand, panel, counting):
    counted, go = counting
    hand.shortcut("style.off")
    hand.desk.parts.styles.apply(LayerStyle(by="buildings"))
    assert counted.wait(20)
    hand.desk.commands.set_purpose("")
    go.set()
    assert legend(hand).title == "Buildings"


def test_a_style_that_is_refused_gives_its_name_to_none(hand: Hand, panel):
    styles = hand.desk.parts.styles
    styles.open_style("Houses", LayerStyle(by="buildings"))
    assert legend(hand).title == "Buildings"
    hand.desk.commands.set_purpose("")
    styles.open_style("Homes", LayerStyle())
    assert legend(hand).title == "Buildings"
    assert styles.title == "Houses"


def test_days_go_on_after_one_that_could_not_be_drawn(hand: Hand, panel, monkeypatch):
    choose(panel.boxes["by"], "incidents by day")
    legend(hand)
    draw = styled_map.draw

    def broken(*_args, **_more):
        raise ValueError("no such day")

    monkeypatch.setattr(styled_map, "draw", broken)
    hand.settled()
    hand.shortcut("time.before")
    hand.settled()
    assert "erred" in hand.desk.messages.label.text()
    monkeypatch.setattr(styled_map, "draw", draw)
    bar = hand.desk.parts.time.bar
    bar.slider.move_by(-bar.slider.count)
    hand.settled()
    first = bar.span
    monkeypatch.setattr(styled_map, "draw", broken)
    hand.shortcut("view.theme")
    hand.settled()
    monkeypatch.setattr(styled_map, "draw", draw)
    bar.toggle()
    hand.qtbot.waitUntil(lambda: bar.span > first, timeout=5000)
    bar.pause()
    hand.settled()


def test_for_another_purpose_exact_counts_are_asked_for_anew(hand: Hand, panel):
    assert legend(hand).personal
    before = audit.last(hand.desk.store, 1)[0]
    hand.desk.commands.set_purpose("another one")
    assert hand.desk.map.overlay.legend is None
    assert legend(hand).personal
    asked = audit.last(hand.desk.store, 1)[0]
    assert (asked["action"], asked["purpose"]) == (before["action"], "another one")


def test_a_style_is_saved_chosen_and_deleted(hand: Hand, panel, monkeypatch):
    choose(panel.boxes["by"], "buildings")
    choose(panel.boxes["drawing"], "wall")
    hand.settled()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_args, **_words: ("Walls", True))
    action(panel.saved_menu, "Save style…").trigger()
    hand.settled()
    assert saved_styles.opened(hand.desk.store, "Walls").drawing == "wall"
    choose(panel.boxes["by"], "units")
    action(panel.saved_menu, "Walls").trigger()
    assert legend(hand).title == "Buildings"
    assert panel.style_shown.drawing == "wall"
    delete = action(panel.saved_menu, "Delete style").menu()
    action(delete, "Walls").trigger()
    hand.settled()
    assert saved_styles.names(hand.desk.store) == []
    hand.shortcut("edit.bring_back")
    hand.settled()
    assert saved_styles.names(hand.desk.store) == ["Walls"]
    assert action(panel.saved_menu, "Walls")
    hand.shortcut("style.off")
    assert legend(hand) is None


def action(menu, text: str):
    return next(one for one in menu.actions() if one.text() == text)


def test_figures_by_day_follow_the_bar_of_time(hand: Hand, panel):
    bar = hand.desk.parts.time.bar
    assert bar.isHidden()
    choose(panel.boxes["by"], "incidents by day")
    last = legend(hand).span
    hand.settled()
    assert not bar.isHidden()
    assert bar.span == last and last.days == 1
    hand.shortcut("time.before")
    assert legend(hand).span == day_span(last.first_day - timedelta(days=1))
    bar.slider.setFocus()
    QTest.keyClick(bar.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert legend(hand).span == day_span(last.first_day - timedelta(days=1), last.first_day)
    figures = hand.desk.parts.styles.styled.figures
    assert sum(one.count for one in legend(hand).entries) == len(figures.ids)
    assert legend(hand).entries[-1].count == (figures.on(legend(hand).span) == 0).sum()
    choose(panel.boxes["by"], "buildings")
    hand.settled()
    assert bar.isHidden() and hand.desk.parts.time.span is None


def test_the_theme_changes_under_a_style(hand: Hand, panel):
    choose(panel.boxes["by"], "buildings")
    entries = legend(hand).entries
    hand.shortcut("view.theme")
    dark = legend(hand).entries
    assert [one.label for one in dark] == [one.label for one in entries]
    brightness = [[rgb(one.colour).sum() for one in shown] for shown in (dark, entries)]
    assert brightness[0][0] > brightness[0][-1]
    assert brightness[1][0] < brightness[1][-1]
    assert hand.desk.map.content.buildings is not None


def test_the_legend_on_the_map_says_how_many_are_of_a_class(hand: Hand, panel):
    choose(panel.boxes["by"], "buildings")
    shown, view = legend(hand), hand.desk.map
    hand.qtbot.waitUntil(lambda: bool(view.composed()) and bool(view.overlay.legend_box.rows))
    box, _tip = view.overlay.legend_box.rows[0]
    at = box.center().toPoint()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    assert QToolTip.text().endswith(f"Grids: {shown.entries[0].count:,}")
    assert view.overlay.legend_box.tip_at(QPoint(5, 5).toPointF()) == ""
    QToolTip.hideText()


def test_a_picture_of_exact_counts_is_on_record(hand: Hand, panel, tmp_path):
    assert legend(hand).personal
    save_picture(hand.desk, tmp_path / "a.png")
    hand.settled()
    (row,) = audit.last(hand.desk.store, 1)
    assert row["action"] == "take out by export"
    assert json.loads(row["detail"])["file"] == "png"
    choose(panel.boxes["by"], "buildings")
    hand.settled()
    before = audit.last(hand.desk.store, 1)
    save_picture(hand.desk, tmp_path / "b.png")
    hand.settled()
    assert audit.last(hand.desk.store, 1) == before
    assert (tmp_path / "a.png").exists() and (tmp_path / "b.png").exists()


def test_a_bookmark_keeps_the_style_and_the_day(hand: Hand, panel):
    choose(panel.boxes["by"], "incidents by day")
    legend(hand)
    hand.settled()
    hand.shortcut("time.before")
    before = legend(hand)
    kept = bookmark_of(hand.desk, "days")
    assert json.loads(json.dumps(kept.more)) == kept.more
    hand.shortcut("style.off")
    dress(hand.desk, kept)
    assert legend(hand) == before
    dress(hand.desk, bookmark_of(hand.desk, "the same"))
    # Workers go on walking meanwhile.
    keys = ("style", "style day", "times", "dress")
    assert not any(hand.desk.jobs.is_under_way(key) for key in keys)
    dress(hand.desk, replace(kept, more={"style": None}))
    assert legend(hand) is None
    hand.desk.parts.styles.apply(LayerStyle(by="buildings"))
    dress(hand.desk, replace(kept, more={"style": None}))
    assert legend(hand) is None
    dress(hand.desk, replace(kept, more={"style": {"style": {"by": "moonshine"}}}))
    assert "not known" in hand.desk.messages.label.text()


def test_no_exact_counts_hang_on_a_wall(hand: Hand, panel):
    assert legend(hand).personal
    hand.shortcut("view.wall")
    assert legend(hand) is None
    hand.desk.parts.styles.apply(LayerStyle())
    assert legend(hand) is None
    hand.desk.parts.styles.apply(LayerStyle(by="buildings"))
    assert legend(hand).title == "Buildings"
    hand.shortcut("view.wall")


def test_a_sheet_says_the_classes_and_leaves_as_what_it_shows(hand: Hand, panel):
    maker = SheetMaker(hand.desk.map, hand.desk.store)
    wish = SheetWish(SheetForm(), "Residents", hand.desk.map.viewpoint, 10_000.0)
    shown = legend(hand)
    said = maker.legend(wish)
    assert [one.colour for one in said[1:6]] == [one.colour for one in shown.entries]
    assert "Residents per hectare" in said[0].text
    assert not {"Office building", "Park"} & {one.text for one in said}
    assert maker.printout(wish, Path("a.pdf"), None).is_personal
    hand.shortcut("style.off")
    assert not maker.printout(wish, Path("a.pdf"), None).is_personal
    assert any("building" in one.text for one in maker.legend(wish))


def test_a_day_without_incidents_is_nought_everywhere(plain: Plain):
    styled = plain.wear(by="incidents by day")
    days = styled.figures.days
    every = {days[0] + timedelta(days=step) for step in range((days[-1] - days[0]).days)}
    quiet = min(every - set(days), default=date.min)
    if quiet == date.min:
        pytest.skip("there is an incident every day")
    drawing = styled_map.draw(styled, "light", plain.store.district.origin, day_span(quiet))
    assert set(drawing.classes.of.tolist()) == {0}


def test_an_exported_style_gets_its_suffix(hand: Hand, tmp_path, monkeypatch):
    chosen = (str(tmp_path / "mine"), "JSON (*.json)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any: chosen)
    style_keeping.export(hand.desk, "mine", LayerStyle())
    hand.settled()
    assert saved_styles.read(tmp_path / "mine.json") == LayerStyle()


# ------------------------------------------------------------------ points


def looks(plain: Plain, noun: str) -> dict[str, tuple[str, float]]:
    layer = plain.view.overlay.points[noun]
    faces = [(one.colour, one.scale) for one in layer.looks]
    return dict(zip(layer.ids.tolist(), [faces[at] for at in layer.look.tolist()], strict=True))


def test_points_take_the_colours_and_sizes_of_their_classes(plain: Plain):
    plain.loader._layers.show_only(["incident", "road"])
    before = plain.view.overlay.points["incident"]
    styled = plain.wear(noun="incident", by="status", size_by="severity")
    shown, legend = looks(plain, "incident"), plain.view.overlay.legend
    status = dict(zip(styled.figures.ids.tolist(), styled.figures.values.tolist(), strict=True))
    severity = dict(zip(styled.sizes.ids.tolist(), styled.sizes.values.tolist(), strict=True))
    colours = {one.label: one.colour for one in legend.entries}
    discs = {one.label: one.disc for one in legend.sizes.entries}
    assert len(set(discs.values())) == len(set(severity.values())) > 1
    for key, (colour, scale) in shown.items():
        assert colour == colours[status[key]]
        assert scale == discs[f"{severity[key]:.0f}"]
    assert sum(one.count for one in legend.entries) == len(shown)
    assert plain.share(colours[max(colours, key=list(status.values()).count)]) > 0.0005
    styled_map.take_off(plain.view, plain.loader)
    after = plain.view.overlay.points["incident"]
    assert after.looks == before.looks and not after.is_styled


def test_one_field_gives_colour_and_size_together(plain: Plain):
    plain.loader._layers.show_only(["sensor"])
    plain.wear(noun="sensor", by="bound", size_by="bound", palette="YlOrBr", classes=4)
    legend = plain.view.overlay.legend
    assert legend.sizes is None
    discs = [one.disc for one in legend.entries if one.is_word is False]
    assert discs == sorted(discs, reverse=True) and discs[0] > discs[-1]
    assert set(looks(plain, "sensor").values()) <= {
        (one.colour, one.disc) for one in legend.entries
    }


def test_a_styled_dot_map_is_seen_from_afar_and_on_a_sheet(plain: Plain):
    plain.loader._layers.show_only(["component", "building", "land_use"])
    view = plain.view.viewpoint
    plain.view.look(replace(view, distance=view.distance * 2))
    plain.wear(noun="component", by="kind")
    legend = plain.view.overlay.legend
    assert sum(plain.share(one.colour) for one in legend.entries) > 0.001
    said = legend_of(
        *(plain.view.content, plain.view.overlay.visible, plain.view.overlay.style),
        *((-1e9, -1e9, 1e9, 1e9), plain.store.district.origin, 1.0, legend),
    )
    texts = [one.text for one in said]
    assert texts[: len(legend.entries) + 1][1:] == [one.label for one in legend.entries]
    assert "Components" not in texts and any("building" in one for one in texts)


def test_a_cluster_of_styled_points_is_of_no_class():
    xy = np.random.default_rng(1).uniform(0, 100, (20, 2))
    ids = np.array([f"c{at}" for at in range(20)], object)
    layer = PointLayer("component", ids, ids, xy, (Look("lamp"),), np.zeros(20, int), Clusters(xy))
    style = checked_style({"noun": "component"})
    shown = Figures(ids, np.array(["lamp"] * 19 + [None], object), np.zeros(20, bool))
    scale = scale_of(style, shown)
    dress, legend = dress_of(style, shown, classed(style, shown, scale, "light"), None, "light")
    dressed = dress(layer)
    assert dressed.is_styled and dressed.clusters is layer.clusters
    assert CLUSTER_COLOUR not in {one.colour for one in legend.entries}
    assert {one.colour for one in dressed.looks} == {one.colour for one in legend.entries}
    few = dress(layer.some(np.arange(20) >= 18))
    assert [few.looks[at].colour for at in few.look] == [
        legend.entries[0].colour,
        EMPTY_COLOUR["light"],
    ]


def test_points_are_styled_in_the_panel_by_keys(hand: Hand, panel):
    choose(panel.boxes["noun"], "incident")
    shown = legend(hand)
    assert (shown.noun, shown.title) == ("incident", "Status")
    assert hand.desk.layers.is_visible("incident")
    assert hand.desk.map.overlay.points["incident"].is_styled
    choose(panel.boxes["size_by"], "severity")
    assert legend(hand).sizes.title == "Severity"
    assert panel.legend.count() == len(legend(hand).entries) + len(legend(hand).sizes.entries)
    choose(panel.boxes["by"], "days open")
    assert panel.style_shown.kind == "graduated" and panel.style_shown.palette == "YlGnBu"
    assert legend(hand).title == "Days open"
    hand.desk.layers.set_visible("incident", visible=False)
    assert legend(hand) is None
    hand.desk.layers.set_visible("incident", visible=True)
    assert legend(hand).noun == "incident"
    choose(panel.boxes["noun"], "grid")
    hand.settled()
    assert not hand.desk.map.overlay.points["incident"].is_styled
    assert panel.style_shown.size_by == ""


def test_readings_of_sensors_follow_the_bar_of_time(hand: Hand, panel):
    desk = hand.desk
    desk.parts.styles.apply(checked_style({"noun": "sensor", "by": "bound by day"}))
    assert legend(hand).span.days == 1
    hand.settled()
    assert desk.parts.time.bar.isVisible()
    assert desk.map.overlay.points["sensor"].is_styled
    desk.parts.time.open(span_of("2001-01-01"))
    assert legend(hand).span == span_of("2001-01-01")
    assert [one.label for one in legend(hand).entries if one.count] == ["no figure"]
    hand.settled()
    assert len(desk.map.overlay.points["sensor"].ids) == 0
