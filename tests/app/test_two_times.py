"""Two times either side of a line: grids, what a style colours, and names are each of their side's time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from mapdesk.app import styled_map
from mapdesk.app.point_loader import Dress
from mapdesk.layers.layer_style import checked_style
from mapdesk.layers.legend import scale_of
from mapdesk.model.selection import Ref
from mapdesk.model.spans import Span, day_span, span_of
from mapdesk.scene3d import hovering
from mapdesk.scene3d.content import PointLayer
from mapdesk.scene3d.divider import DividerMark
from tests.app.conftest import Hand
from tests.app.plain_map import Plain


def halves(styled: styled_map.Styled) -> tuple[Span, Span]:
    """Return two spans as long as each other, with figures as different as may be."""
    days = styled.figures.days
    length = (days[-1] - days[0]).days // 2
    first, second = day_span(days[0]).start, day_span(days[-1]).end
    return Span(first, first + timedelta(days=length)), Span(
        second - timedelta(days=length), second
    )


def without_names(plain: Plain) -> None:
    plain.view.overlay.labels.shown = False
    view = plain.view.viewpoint
    plain.view.look(replace(view, bearing=20.0, pitch=50.0, distance=view.distance * 0.8))


def check_sides(both: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """The picture of two times is that of the left one left of its middle, and of the right one right of it."""
    middle = both.shape[1] // 2
    assert (left[:, :middle] != right[:, :middle]).any(axis=2).mean() > 0.0005
    assert (left[:, middle:] != right[:, middle:]).any(axis=2).mean() > 0.0005
    # At the line itself the edge is smoothed.
    west, east = np.s_[:, : middle - 2], np.s_[:, middle + 2 :]
    assert (both[west] == left[west]).all(axis=2).mean() > 0.9995
    assert (both[east] == right[east]).all(axis=2).mean() > 0.9995


@pytest.mark.parametrize(
    ("noun", "drawing"),
    [
        *(("grid", one) for one in ("choropleth", "outline", "wall", "columns")),
        ("building", "solid"),
    ],
)
def test_what_a_style_draws_is_of_its_side(plain: Plain, noun, drawing):
    without_names(plain)
    styled = plain.wear(noun=noun, by="incidents by day", drawing=drawing, palette="OrRd")
    first, second = halves(styled)
    alone = []
    for span in (first, second):
        plain.wear_days(styled, span)
        alone.append(plain.pixels())
    plain.wear_days(styled, second, before=first)
    check_sides(plain.pixels(), *alone)
    legend = plain.view.overlay.legend
    assert (legend.before, legend.span) == (first, second)
    assert sum(one.before for one in legend.entries) == len(styled.figures.ids)
    # Moved, it is only cut elsewhere; taken away, all is of one time.
    plain.view.change_scene(lambda scene: setattr(scene.sides, "line", 1.0))
    assert (plain.pixels()[:, :-2] == alone[0][:, :-2]).all(axis=2).mean() > 0.9995
    plain.wear_days(styled, second)
    assert (plain.pixels() == alone[1]).all()


def test_both_sides_have_the_same_classes(plain: Plain):
    styled = plain.wear(by="incidents by day")
    month, year = span_of("2026-05"), span_of("2026")
    given = "light", plain.store.district.origin
    drawing = styled_map.draw(styled, *given, year, before=month)
    assert drawing.classes.colours == drawing.before.classes.colours
    scale = scale_of(styled.style, styled.figures, month.days, year.days)
    assert styled.scale_for(month, year).labels == scale.labels
    assert set(scale.labels) <= {one.label for one in drawing.legend.entries}


@pytest.mark.parametrize("style", [None, {"by": "buildings", "drawing": "choropleth"}])
def test_grids_are_those_valid_on_their_side(plain: Plain, style):
    without_names(plain)
    keys = sorted({key for one in plain.view.content.grid_lines for key in one.ids.tolist()})
    early, late = frozenset(keys[::2]), frozenset(keys[1::2])
    styled = None if style is None else plain.wear(**style)
    alone = []
    for gone in (early, late):
        plain.loader.hide_grids(gone)
        if styled is not None:
            plain.wear_days(styled, span_of("2026"))
        alone.append(plain.pixels())
    plain.loader.hide_grids(late, before=early)
    if styled is not None:
        plain.wear_days(styled, span_of("2026"), before=span_of("2025"))
    check_sides(plain.pixels(), *alone)


def test_names_of_grids_stand_on_the_side_they_belong_to(plain: Plain):
    view = plain.view
    every = view.content.names.places
    keys = every.ids[every.nouns == "grid"].astype(str)
    east = view.shown.to_screen(every.xy[every.nouns == "grid"])[0][:, 0] > view.width() / 2
    of_east, of_west = frozenset(keys[east].tolist()), frozenset(keys[~east].tolist())

    def written() -> set[str]:
        view.refresh()
        view.composed()
        return {one.ref.id for one in view.overlay.labels.written if one.ref.noun == "grid"}

    view.overlay.divider = DividerMark(0.5, "then", "now")
    plain.loader.hide_grids(of_east, before=of_west)
    plain.loader.points.wear("time", lambda layer: layer, before=lambda layer: layer)
    assert not written()
    plain.loader.hide_grids(of_west, before=of_east)
    plain.loader.points.wear("time", lambda layer: layer, before=lambda layer: layer)
    assert written() & of_east and written() & of_west
    view.overlay.divider = None
    assert written() <= of_east


def test_pointing_names_the_grid_and_the_figure_of_its_side(plain: Plain):
    plain.loader._layers.show_only(["grid"])
    view = plain.view
    styled = plain.wear(by="incidents by day")
    first, second = halves(styled)
    early, late = (styled.figures.on(one) for one in (first, second))
    at = int(np.argmax(np.abs(early - late)))
    key, (x, y) = str(styled.figures.ids[at]), styled.shapes.middles[at]
    view.look(replace(view.viewpoint, x=x, y=y, pitch=60.0))
    title = view.content.names.places.titles("grid")[key]
    place = QPointF(view.width() / 2, view.height() / 2)
    plain.wear_days(styled, second, before=first)
    for part, figures in ((0.8, early), (0.2, late)):
        view.overlay.divider = DividerMark(part, "then", "now")
        assert hovering.tip(view, place, None) == f"{title} · Incidents by day: {figures[at]:.0f}"
        assert hovering.tip(view, place, (Ref("grid", key), "its name")).startswith("its name · ")
    # Left of the line the grid is not valid.
    plain.loader.hide_grids(frozenset(), before=frozenset([key]))
    plain.wear_days(styled, second, before=first)
    assert hovering.tip(view, place, None) and not hovering.gone_grids_at(view, x, y)
    view.overlay.divider = DividerMark(0.8, "then", "now")
    assert not hovering.tip(view, place, None) and hovering.gone_grids_at(view, x, y) == {key}


def test_points_have_the_colours_of_their_side(plain: Plain):
    plain.loader._layers.show_only(["sensor", "grid"])
    styled = plain.wear(noun="sensor", by="bound by day", palette="OrRd")
    first, second = halves(styled)
    looks = []
    for span in (first, second):
        plain.wear_days(styled, span)
        looks.append(faces(plain.view.overlay.points["sensor"]))
    plain.wear_days(styled, second, before=first)
    assert plain.view.overlay.before is None  # as long as there is no line
    plain.loader.points.wear("time", lambda layer: layer, before=lambda layer: layer)
    overlay = plain.view.overlay
    assert [faces(one["sensor"]) for one in (overlay.before, overlay.points)] == looks
    assert looks[0] != looks[1]


def faces(layer: PointLayer) -> list[str]:
    return [layer.looks[at].colour for at in layer.look.tolist()]


def test_names_of_points_stand_on_the_side_they_belong_to(plain: Plain):
    plain.loader._layers.show_only(["organisation"])
    view, points = plain.view, plain.loader.points
    ids = view.content.points["organisation"].ids.astype(str)
    early, late, always = (ids[start::3] for start in range(3))

    def only(*kept: np.ndarray) -> Dress:
        chosen = np.concatenate(kept)
        return lambda layer: layer.some(np.isin(layer.ids.astype(str), chosen))

    view.overlay.divider = DividerMark(0.5, "then", "now")
    points.wear("time", only(late, always), before=only(early, always))
    every = view.overlay.labels._places
    of_points = every.nouns == "organisation"
    side = dict(zip(every.ids[of_points], every.side[of_points].tolist(), strict=True))
    for some, wanted in ((early, -1), (late, 1), (always, 0)):
        assert {side[key] for key in some if key in side} == {wanted}
    points.wear("time", only(late, always))
    every = view.overlay.labels._places
    assert not every.side.any() and not set(every.ids) & set(early)


def test_a_window_follows_on_both_sides(hand: Hand, monkeypatch):
    desk, overlay = hand.desk, hand.desk.map.overlay
    styles, time = desk.parts.styles, desk.parts.time
    styles.apply(checked_style({"by": "incidents by day", "drawing": "columns"}))
    hand.settled()
    first = time.span
    hand.shortcut("time.compare")
    hand.shortcut("time.before")
    hand.settled()
    assert (overlay.legend.before, overlay.legend.span) == (first, time.span) and first != time.span
    assert first.start > time.span.start
    # Another style goes on at both times.
    styles.apply(checked_style({"by": "incidents by day"}))
    hand.settled()
    assert overlay.legend.before == first and overlay.divider is not None
    drawn: list[object] = []

    def note(*given, **_more):
        drawn.append(given)

    monkeypatch.setattr(styled_map, "draw", note)
    time.handle.setFocus()
    for _step in range(3):
        QTest.keyClick(time.handle, Qt.Key.Key_Right)
    hand.settled()
    monkeypatch.undo()
    assert not drawn and overlay.divider.part == pytest.approx(0.53)
    QTest.keyClick(time.handle, Qt.Key.Key_Escape)
    hand.settled()
    assert overlay.legend.before is None and overlay.legend.span == time.span
