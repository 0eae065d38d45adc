"""Writes what is selected to a GeoJSON file."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from mapdesk.api import Desk, WorldError


def run(desk: Desk) -> None:
    """Ask for a file and write the selected things to it, off the GUI thread."""
    if not desk.selection:
        desk.view.say("Select something first: draw a circle (C) or a lasso (L).")
        return
    path = desk.view.ask_where_to_save("Export selection…", f"{desk.name}.geojson")
    if path is not None:
        desk.view.work("export", partial(write, desk, path), desk.view.say)


def write(desk: Desk, path: Path) -> str:
    """Write the selection to `path` and return the sentence that says so.

    Raises
    ------
    WorldError
        The file cannot be written.
    """
    content = desk.feature_collection(desk.selected_rows())
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WorldError(f"{path} could not be written: {error.strerror or error}.") from error
    return f"{len(content['features']):,} things written to {path}"
