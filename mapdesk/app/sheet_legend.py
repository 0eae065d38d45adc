"""The legend of what a map shows within a rectangle: nothing stands in it that is not on the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QImage, QPainter

from mapdesk.analysis.extrude import Mesh
from mapdesk.app.png import png_of
from mapdesk.layers.layers import CLOSE_UP
from mapdesk.layers.legend import Legend, headings_of
from mapdesk.layers.points import Look
from mapdesk.layers.style import GRID_LOOKS, MapStyle
from mapdesk.model.language import tr
from mapdesk.model.legend import LegendEntry, Sign
from mapdesk.model.nouns import NOUNS, POINTS, ROAD_KINDS
from mapdesk.scene3d import symbols
from mapdesk.scene3d.content import MapContent
from mapdesk.scene3d.legend_box import paint_swatch

Rectangle = tuple[float, float, float, float]

LAND = {
    "park": "Park",
    "grass": "Grass",
    "forest": "Woodland",
    "hill": "Hill",
    "farmland": "Farmland",
    "water": "Water",
    "square": "Square",
    "parking": "Car park",
    "residential": "Residential land",
    "commercial": "Commercial land",
    "industrial": "Industrial land",
    "school": "School grounds",
    "hospital": "Hospital grounds",
    "public": "Public land",
}
RAILWAYS = {
    "rail": "Rail line",
    "service": "Rail line",
    "light_rail": "Light rail line",
    "subway": "Metro line",
    "tram": "Tram line",
}
BUILDINGS = {
    "residential": "Residential building",
    "commercial": "Commercial building",
    "office": "Office building",
    "school": "School building",
    "hospital": "Hospital building",
    "industrial": "Industrial building",
    "public": "Public building",
    "other": "Other building",
}
"""What kinds are called in a legend, in the order they stand there."""


RAIL_WIDTH = 2.2
"""Pixels of a railway's sign, as of borders of grids."""


def legend_of(
    content: MapContent,
    visible: Iterable[str],
    style: MapStyle,
    within: Rectangle,
    origin: tuple[float, float],
    metres_per_pixel: float,
    classes: Legend | None = None,
) -> tuple[LegendEntry, ...]:
    """Return the legend of what lies in a rectangle; any thread that may use pixmaps.

    Parameters
    ----------
    visible : iterable of str
        Nouns of the layers shown.
    within : tuple of float
        xmin, ymin, xmax, ymax; metres.
    origin : tuple of float
        What the meshes' coordinates count from.
    metres_per_pixel : float
        Of the map: symbols of some layers show up close only.
    classes : Legend, optional
        Of the style the map is shown in; all its classes stand on a sheet, which is read beside others.
    """
    shown = set(visible)
    local = (within[0] - origin[0], within[1] - origin[1])
    box = (*local, within[2] - origin[0], within[3] - origin[1])
    # Under a style buildings have not the colours of their use.
    by_use = "building" in shown and (classes is None or classes.noun in POINTS)
    # What the classes say is not said once more.
    symbols_of = shown - {classes.noun} if classes is not None else shown
    # What areas cover is not seen; water reaches beyond them.
    land = LAND if classes is None or not classes.covers else {"water": LAND["water"]}
    return (
        *_classes(classes, style),
        *_points(content, symbols_of, style, within, metres_per_pixel),
        *(_buildings(content, style, box) if by_use else ()),
        *(_grids(content, style, box) if "grid" in shown else ()),
        *(
            _ground(content, "road/", ROAD_KINDS, style.road, "line", box)
            if "road" in shown
            else ()
        ),
        *(
            _unedged(_ground(content, "railway/", RAILWAYS, style.railway, "line", box))
            if "railway" in shown
            else ()
        ),
        *(
            _ground(content, "land_use/", land, style.land_use, "area", box)
            if "land_use" in shown
            else ()
        ),
    )


