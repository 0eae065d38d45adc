"""Commands on bookmarks and tours."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.layers.basemaps import TERRAINS
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress

if TYPE_CHECKING:
    from mapdesk.store.database import Store
    from mapdesk.store.map_items import ItemKind


def bookmark(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Keep, list, rename and forget views."""
    from mapdesk.services import bookmarks

    with opening.opened(options) as store:
        if options.task == "keep":
            _keep(options, store)
        _rename_or_forget(store, "bookmark", options)
        found = bookmarks.bookmarks(store)
        lines = []
        for one in found:
            lon, lat = (float(part) for part in store.district.to_lonlat(one.x, one.y))
            lines.append(f"{one.name}  {lon:.6f}, {lat:.6f}  {one.distance:,.0f} m")
    return Answer(
        [asdict(one) for one in found], "\n".join(lines) or tr("No bookmark is kept yet.")
    )


def _rename_or_forget(store: Store, kind: ItemKind, options: argparse.Namespace) -> None:
    from mapdesk.services import bookmarks

    if options.task == "rename":
        bookmarks.rename(store, kind, options.name, options.new_name)
    elif options.task == "delete":
        bookmarks.forget(store, kind, options.name)


def _keep(options: argparse.Namespace, store: Store) -> None:
    from mapdesk.app.shooting import layers_named
    from mapdesk.services import bookmarks, whereabouts

    if options.distance <= 0:
        raise InputError(f"--distance must be above 0 m, not {options.distance:g}.")
    place = whereabouts.find_place(store, options.at)
    layers = tuple(layers_named(options.layers)) if options.layers else ()
    bookmarks.keep(
        store,
        bookmarks.Bookmark(
            options.name,
            place.x,
            place.y,
            options.distance,
            options.bearing,
            options.pitch,
            layers,
            options.theme,
            _more(options),
        ),
    )


def tour(options: argparse.Namespace, progress: Progress) -> Answer:
    """Make, list, rename, forget and record tours."""
    from mapdesk.services import bookmarks

    if options.task == "record":
        return _record(options, progress)
    with opening.opened(options) as store:
        if options.task == "make":
            bookmarks.make_tour(store, options.name, options.views, options.fly, options.stay)
        _rename_or_forget(store, "tour", options)
        found = bookmarks.tours(store)
    lines = [
        f"{one.name}  {one.seconds:g} s  " + " → ".join(stop.view.name for stop in one.stops)
        for one in found
    ]
    return Answer([asdict(one) for one in found], "\n".join(lines) or tr("No tour is kept yet."))


def _record(options: argparse.Namespace, progress: Progress) -> Answer:
    from mapdesk.app import filming as studio
    from mapdesk.services import bookmarks, filming

    filming.check_film(options.file)
    if not 1 <= options.fps <= 60:
        raise InputError(f"--fps is a whole number from 1 to 60, not {options.fps}.")
    store = opening.opened(options)
    try:
        found = bookmarks.tour(store, options.name)
    except Exception:
        store.close()
        raise
    count = studio.record_tour(store, found, options.file, options.size, options.fps, progress)
    file = options.file.resolve()
    return Answer(
        {"file": str(file), "pictures": count, "seconds": found.seconds},
        tr("Recorded {count} pictures in {file}", count=count, file=file),
    )


def _more(options: argparse.Namespace) -> dict[str, object]:
    """Return what is kept with a view besides, where it is named."""
    more: dict[str, object] = {"basemap": options.basemap} if options.basemap else {}
    return more | ({"terrain": TERRAINS[options.terrain]} if options.terrain else {})
