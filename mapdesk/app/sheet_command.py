"""A map on paper for scripts, with no window and no display."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from mapdesk.app import main as desk
from mapdesk.app import styled_map
from mapdesk.app.base_maps import BaseMapView
from mapdesk.app.jobs import InlineJobs, Progress
from mapdesk.app.loaded import let_load
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.sheet_printing import SheetPrinting, SheetWish
from mapdesk.app.shooting import Ground, View, layers_named
from mapdesk.app.styled_map import Wanted
from mapdesk.app.timed_map import show_time
from mapdesk.formats.sheet_layout import SheetForm, arranged, checked_scale, scale_for
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.access import Access
from mapdesk.model.language import LANGUAGE
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import ImmediatePresenter
from mapdesk.services import outgoing, printing
from mapdesk.services.printing import Printout
from mapdesk.store.database import Store


@dataclass(frozen=True)
class Printed:
    """A sheet that was printed.

    Parameters
    ----------
    scale : float or None
        n of 1:n; None where it is not to scale.
    told : list of str
        What is wrong with things that are not on the sheet, a sentence each.
    """

    scale: float | None
    told: list[str]


@dataclass(frozen=True)
class Order:
    """A sheet as it is ordered by command.

    Parameters
    ----------
    form : SheetForm
    title : str
        Empty for the district's name.
    view : View
        What it shows; its pitch counts in an oblique view only.
    scale : float or None
        n of 1:n; None for the largest usual one that shows the whole district.
    oblique : bool
        As seen from `view`, not to scale.
    shown : list of str or None
        Layers by name; the usual ones without.
    theme : str
    ground : Ground
        The base map, or two rasters that are compared.
    wanted : Wanted or None
        A style the map is shown in.
    """

    form: SheetForm
    title: str
    view: View
    scale: float | None
    oblique: bool
    shown: list[str] | None
    theme: str
    ground: Ground = field(default_factory=Ground)
    wanted: Wanted | None = None


def print_sheet(
    store: Store, access: Access, order: Order, path: Path, progress: Progress
) -> Printed:
    """Print a sheet to a PDF or PNG.

    Raises
    ------
    InputError
        A layer that does not exist, a scale out of range, a file of another kind.
    WorldError
        It cannot be written, or may not leave; see `printing.leaving`.
    """
    outgoing.check_suffix(path, printing.SUFFIXES)
    personal = styled_map.shows_people(order.wanted)
    printing.check(access, Printout(order.title, path.suffix[1:], personal=personal))
    if order.scale is not None:
        checked_scale(order.scale)
    application = desk.make_application(["mapdesk"], LANGUAGE.code)
    layers = LayerList()
    style = map_style(order.theme)
    view = MapView(ImmediatePresenter(store.district.origin), style)
    jobs = InlineJobs()
    base = BaseMapView(view, layers, store, jobs)
    told: list[str] = []
    base.imagery.told.connect(told.append)
    try:
        order.ground.put_on(base)
        if order.shown is not None:
            layers.show_only(layers_named(order.shown))
        loaded: list[bool] = []
        loader = MapLoader(
            *(view, jobs, store, layers, style),
            on_first=_nothing,
            on_all=partial(loaded.append, True),
            tell=told.append,
        )
        progress("Drawing the map", 0.1)
        loader.load()
        let_load(view, loaded)
        if order.view.span is not None:
            styled = order.wanted is not None and order.wanted.is_by_day
            times = order.view.span, order.view.before
            show_time(view, loader, base.imagery, store, times[0], before=times[1], styled=styled)
        if order.wanted is not None:
            styled_map.wear(view, loader, store, order.wanted)
        wish = _wish(order, store, loader.bounds())
        sheet = SheetPrinting(view, store, access, jobs, _nothing, _raise)
        sheet.progressed.connect(partial(progress, "Drawing the map"))
        sheet.begin(wish, path)
        loader.close()
    finally:
        base.close()
        base.wait_closed()
        view.close_presenter()
    application.processEvents()
    return Printed(wish.scale, told)


def _wish(order: Order, store: Store, bounds: tuple[float, float, float, float]) -> SheetWish:
    """Return what is printed of a district that reaches over `bounds` (m)."""
    box = arranged(order.form, 0)["map"]
    title = order.title or store.district.name
    seen = order.view.viewpoint(store, bounds, box.width / box.height)
    if order.oblique:
        return SheetWish(order.form, title, seen, None)
    scale = order.scale
    if scale is None:
        scale = scale_for((bounds[2] - bounds[0], bounds[3] - bounds[1]), box)
    if order.view.at is None:
        seen = replace(seen, x=(bounds[0] + bounds[2]) / 2, y=(bounds[1] + bounds[3]) / 2)
    return SheetWish(order.form, title, replace(seen, pitch=90.0), scale)


def _raise(error: Exception) -> None:
    raise error


def _nothing(*_answer: object) -> None:
    return
