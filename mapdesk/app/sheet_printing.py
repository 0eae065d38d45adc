"""Printing a map: the frame is drawn tile by tile, the sheet written on a thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QDate, QLocale, QObject, pyqtSignal
from PyQt6.QtGui import QImage

from mapdesk.app.frame_drawing import (
    FrameDrawing,
    overlay_for_paper,
    paint_outlines,
    paint_overlay,
    printout_of,
)
from mapdesk.app.jobs import Fail, Progress, Runner
from mapdesk.app.png import png_of
from mapdesk.app.pointing import Floors
from mapdesk.app.sheet_legend import Rectangle, legend_of
from mapdesk.app.sheet_page import mark_across, sheet_image
from mapdesk.formats import sheet_layout
from mapdesk.formats.map_sheet import MapSheet, write_pdf
from mapdesk.formats.sheet_layout import SheetForm, arranged, with_what_is_there
from mapdesk.formats.watermark import Watermark
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.legend import LegendEntry
from mapdesk.model.selection import Ref
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.frame import Frame
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.overlay import Overlay
from mapdesk.scene3d.plan import plan_of
from mapdesk.scene3d.viewpoint import Projection, Viewpoint
from mapdesk.services import outgoing, printing
from mapdesk.services.printing import Printout
from mapdesk.store.database import Store

SIGNS_PER_INCH = 120
"""Pixels of symbols and labels to an inch of paper: letters of 13 pixels are then 7.8 points high."""

_USUAL_LINES = 12
"""Lines a legend is taken to have while it is not known."""


Standing = tuple[Footprints | None, Footprints | None]


@dataclass(frozen=True)
class SheetWish:
    """What is to be printed.

    Parameters
    ----------
    form : SheetForm
    title : str
    viewpoint : Viewpoint
        What is in the middle; in an oblique view, from where.
    scale : float or None
        n of 1:n of a plan; None for the view as it stands on the map.
    marks : bool
        With the selection and what a card points out.
    """

    form: SheetForm
    title: str
    viewpoint: Viewpoint
    scale: float | None
    marks: bool = False


def fitted(wish: SheetWish, access: Access) -> SheetWish:
    """Return a wish whose sheet keeps no place for what there is nothing to say of."""
    return replace(wish, form=with_what_is_there(wish.form, access.purpose, wish.scale))


def frame_of(wish: SheetWish, lines: int, density: float | None = None) -> Frame:
    """Return the picture a sheet needs.

    Parameters
    ----------
    lines : int
        How many lines the legend has.
    density : float, optional
        Dots an inch, by default `DENSITY`.
    """
    density = sheet_layout.DENSITY if density is None else density
    box = arranged(wish.form, lines)["map"]
    width, height = (max(round(side / 25.4 * density), 8) for side in (box.width, box.height))
    ratio = density / SIGNS_PER_INCH
    if wish.scale is None:
        return Frame(wish.viewpoint, width, height, ratio)
    view = wish.viewpoint
    metres = wish.scale * 0.0254 / density
    return Frame(
        plan_of(view.x, view.y, metres, height, view.bearing), width, height, ratio, plan=True
    )


def reach_of(projection: Projection) -> Rectangle:
    """Return what of the ground a picture shows (metres); without end where it shows the horizon."""
    corners = [(x, y) for x in (0.0, projection.width) for y in (0.0, projection.height)]
    places = [projection.to_ground(*corner) for corner in corners]
    if None in places:
        return (-np.inf, -np.inf, np.inf, np.inf)
    xy = np.array(places, float)
    return (*xy.min(axis=0).tolist(), *xy.max(axis=0).tolist())


def today() -> str:
    """Return today as the user writes it."""
    return QLocale().toString(QDate.currentDate(), QLocale.FormatType.LongFormat)


class SheetMaker:
    """Makes sheets of what one map shows.

    Parameters
    ----------
    view : MapView
        Loaded; its layers, theme and marks are what is printed.
    """

    def __init__(self, view: MapView, store: Store) -> None:
        self._view, self._store = view, store

    def frame(self, wish: SheetWish, lines: int, density: float | None = None) -> Frame:
        """Return the picture of the map for a sheet; see `frame_of`. It stands on what the map does."""
        return replace(frame_of(wish, lines, density), terrain=self._view.terrain)

    def legend(self, wish: SheetWish) -> tuple[LegendEntry, ...]:
        """Return the legend of what a sheet shows."""
        view = self._view
        projection = self.frame(wish, _USUAL_LINES).projection
        return legend_of(
            view.content,
            view.overlay.visible,
            view.overlay.style,
            reach_of(projection),
            self._store.district.origin,
            projection.metres_per_pixel,
            view.overlay.legend,
        )

    def sheet(self, wish: SheetWish, legend: tuple[LegendEntry, ...], access: Access) -> MapSheet:
        """Return all that stands on a sheet."""
        sources = "  ·  ".join(self._view.overlay.sources)
        return MapSheet(
            wish.form,
            wish.title,
            access.purpose,
            today(),
            wish.scale,
            wish.viewpoint.bearing,
            sources,
            legend,
        )

    def overlay(self, wish: SheetWish) -> Overlay:
        """Return what is painted over a sheet's map, as it is now; GUI thread."""
        return overlay_for_paper(self._view.overlay, marks=wish.marks)

    def standing(self) -> Standing:
        """Return the buildings left of a line between two times, and right of it; GUI thread."""
        content = self._view.content
        return content.standing(None, before=True), content.standing(None)

    def painted(
        self, picture: QImage, overlay: Overlay, standing: Standing, frame: Frame
    ) -> QImage:
        """Paint symbols and labels over the picture of a frame; any thread."""
        width, line = frame.projection.width, overlay.line_of(frame.projection) or 0.0
        for footprints, within in zip(standing, ((0.0, line), (line, width)), strict=True):
            if footprints is not None and "building" in overlay.visible:
                paint_outlines(picture, footprints.picker.outlines, frame, within)
        paint_overlay(picture, overlay, frame)
        return picture

    def printout(self, wish: SheetWish, path: Path, focus: Ref | None) -> Printout:
        """Return what leaves with a sheet; a home that is lit up is on it, with marks or without."""
        kind = path.suffix.lower().removeprefix(".")
        return printout_of(self._view.overlay, wish.title, kind, focus)


