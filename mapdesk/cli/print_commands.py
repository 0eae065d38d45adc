"""``mapdesk print``: the map on a sheet of paper."""

from __future__ import annotations

import argparse

from mapdesk.cli import opening, style_commands
from mapdesk.cli.answer import Answer
from mapdesk.formats.map_sheet import scale_text
from mapdesk.formats.sheet_layout import ELEMENTS, USUAL, SheetForm
from mapdesk.layers.basemaps import TERRAINS
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services.districts import Progress


def print_map(options: argparse.Namespace, progress: Progress) -> Answer:
    """Print the map to a PDF or a PNG."""
    from mapdesk.app.sheet_command import Order, print_sheet
    from mapdesk.app.shooting import Ground, View

    unknown = [name for name in options.without if name not in ELEMENTS]
    if unknown:
        raise InputError(
            f"'{unknown[0]}' is no part of a sheet; choose from {', '.join(ELEMENTS)}."
        )
    oblique = options.oblique is not None
    if oblique and options.scale is not None:
        raise InputError("An oblique view has no scale; leave --scale or --oblique out.")
    if options.distance is not None and not oblique:
        raise InputError("--distance is for an oblique view; a plan is set by --scale.")
    elements = USUAL | ({"watermark"} if options.watermark else set())
    form = SheetForm(options.size, not options.portrait, elements - set(options.without))
    style_commands.check_times(options)
    pitch = options.oblique if oblique else 90.0
    view = View(
        *(options.at, options.distance, options.bearing, pitch),
        span=options.time,
        before=options.before,
    )
    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        wanted = style_commands.wanted(store, options)
        order = Order(
            *(form, options.title, view, options.scale, oblique, options.layers, options.theme),
            Ground(options.basemap, None, TERRAINS[options.terrain or "off"]),
            wanted,
        )
        printed = print_sheet(store, access, order, options.file, progress)
    path = options.file.resolve()
    scale = printed.scale
    said = tr("Not to scale") if scale is None else scale_text(scale)
    lines = [
        tr("Printed in {file} ({scale})", file=path, scale=said),
        *map(tr_sentence, printed.told),
    ]
    return Answer(
        {"file": str(path), "scale": scale, "told": printed.told},
        "\n".join(lines),
    )
