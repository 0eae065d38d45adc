"""``mapdesk panorama``: its arguments, and what it does."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.grammar import Grammar, number, size
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store

USUAL = 65.0
"""Degrees seen from top to bottom."""


def add_panoramas_to(grammar: Grammar) -> None:
    """Declare its tasks."""
    task = grammar.tasks("panorama", "street view: import, list, look, undo")
    load = task("import", "bring in every equirectangular picture of a folder that has a position")
    load.add_argument("folder", type=Path, metavar="FOLDER")
    load.add_argument(
        "--assume-crs", choices=("GCJ-02",), help="positions are shifted, which EXIF cannot say"
    )
    load.add_argument("--credit", default="", metavar="TEXT", help="who is named on the map")
    load.add_argument("--dry-run", action="store_true", help="account for all files, write none")
    task("list", "the imports that brought panoramas, the newest first")
    undo = task("undo", "take an import back, rows and pictures")
    undo.add_argument("--source", default="", metavar="ID", help="of the list; the newest without")
    look = task("look", "draw what is seen from the panorama nearest to a place; no display needed")
    look.add_argument("picture", type=Path, metavar="OUT.png")
    look.add_argument(
        "--at", required=True, metavar="PLACE", help="LON,LAT, or as 'mapdesk where' takes it"
    )
    look.add_argument("--bearing", type=number, default=0.0, metavar="D", help="degrees from north")
    look.add_argument(
        "--pitch", type=number, default=0.0, metavar="D", help="degrees above the horizon"
    )
    look.add_argument(
        "--field-of-view", type=number, default=USUAL, metavar="D", help="from top to bottom (65)"
    )
    look.add_argument("--size", type=size, default=(1280, 800), metavar="WxH")


def panorama(options: argparse.Namespace, progress: Progress) -> Answer:
    """Do one of its tasks."""
    with opening.opened(options) as store:
        if options.task == "import":
            return _load(store, options, progress)
        if options.task == "undo":
            return _undo(store, options.source)
        if options.task == "look":
            return _look(store, options)
        return _list(store)


def _load(store: Store, options: argparse.Namespace, progress: Progress) -> Answer:
    from mapdesk.services import panorama_imports
    from mapdesk.services.import_report import report_text

    report = panorama_imports.import_folder(
        store,
        options.folder,
        gcj02=options.assume_crs is not None,
        credit=options.credit,
        dry_run=options.dry_run,
        progress=progress,
    )
    return Answer(asdict(report) | {"kept": report.kept}, report_text(report))


def _undo(store: Store, source: str) -> Answer:
    from mapdesk.services import panorama_imports

    taken = panorama_imports.undo_import(store, source).taken
    said = tr("Took back {title}: {count:,} panoramas.", title=taken.title, count=taken.count)
    return Answer(asdict(taken), said)


def _list(store: Store) -> Answer:
    from mapdesk.services import panorama_imports

    found = panorama_imports.imports(store)
    lines = [f"{one.id}  {one.at:%Y-%m-%d %H:%M}  {one.count:>6,}  {one.title}" for one in found]
    return Answer([asdict(one) for one in found], "\n".join(lines) or tr("There are no panoramas."))


def _look(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.app.street_shooting import shoot_street
    from mapdesk.scene3d.sphere import Look

    if options.picture.suffix.lower() != ".png":
        raise InputError(f"{options.picture} should end in .png; only PNG pictures are written.")
    look = Look(options.bearing, options.pitch, options.field_of_view)
    seen = shoot_street(store, options.picture, options.size, options.at, look)
    path = options.picture.resolve()
    return Answer({"picture": str(path), "panorama": seen}, tr("Drawn in {file}", file=path))
