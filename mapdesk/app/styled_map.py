"""A style on a map: read off the GUI thread, drawn for one span of time, and taken off again."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mapdesk.analysis.extrude import Mesh
from mapdesk.app.building_colours import Paint
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.styled_buildings import StyledPaint
from mapdesk.app.styled_points import PointDress, dress_of
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.layers.legend import (
    Classed,
    Figures,
    Legend,
    Scale,
    beside,
    classed,
    scale_of,
)
from mapdesk.layers.style import rgb
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.spans import Span
from mapdesk.scene3d.content import NONE_GONE, Gone
from mapdesk.scene3d.hovering import ShownFigures
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.scene import Scene
from mapdesk.scene3d.sides import Side
from mapdesk.services import outgoing, style_shapes, styling
from mapdesk.services.city import Buildings
from mapdesk.services.results import admit
from mapdesk.services.style_shapes import GridShapes
from mapdesk.store.database import Store

Colours = NDArray[np.uint8]

RIGHT = ("grid/style/areas", "grid/style/hatching", "grid/style/solid")
LEFT = tuple(f"{name}/left" for name in RIGHT)
NAMES = (*RIGHT, *LEFT)
"""What a style adds to the scene; the layer of grids shows and hides it."""
HATCHING = {"light": "#6a6f75", "dark": "#a6adb5"}
OVER_IMAGERY = 0.62
"""Opacity of areas over pictures of the ground, which are shown to be seen."""


@dataclass(frozen=True)
class Styled:
    """A style with its figures: what is the same for every span and theme.

    Parameters
    ----------
    shapes : GridShapes or None
        Of a style of grids.
    building_ids : ndarray of str
    building_grids : ndarray of int
        Position of each building's grid; -1 for none.
    purpose : str
        What its figures were asked for.
    sizes : Figures or None
        Of points, what their symbols are as large as.
    """

    style: LayerStyle
    figures: Figures
    scale: Scale
    shapes: GridShapes | None
    building_ids: NDArray[Any]
    building_grids: NDArray[np.int64]
    purpose: str = ""
    sizes: Figures | None = None

    def scale_for(self, *spans: Span) -> Scale:
        """Return the classes for all spans as long as one of these; days of a span are counted together."""
        lengths = sorted({one.days for one in spans})
        if lengths in ([], [1]) or not self.figures.days:
            return self.scale
        return scale_of(self.style, self.figures, *lengths)


@dataclass(frozen=True)
class Drawing:
    """A style drawn for one span and theme.

    Parameters
    ----------
    paint : callable or None
        Gives the colours (n, 3) of buildings; at once for those it was drawn with. None leaves them be.
    dress : PointDress or None
        Of a style of points.
    before : Drawing or None
        What is left of the line between two times, in the same classes; this one is right of it.
    """

    legend: Legend
    classes: Classed
    flat: tuple[Mesh, Colours] | None
    hatching: tuple[NDArray[np.float32], NDArray[np.int64]]
    solid: tuple[Mesh, Colours] | None
    paint: Paint | None
    theme: str
    dress: PointDress | None = None
    before: Drawing | None = None


@dataclass(frozen=True)
class Wanted:
    """A style wanted on a picture.

    Parameters
    ----------
    title : str
        What it is called, for the record.
    access : Access
        Who asks, and why.
    span : Span or None
        Days of the figures; the last there is by default.
    before : Span or None
        Other days, left of a line.
    """

    title: str
    style: LayerStyle
    access: Access
    span: Span | None = None
    before: Span | None = None

    @property
    def is_by_day(self) -> bool:
        """Whether there is a figure for each day."""
        return self.style.measure is not None and self.style.measure.by_day


def read(
    store: Store,
    access: Access,
    style: LayerStyle,
    origin: tuple[float, float],
    known: Figures | None = None,
) -> Styled:
    """Read what a style shows; not on the GUI thread.

    Parameters
    ----------
    known : Figures, optional
        Figures of this style's measure, read before.

    Raises
    ------
    PurposeError, RightsError, InputError
        See `styling.figures`.
    """
    figures = styling.figures(store, access, style) if known is None else known
    scale = scale_of(style, figures)
    none = np.empty(0, np.int64)
    if style.of_points:
        sizes = styling.sizes(store, style)
        return Styled(style, figures, scale, None, figures.ids, none, access.purpose, sizes)
    if style.noun == "building":
        return Styled(style, figures, scale, None, figures.ids, none, access.purpose)
    shapes = style_shapes.shapes(store, style, origin)
    ids, grids = style_shapes.grids_of_buildings(store, shapes)
    return Styled(style, figures, scale, shapes, ids, grids, access.purpose)


def draw(
    styled: Styled,
    theme: str,
    origin: tuple[float, float],
    span: Span | None = None,
    buildings: Buildings | None = None,
    *,
    before: Span | None = None,
    gone: Gone = NONE_GONE,
) -> Drawing:
    """Make what the scene needs of a style for some days, the last by default; any thread.

    Parameters
    ----------
    before : Span, optional
        Days that it is drawn for left of the line between two times.
    gone : Gone
        Ids of grids that are not valid.
    """
    scale = styled.scale_for(*(one for one in (before, span) if one is not None))
    left, right = gone
    drawing = _drawn(styled, scale, theme, origin, span, buildings, right)
    if before is None or (not styled.figures.days and left == right):
        return drawing
    other = _drawn(styled, scale, theme, origin, before, buildings, left)
    return replace(drawing, before=other, legend=beside(other.legend, drawing.legend))


def _drawn(
    styled: Styled,
    scale: Scale,
    theme: str,
    origin: tuple[float, float],
    span: Span | None,
    buildings: Buildings | None,
    gone: frozenset[str],
) -> Drawing:
    made = classed(styled.style, styled.figures, scale, theme, span, gone)
    nothing = np.empty((0, 3), np.float32), np.empty((0, 2), np.int64)
    if styled.style.of_points:
        dress, legend = dress_of(styled.style, styled.figures, made, styled.sizes, theme)
        return Drawing(legend, made, None, nothing, None, None, theme, dress)
    shapes, paint = styled.shapes, StyledPaint(styled, made, theme, buildings)
    if shapes is None:
        return Drawing(made.legend, made, None, nothing, None, paint, theme)
    colours, there = made.rgb(theme), ~made.gone
    flat = None if shapes.flat is None else (shapes.flat.of(there), colours)
    solid = None if shapes.solid is None else (shapes.solid.of(there), colours)
    if styled.style.drawing == "columns":
        values = np.where(made.of < 0, np.nan, styled.figures.on(span))
        solid = shapes.columns(values, float(scale.bounds[-1:].sum()), origin), colours
    hatching = shapes.hatching(made.hidden, origin)
    return Drawing(made.legend, made, flat, hatching, solid, paint, theme)


def show(view: MapView, loader: MapLoader, styled: Styled, drawing: Drawing) -> None:
    """Put a drawing on the map, in place of the one before; GUI thread."""
    under = sum(layer.name.startswith("land_use") for layer in view.content.ground) + 0.5
    visible = "grid" in view.overlay.visible
    line = rgb(HATCHING[drawing.theme])
    opacity = OVER_IMAGERY if view.overlay.imagery else 1.0
    hides_plain = styled.style.noun == "grid" and not visible
    lines = _plain_lines(view)
    # Plain outlines would lie over coloured ones.
    is_rim = styled.style.drawing in ("outline", "wall")
    loader.with_outlines = not is_rim
    left = drawing.before
    sides = _sides(drawing)

    def change(scene: Scene) -> None:
        for name in NAMES:
            scene.remove(name)
        for (areas, hatched, raised), one, side in sides:
            if one.flat is not None:
                scene.set_flat(areas, under, *one.flat, side=side)
                scene.see_through(areas, opacity)
            scene.set_lines(hatched, under + 0.1, *one.hatching, line, 1.2, side)
            if one.solid is not None:
                # Wherever one looks at it, it is as high above the ground as its value says.
                scene.set_solid(raised, *one.solid, stands="points", side=side)
        for plain in lines:
            scene.set_visible(plain, not is_rim)
        if not visible:
            scene.set_visible("grid", False)

    paints = drawing.paint, None if left is None else left.paint
    loader.paint_buildings(*((None, None) if hides_plain else paints))
    loader.points.wear("style", drawing.dress, before=None if left is None else left.dress)
    other = drawing if left is None else left
    areas = None if styled.shapes is None or is_rim else styled.shapes.areas
    view.content.figures = ShownFigures(
        styled.style.noun, styled.figures.ids, other.classes, drawing.classes, areas
    )
    view.overlay.legend = drawing.legend if styled.style.noun in view.overlay.visible else None
    view.change_scene(change)


def _sides(drawing: Drawing) -> list[tuple[tuple[str, ...], Drawing, Side]]:
    """Return what is drawn either side of a line between two times, or everywhere, and by what names."""
    if drawing.before is None:
        return [(RIGHT, drawing, 0)]
    return [(LEFT, drawing.before, -1), (RIGHT, drawing, 1)]


def parcel_of(title: str, style: LayerStyle) -> Parcel:
    """Return what leaves the desk with a picture of a style that shows exact counts of people."""
    return Parcel("export", f"map: {title_of(title, style)}", "png", personal=True)


def title_of(title: str, style: LayerStyle) -> str:
    """Return what a picture in a style is of, for the record: "grids by people: Elders"."""
    by = style.by.replace("–", "-")
    return f"{style.noun}s by {by}: {title}" if title else f"{style.noun}s by {by}"


def shows_people(wanted: Wanted | None) -> bool:
    """Say whether a picture in a style would show exact counts of people."""
    measure = None if wanted is None else wanted.style.measure
    is_of_people = measure is not None and measure.of_people
    return is_of_people and wanted is not None and wanted.access.may(Right.PEOPLE)


def wear(view: MapView, loader: MapLoader, store: Store, wanted: Wanted) -> None:
    """Show a style at once, on a map without a window whose picture is taken out.

    Raises
    ------
    RightsError, PurposeError
        It shows exact counts of people, and the user may not take any out: then none are read.
    InputError
        Days outside those of the style.
    WorldError
        See `read`.
    """
    if shows_people(wanted):
        admit(wanted.access, personal=True)
    origin = store.district.origin
    styled = read(store, wanted.access, wanted.style, origin)
    check_spans(styled.figures, wanted)

    def draw_it() -> None:
        theme, buildings = view.overlay.style.theme, view.content.buildings
        drawing = draw(
            *(styled, theme, origin, wanted.span, buildings),
            before=wanted.before,
            gone=view.content.gone_of("grid"),
        )
        show(view, loader, styled, drawing)

    # Ground that is drawn later would lie over the style; grids that come or go change it.
    loader.drawn.connect(draw_it)
    loader.regridded.connect(draw_it)
    draw_it()


def leaving(store: Store, wanted: Wanted | None) -> AbstractContextManager[object]:
    """Let a picture in a style out, by the door out where it shows exact counts of people."""
    if wanted is None or not shows_people(wanted):
        return nullcontext()
    return outgoing.leaving(store, wanted.access, parcel_of(wanted.title, wanted.style))


def check_spans(figures: Figures, wanted: Wanted) -> None:
    """Raise InputError where there are figures by day, and none of the days wanted."""
    if not figures.days:
        return
    first, last = figures.days[0], figures.days[-1]
    for span in (wanted.before, wanted.span):
        if span is not None and (span.last_day < first or span.first_day > last):
            raise InputError(f"There are figures from {first} to {last}, none of {span.first_day}.")


def take_off(view: MapView, loader: MapLoader) -> None:
    """Show the map without a style; GUI thread."""
    lines = _plain_lines(view)
    visible = "grid" in view.overlay.visible

    def change(scene: Scene) -> None:
        for name in NAMES:
            scene.remove(name)
        for plain in lines:
            scene.set_visible(plain, visible)

    loader.with_outlines = True
    loader.paint_buildings(None)
    loader.points.wear("style", None)
    view.overlay.legend = view.content.figures = None
    view.change_scene(change)


def _plain_lines(view: MapView) -> list[str]:
    """Return what the scene calls the outlines of grids, level by level."""
    return [f"grid/{one.level}" for one in view.content.grid_lines]
