"""A map without a window, in a style: what its pixels are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PyQt6.QtGui import QImage

from mapdesk.app import styled_map
from mapdesk.app.jobs import InlineJobs
from mapdesk.app.map_loader import MapLoader
from mapdesk.layers.layer_style import checked_style
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style, rgb
from mapdesk.model.access import Access
from mapdesk.model.spans import Span
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts
from mapdesk.store.database import Store

ANALYST = Access("ann", "analyst", "plan of a school")


@dataclass
class Plain:
    """A map without a window."""

    view: MapView
    loader: MapLoader
    store: Store

    def wear(self, **words: object) -> styled_map.Styled:
        style = checked_style(words)
        styled = styled_map.read(self.store, ANALYST, style, self.store.district.origin)
        theme = self.view.overlay.style.theme
        drawing = styled_map.draw(styled, theme, self.store.district.origin)
        styled_map.show(self.view, self.loader, styled, drawing)
        return styled

    def wear_days(self, styled: styled_map.Styled, span: Span, before: Span | None = None) -> None:
        """Show a style at a time, or at two either side of a line in the middle."""
        gone = self.view.content.gone_of("grid")
        given = "light", self.store.district.origin, span, self.view.content.buildings
        drawing = styled_map.draw(styled, *given, before=before, gone=gone)
        styled_map.show(self.view, self.loader, styled, drawing)

    def pixels(self) -> np.ndarray:
        self.view.overlay.legend, kept = None, self.view.overlay.legend
        self.view.look(self.view.viewpoint)
        image = self.view.composed().convertToFormat(QImage.Format.Format_RGB32)
        self.view.overlay.legend = kept
        bits = image.constBits()
        bits.setsize(image.sizeInBytes())
        flat = np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)
        return flat[:, :, 2::-1].copy()

    def share(self, colour: str, slack: int = 2) -> float:
        near = np.abs(self.pixels().astype(int) - rgb(colour).astype(int)) <= slack
        return float(near.all(axis=2).mean())


@contextmanager
def plain_map(town_folder: Path) -> Iterator[Plain]:
    """Load a district and look at all of it from above; an application is there."""
    layers = LayerList()
    layers.show_only(["grid", "building", "land_use"])
    style = map_style("light")
    with districts.open_district(town_folder) as store:
        view = MapView(ImmediatePresenter(store.district.origin), style)
        view.resize(500, 400)
        loader = MapLoader(
            view, InlineJobs(), store, layers, style, on_first=nothing, on_all=nothing
        )
        loader.load()
        view.look_at_all(loader.bounds())
        view.look(Viewpoint(view.viewpoint.x, view.viewpoint.y, view.viewpoint.distance, 0, 89))
        yield Plain(view, loader, store)
        loader.close()
        view.close_presenter()
        view.deleteLater()


def nothing() -> None:
    return
