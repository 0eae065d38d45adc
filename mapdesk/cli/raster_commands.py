"""The command ``raster``."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.layers.rasters import RasterLayer
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress


def raster(options: argparse.Namespace, _progress: Progress) -> Answer:
    """List, add, change or forget rasters."""
    from mapdesk.services import imagery

    with opening.opened(options) as store:
        if options.task == "add":
            imagery.add(store, _typed(options))
        elif options.task == "set":
            imagery.change(store, options.name, **_looks(options))
        elif options.task == "remove":
            imagery.remove(store, options.name)
        kept, unread = imagery.layers(store), imagery.unreadable(store)
    lines = [*(_line(one) for one in reversed(kept)), *map(tr, unread)]
    return Answer(
        [asdict(one) | {"source": one.source_shown} for one in reversed(kept)],
        "\n".join(lines) or tr("There are no rasters yet: 'mapdesk raster add' keeps one."),
    )


def _typed(options: argparse.Namespace) -> RasterLayer:
    from mapdesk.services import imagery

    layer = imagery.guessed(options.source, options.name or "")
    values = _looks(options)
    if options.kind:
        values["kind"] = options.kind
    if options.crs:
        values["crs"] = options.crs
    values["bands"] = imagery.bands_of(options.bands)
    if options.levels:
        values["coarsest"], values["finest"] = imagery.levels_of(options.levels)
    return replace(layer, **values)


def _looks(options: argparse.Namespace) -> dict[str, Any]:
    names = ("attribution", "taken", "opacity", "brightness", "order")
    typed = {name: getattr(options, name, None) for name in names}
    if getattr(options, "show", False) or getattr(options, "hide", False):
        typed["shown"] = bool(options.show)
    return {name: value for name, value in typed.items() if value is not None}


def _line(one: RasterLayer) -> str:
    shown = tr("shown") if one.shown else tr("hidden")
    look = f"{one.opacity:>4.0%}  {one.brightness:>4.2f}"
    named = f"{padded(one.name, 24)} {padded(one.kind, 8)} {padded(shown, 7)} {look} {one.taken:10}"
    return f"{named}  {one.source_shown}  {one.attribution}".rstrip()