def _points(
    content: MapContent,
    shown: set[str],
    style: MapStyle,
    within: Rectangle,
    metres_per_pixel: float,
) -> list[LegendEntry]:
    found = []
    for noun, layer in content.points.items():
        if noun not in shown or metres_per_pixel > CLOSE_UP.get(noun, np.inf) or not len(layer.xy):
            continue
        low, high = layer.xy >= within[:2], layer.xy <= within[2:]
        if (low & high).all(axis=1).any():
            png = png_of(symbols.symbol(Look(noun), style.symbol[noun], style.theme, 4.0).toImage())
            found.append(LegendEntry(tr(NOUNS[noun].title), sign="picture", png=png))
    return found


def _classes(classes: Legend | None, style: MapStyle) -> list[LegendEntry]:
    """Return what the colours of a style say, hatched where they are not shown."""
    if classes is None:
        return []
    found = [LegendEntry(one, sign="heading") for one in headings_of(classes)]
    for entry in classes.entries:
        text = tr(entry.label) if entry.is_word else entry.label
        if not (entry.hatched or entry.disc):
            found.append(LegendEntry(text, entry.colour))
            continue
        image = QImage(96, 112 if entry.disc else 60, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.scale(4, 4)
        paint_swatch(painter, QRectF(0, 0, 24, image.height() / 4), entry, style.plain["label"])
        painter.end()
        found.append(LegendEntry(text, sign="picture", png=png_of(image)))
    return found + _classes(classes.sizes, style)


def _buildings(content: MapContent, style: MapStyle, box: Rectangle) -> list[LegendEntry]:
    if content.buildings is None:
        return []
    uses = content.buildings.features.columns["use"]
    seen: set[str] = set()
    for tile in content.buildings.tiles:
        if tile.whole is not None:
            here = tile.members[_owners_in(tile.whole.mesh(), box)]
            seen |= set(uses[here].astype(str).tolist())
    known = {use if use in BUILDINGS else "other" for use in seen}
    return _entries(known, BUILDINGS, style.building, "area")


def _grids(content: MapContent, style: MapStyle, box: Rectangle) -> list[LegendEntry]:
    found = []
    for lines, (look, width) in zip(content.grid_lines, GRID_LOOKS, strict=False):
        ends = lines.points[lines.pairs][..., :2]
        reaches = (ends.max(axis=1) >= box[:2]) & (ends.min(axis=1) <= box[2:])
        if reaches.all(axis=1).any():
            said = tr("Border of grids, level {level}", level=lines.level)
            found.append(LegendEntry(said, style.grid[look], "line", width=width))
    return found[::-1]


def _ground(
    content: MapContent,
    prefix: str,
    titles: Mapping[str, str],
    colours: Mapping[str, str],
    sign: Sign,
    box: Rectangle,
) -> list[LegendEntry]:
    seen: set[str] = set()
    for layer in content.ground:
        if layer.name.startswith(prefix) and len(layer.kinds):
            kinds = layer.kinds[_owners_in(layer.mesh, box)].astype(str)
            seen |= {kind.removesuffix("_tunnel") for kind in np.unique(kinds).tolist()}
    return _entries(seen, titles, colours, sign)


def _unedged(found: list[LegendEntry]) -> list[LegendEntry]:
    """Return entries of lines that have no edges, as streets have."""
    return [replace(one, width=RAIL_WIDTH) for one in found]


def _entries(
    seen: set[str], titles: Mapping[str, str], colours: Mapping[str, str], sign: Sign
) -> list[LegendEntry]:
    """Return an entry for each title; kinds of one title and colour share it."""
    found: dict[str, LegendEntry] = {}
    for kind, title in titles.items():
        if kind in seen:
            found.setdefault(title, LegendEntry(tr(title), colours[kind], sign))
    return list(found.values())


def _owners_in(mesh: Mesh, box: Rectangle) -> NDArray[np.int64]:
    """Return which owners of a mesh reach into a rectangle, by their own bounding boxes."""
    if not len(mesh.points):
        return np.empty(0, np.int64)
    count = int(mesh.owner.max()) + 1
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    xy = mesh.points[:, :2].astype(float)
    np.minimum.at(low, mesh.owner, xy)
    np.maximum.at(high, mesh.owner, xy)
    return np.flatnonzero(((high >= box[:2]) & (low <= box[2:])).all(axis=1))