class SheetPrinting(QObject):
    """Prints one sheet; GUI thread only.

    Signals
    -------
    progressed(float)
        That part is done.
    """

    progressed = pyqtSignal(float)

    def __init__(
        self,
        view: MapView,
        store: Store,
        access: Access,
        runner: Runner,
        then: Callable[[Path], None],
        fail: Fail,
    ) -> None:
        super().__init__()
        self._view, self._store, self._access = view, store, access
        self._runner, self._then, self._fail = runner, then, fail
        self._maker = SheetMaker(view, store)
        self._drawing: FrameDrawing | None = None
        self._shown: list[Printout] = []
        self._home: Floors = ()

    def begin(self, wish: SheetWish, path: Path, focus: Ref | None = None) -> None:
        """Begin to print to a file, by its suffix; `fail` is called where it may not or cannot be.

        Parameters
        ----------
        focus : Ref, optional
            What the map's marks point at.
        """
        wish = fitted(wish, self._access)
        printout = self._maker.printout(wish, path, focus)
        self._shown, self._home = [printout], self._view.overlay.marks.home
        overlay = self._maker.overlay(wish)
        try:
            outgoing.check_suffix(path, printing.SUFFIXES)
            printing.check(self._access, printout)
        except WorldError as error:
            self._fail(error)
            return

        def work(_progress: Progress) -> tuple[LegendEntry, ...]:
            return self._maker.legend(wish) if "legend" in wish.form.elements else ()

        draw = partial(self._draw, wish, path, focus, overlay)
        self._runner.run("print", work, draw, self._fail)

    def stop(self) -> None:
        """Print no more; a file is whole or not there."""
        self._runner.cancel("print")
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None

    def _draw(
        self,
        wish: SheetWish,
        path: Path,
        focus: Ref | None,
        overlay: Overlay,
        legend: tuple[LegendEntry, ...],
    ) -> None:
        frame = self._maker.frame(wish, len(legend))
        write = partial(self._write, wish, path, overlay, legend, frame)
        note = partial(self._note_people, wish, path, focus)
        note()
        self._drawing = FrameDrawing(self._view, frame, write)
        self._drawing.progressed.connect(partial(self._on_tile, note))
        self._drawing.begin()

    def _on_tile(self, note: Callable[[], None], part: float) -> None:
        note()
        self.progressed.emit(part * 0.8)

    def _note_people(self, wish: SheetWish, path: Path, focus: Ref | None) -> None:
        """Take note of who came onto the map since: they are on the tiles from now on."""
        same = self._view.overlay.marks.home == self._home
        now = self._maker.printout(wish, path, focus if same else None)
        if now.is_personal and now not in self._shown:
            self._shown.append(now)

    def _write(
        self,
        wish: SheetWish,
        path: Path,
        overlay: Overlay,
        legend: tuple[LegendEntry, ...],
        frame: Frame,
        picture: QImage,
    ) -> None:
        maker, store, access = self._maker, self._store, self._access
        of_people = [one for one in self._shown if one.is_personal]
        printouts = of_people or self._shown
        try:
            printing.check(access, printouts[-1])
        except WorldError as error:
            self._fail(error)
            return
        sheet, standing = maker.sheet(wish, legend, access), maker.standing()

        def work(progress: Progress) -> Path:
            progress("Writing the sheet", 0.85)
            maker.painted(picture, overlay, standing, frame)
            with ExitStack() as doors:
                for one in printouts:
                    mark = doors.enter_context(printing.leaving(store, access, one))
                if of_people or "watermark" in wish.form.elements:
                    said = f"{mark.user}  {mark.at:%Y-%m-%d %H:%M}"
                    mark_across(picture, said, sheet_layout.DENSITY / 25.4)
                _write_sheet(path, sheet, picture, mark)
            return path

        self._runner.run("print", work, self._then, self._fail)


def _write_sheet(path: Path, sheet: MapSheet, picture: QImage, mark: Watermark) -> None:
    if path.suffix.lower() == ".pdf":
        write_pdf(path, sheet, png_of(picture), mark)
        return
    png = png_of(sheet_image(sheet, picture, mark))
    with whole_file(path) as part:
        part.write_bytes(png)
