"""A grid from above, north up, for paper."""

from __future__ import annotations

from PyQt6.QtCore import QBuffer, QByteArray, QIODevice
from PyQt6.QtGui import QImage

from mapdesk.app.jobs import InlineJobs
from mapdesk.app.map_loader import MapLoader
from mapdesk.formats.grid_book import MapPicture
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.shapes import Area
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.scene3d.viewpoint import fit
from mapdesk.store import places
from mapdesk.store.database import Store

SIZE = (1000, 750)
"""Pixels: 200 to the inch on A4, where the map is 13 cm wide, and labels as large as the sheet's."""

LAYERS = ("land_use", "road", "grid", "building")


def picture_of_grid(store: Store, grid_id: str, size: tuple[int, int] = SIZE) -> MapPicture:
    """Draw a grid with its border; no display is needed, but an application is. GUI thread only.

    Raises
    ------
    NotFoundError
        No such grid.
    """
    area = Area.from_geometry(places.row(store, "grid", grid_id)["geometry"])
    layers = LayerList()
    layers.show_only(list(LAYERS))
    style = map_style("light")
    view = MapView(ImmediatePresenter(store.district.origin), style)
    try:
        view.resize(*size)
        loader = MapLoader(
            view, InlineJobs(), store, layers, style, on_first=_nothing, on_all=_nothing
        )
        loader.load()
        view.overlay.marks.shape = area
        view.overlay.furniture = False
        view.look(fit(area.bounds, size[0] / size[1], pitch=90.0))
        image = view.composed()
        metres = view.projection.metres_per_pixel * size[0]
        loader.close()
    finally:
        view.close_presenter()
    return MapPicture(_png(image), metres, "; ".join(places.attributions(store)))


def _png(image: QImage) -> bytes:
    written = QByteArray()
    buffer = QBuffer(written)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.convertToFormat(QImage.Format.Format_RGB32).save(buffer, "PNG")
    return written.data()


def _nothing() -> None:
    return
