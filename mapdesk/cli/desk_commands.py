"""Commands that draw: the desk's window, pictures of it, and what it stands on."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapdesk.cli import opening, style_commands
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.layers.basemaps import TERRAINS, terrain_name
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.users import Credentials
from mapdesk.services.districts import Progress
from mapdesk.store.engines.urls import shown

if TYPE_CHECKING:
    from mapdesk.store.database import Store


def demo(options: argparse.Namespace, progress: Progress) -> Answer | int:
    """Build the demo district where it is not there, and open it."""
    from mapdesk.services import demo as demos

    folder = options.at or _demo_folder()
    if demos.is_there(folder):
        demos.check_is_demo(folder, options.people)
    else:
        people = demos.PEOPLE if options.people is None else options.people
        demos.build_demo(folder, people, options.seed, progress)
    if options.no_open:
        return Answer(
            {"folder": str(folder)}, tr("The demo district is in {folder}", folder=folder)
        )
    options.district = folder
    return open_desk(options, progress)


def _demo_folder() -> Path:
    from mapdesk.app.settings import demo_folder

    return demo_folder()


def shot(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Draw the map, or the whole window, to a picture."""
    from mapdesk.app import shooting
    from mapdesk.app.imagery import Swipe

    if options.picture.suffix.lower() != ".png":
        raise InputError(f"{options.picture} should end in .png; only PNG pictures are written.")
    if options.floor is not None and options.open is None:
        raise InputError(
            "--floor is the floor of an opened building; name one with --open BUILDING."
        )
    style_commands.check_times(options)
    if not 0.0 <= options.divider <= 1.0:
        raise InputError(f"The line lies from 0 to 1 of the width, not at {options.divider:g}.")
    if not options.picture.parent.is_dir():
        raise shooting.unwritten(options.picture)
    opened = None if options.open is None else shooting.OpenOne(options.open, options.floor)
    swipe = None
    if options.swipe:
        swipe = Swipe(options.swipe[0], options.swipe[1], options.divider)
    shoot = shooting.shoot_window if options.window else shooting.shoot_map
    with opening.opened(options) as store:
        kept = None if options.bookmark is None else _look_as_kept(options, store)
        view = shooting.View(
            *(options.at, options.distance, options.bearing, options.pitch, not options.no_names),
            *(options.time, options.before, options.divider),
        )
        basemap = options.basemap or ("imagery" if swipe else None)
        wanted = style_commands.wanted(store, options, kept)
        ground = shooting.Ground(basemap, swipe, TERRAINS[options.terrain or "off"])
        contents = shooting.Contents(options.layers, options.theme, opened, wanted, ground)
        told = shoot(store, options.picture, options.size, view, contents)
    path = options.picture.resolve()
    lines = [tr("Drawn in {file}", file=path), *map(tr_sentence, told)]
    return Answer({"picture": str(path), "told": told}, "\n".join(lines))


def _look_as_kept(options: argparse.Namespace, store: Store) -> Any:
    """Take view and theme of a bookmark, the rest where none is named; return what it keeps of a style."""
    from mapdesk.app.time_reach import times_kept
    from mapdesk.services import bookmarks

    one = bookmarks.bookmark(store, options.bookmark)
    lon, lat = store.district.to_lonlat(one.x, one.y)
    options.at = (float(lon), float(lat))
    options.distance, options.bearing, options.pitch = one.distance, one.bearing, one.pitch
    options.theme = one.theme
    options.layers = options.layers or list(one.layers) or None
    options.basemap = options.basemap or one.more.get("basemap")
    options.terrain = options.terrain or terrain_name(one.more.get("terrain"))
    times = one.more.get("time")
    if times and options.time is None:
        options.time, beside = times_kept(times)
        if beside is not None:
            options.before, options.divider = beside.span, beside.line
    return one.more.get("style")


def open_desk(options: argparse.Namespace, _progress: Progress) -> int:
    """Open the window."""
    from mapdesk.app import main as desk

    if not desk.has_display():
        raise InputError(
            f"There is no display here; draw a picture with 'mapdesk shot {shown(options.district)} "
            "OUT.png --window'."
        )
    user = opening.named_user(options)
    at_hand = opening.credentials_at_hand(options, user) if user else None
    at_hand = at_hand or Credentials(user, "")
    return desk.run(options.district, at_hand, options.language, vars(options).get("presenter"))


def doctor(_options: argparse.Namespace, _progress: Progress) -> Answer:
    """Examine the machine."""
    from mapdesk.app import doctor as doctors

    checks = doctors.examine()
    lines = [
        f"{padded(tr('ok') if one.ok else tr('MISSING'), 7)} {padded(tr(one.name), 22)} "
        + tr_sentence(one.found)
        + (f"\n        {tr_sentence(one.remedy)}" if one.remedy else "")
        for one in checks
    ]
    return Answer([asdict(one) for one in checks], "\n".join(lines))
