"""Pictures for scripts: the map alone, or the whole window, with no display needed."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt6.QtGui import QImage, QPixmap

from mapdesk.app import main as desk
from mapdesk.app import styled_map
from mapdesk.app.base_maps import BaseMapView
from mapdesk.app.imagery import Swipe
from mapdesk.app.inside_actions import build, show_open, viewpoint_of
from mapdesk.app.jobs import InlineJobs
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.styled_map import Wanted
from mapdesk.app.time_reach import Beside
from mapdesk.app.timed_map import nothing_timed, show_time
from mapdesk.app.window import DeskWindow
from mapdesk.layers.layers import ORDER, LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.nouns import NOUNS
from mapdesk.model.spans import Span
from mapdesk.panels import theme as themes
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.scene3d.rooms import OpenBuilding
from mapdesk.scene3d.viewpoint import Viewpoint, fit
from mapdesk.services import insides
from mapdesk.services.insides import Inside
from mapdesk.services.whereabouts import find_place
from mapdesk.store.database import Store

LONGEST_WAIT = 60.0
"""Seconds a picture waits for tiles."""


@dataclass(frozen=True)
class Ground:
    """What lies below everything else in a picture.

    Parameters
    ----------
    base : str or None
        Name of a base map; None for the usual one.
    swipe : Swipe or None
        Two rasters on either side of a line.
    terrain : float
        Times as steep as it is that everything stands on the district's terrain; 0 for a plane.
    """

    base: str | None = None
    swipe: Swipe | None = None
    terrain: float = 0.0

    def put_on_window(self, window: DeskWindow, refusals: list[Exception]) -> None:
        """Show it in a window, and wait for it; what keeps it from being shown goes to `refusals`."""
        base = window.parts.base.view
        if self.base is not None:
            base.choose(self.base, refusals.append)
            desk.settle(window)
        if self.swipe is not None and not refusals:
            base.compare(self.swipe)
        if self.terrain and not refusals:
            base.terrain.choose(True, self.terrain, must=True)
            desk.settle(window)

    def put_on(self, base: BaseMapView) -> None:
        """Show it."""
        if self.base is not None or self.swipe is not None:
            base.choose(self.base or "imagery")
        if self.swipe is not None:
            base.compare(self.swipe)
        if self.terrain:
            base.terrain.choose(True, self.terrain, must=True)


@dataclass(frozen=True)
class OpenOne:
    """A building to be opened in the picture.

    Parameters
    ----------
    building : str
        Its id.
    floor : int or None
        Number of the floor looked at.
    """

    building: str
    floor: int | None = None

    def position(self, inside: Inside) -> int | None:
        """Return the position of the floor looked at; None for none.

        Raises
        ------
        InputError
            The building has no such floor.
        """
        if self.floor is None:
            return None
        if self.floor not in inside.floors:
            least, most = inside.floors[0], inside.floors[-1]
            raise InputError(
                f"{inside.title} has no floor {self.floor}; its floors are {least} to {most}."
            )
        return inside.floors.index(self.floor)


@dataclass(frozen=True)
class View:
    """Where a picture is taken from, and of what time; None stands for what shows the whole district.

    Parameters
    ----------
    at : str, tuple or None
        Coordinates or a grid's code, as `whereabouts.find_place` takes them; or longitude, latitude.
    distance : float or None
        Metres.
    bearing, pitch : float
        Degrees.
    names : bool
        The names of streets, areas, buildings and points are written.
    span : Span or None
        Time shown; any without.
    before : Span or None
        Another time, shown left of a line.
    line : float
        Where that line is, 0 to 1 of the width.
    """

    at: str | tuple[float, float] | None
    distance: float | None
    bearing: float
    pitch: float
    names: bool = True
    span: Span | None = None
    before: Span | None = None
    line: float = 0.5

    @property
    def is_whole(self) -> bool:
        """Whether it was left to us where to look from."""
        return self.at is None and self.distance is None

    def viewpoint(
        self, store: Store, bounds: tuple[float, float, float, float], aspect: float
    ) -> Viewpoint:
        """Return the viewpoint meant."""
        whole = fit(bounds, aspect, self.pitch)
        view = replace(whole, bearing=self.bearing, pitch=self.pitch)
        if self.at is not None:
            view = replace(view, distance=min(view.distance, 900.0))
            if isinstance(self.at, str):
                place = find_place(store, self.at)
                view = replace(view, x=place.x, y=place.y)
            else:
                x, y = store.district.from_lonlat(*self.at)
                view = replace(view, x=float(x), y=float(y))
        if self.distance is not None:
            if self.distance <= 0:
                raise InputError(f"--distance must be above 0 m, not {self.distance:g}.")
            view = replace(view, distance=self.distance)
        return view.limited()


@dataclass(frozen=True)
class Contents:
    """What is in a picture, and how it looks.

    Parameters
    ----------
    layers : list of str or None
        The layers shown; None for the usual ones.
    theme : {"light", "dark"}
    opened : OpenOne or None
        A building opened.
    wanted : Wanted or None
        The style worn.
    ground : Ground
    """

    layers: list[str] | None = None
    theme: str = "light"
    opened: OpenOne | None = None
    wanted: Wanted | None = None
    ground: Ground = Ground()


def shoot_map(
    store: Store,
    picture: Path,
    size: tuple[int, int],
    view: View,
    contents: Contents,
) -> list[str]:
    """Draw the map with its overlay and attribution to a PNG, in a style where one is wanted.

    Returns
    -------
    list of str
        What is wrong with rasters that are not in the picture, a sentence each.

    Raises
    ------
    InputError
        Imagery is wanted and none is kept; a layer, or a floor of the opened building, that does not exist.
    NotFoundError
        No such building to open.
    RightsError, PurposeError
        The style's figures, or a picture of them, are not for this user.
    WorldError
        The picture cannot be written.
    """
    application = desk.make_application(["mapdesk"], LANGUAGE.code)
    layers = LayerList()
    style = map_style(contents.theme)
    map_view = MapView(ImmediatePresenter(store.district.origin), style)
    base = BaseMapView(map_view, layers, store, InlineJobs())
    told: list[str] = []
    base.imagery.told.connect(told.append)
    try:
        map_view.resize(*size)
        map_view.overlay.labels.shown = view.names
        contents.ground.put_on(base)
        if contents.layers is not None:
            layers.show_only(layers_named(contents.layers))
        loader = MapLoader(
            *(map_view, InlineJobs(), store, layers, style),
            on_first=_nothing,
            on_all=_nothing,
            tell=told.append,
        )
        loader.load()
        aspect = size[0] / size[1]
        looked = view.viewpoint(store, loader.bounds(), aspect)
        if contents.opened is not None:
            built = build(store, contents.opened.building, store.district.origin)
            inside, floor = built[0], contents.opened.position(built[0])
            show_open(map_view, style, built, OpenBuilding(inside, inside.opened(floor), floor))
            if view.is_whole:
                looked = viewpoint_of(inside, aspect, view.bearing)
        leaving: AbstractContextManager[object] = nullcontext()
        if contents.wanted is not None:
            styled_map.wear(map_view, loader, store, contents.wanted)
            leaving = styled_map.leaving(store, contents.wanted)
        if view.span is not None:
            styled = contents.wanted is not None and contents.wanted.is_by_day
            parts = map_view, loader, base.imagery, store
            show_time(*parts, view.span, before=view.before, line=view.line, styled=styled)
        with leaving:
            map_view.look(looked)
            base.imagery.wait(LONGEST_WAIT)
            _write(map_view.composed(), picture)
        loader.close()
    finally:
        base.close()
        base.wait_closed()
        map_view.close_presenter()
    application.processEvents()
    return told


def shoot_window(
    store: Store,
    picture: Path,
    size: tuple[int, int],
    view: View,
    contents: Contents,
) -> list[str]:
    """Draw the whole window to a PNG, in a style where one is wanted; the window closes the store.

    Returns
    -------
    list of str
        As of `shoot_map`; the picture says it too.

    Raises
    ------
    InputError, NotFoundError
        As `shoot_map`.
    WorldError
        The picture cannot be written.
    """
    refusals: list[Exception] = []
    told: list[str] = []

    def prepare(window: DeskWindow) -> None:
        if window.theme != contents.theme:
            window.set_theme(contents.theme)
        window.parts.base.view.imagery.told.connect(told.append)
        contents.ground.put_on_window(window, refusals)
        if contents.layers is not None:
            window.layers.show_only(layers_named(contents.layers))
        aspect = window.map.width() / max(window.map.height(), 1)
        window.map.overlay.labels.shown = view.names
        window.map.look(view.viewpoint(window.store, window.loader.bounds(), aspect))
        if contents.opened is not None:
            window.parts.inside.open(contents.opened.building)
            desk.settle(window)
            found = window.parts.inside.open_building
            floor = None if found is None else contents.opened.position(found.inside)
            if floor is not None:
                window.parts.inside.step_to(floor)
        if contents.wanted is not None:
            window.parts.styles.show_wanted(contents.wanted, refusals.append)
        if view.span is not None:
            _go_to_time(window, view.span, view, refusals)

    if contents.opened is not None:
        contents.opened.position(insides.inside_of(store, contents.opened.building))
    application = desk.make_application(["mapdesk"], LANGUAGE.code)
    themes.apply(application, contents.theme)
    with styled_map.leaving(store, contents.wanted):
        image = desk.picture_of_window(store, size, prepare)
    if refusals:
        raise refusals[0]
    _write(image, picture)
    return told


def _go_to_time(window: DeskWindow, span: Span, view: View, refusals: list[Exception]) -> None:
    """Show a time in a window, or two beside each other, and wait for it."""
    desk.settle(window)
    window.parts.time.open(span, None if view.before is None else Beside(view.before, view.line))
    desk.settle(window)
    if window.parts.time.span is None:
        refusals.append(nothing_timed())


def _write(image: QImage | QPixmap, picture: Path) -> None:
    if not image.save(str(picture)):
        raise unwritten(picture)


def unwritten(picture: Path) -> WorldError:
    """Return what is wrong where a picture cannot be written."""
    return WorldError(f"{picture} could not be written; is there such a folder, and room in it?")


def layers_named(names: list[str]) -> list[str]:
    """Return the nouns meant by "buildings", "building", "Land use" and the like, sorted.

    Raises
    ------
    InputError
        A layer that does not exist.
    """
    known = {noun: noun for noun in ORDER}
    known |= {NOUNS[noun].title.lower(): noun for noun in ORDER}
    known |= {NOUNS[noun].title.lower().replace(" ", "-"): noun for noun in ORDER}
    unknown = [name for name in names if name.lower() not in known]
    if unknown:
        raise InputError(f"'{unknown[0]}' is not a layer; choose from {', '.join(ORDER)}.")
    return sorted({known[name.lower()] for name in names})


def _nothing() -> None:
    return
