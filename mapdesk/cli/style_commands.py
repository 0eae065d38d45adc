"""``mapdesk style``: styles of grids and buildings, saved with the district."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.layers.layer_style import TITLES, LayerStyle, checked_style
from mapdesk.layers.measures import Measure, measures_of
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS
from mapdesk.services import saved_styles
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store

if TYPE_CHECKING:
    from mapdesk.app.styled_map import Wanted


def style(options: argparse.Namespace, _progress: Progress) -> Answer:
    """List, show, save or delete styles, or list what can be coloured by."""
    with opening.opened(options) as store:
        if options.task == "list":
            return _list(store)
        if options.task == "measures":
            return _measures(options.noun)
        if options.task == "show":
            found = saved_styles.opened(store, options.name)
            if options.to is not None:
                saved_styles.write(options.to, found)
                return Answer(found.as_dict(), tr("Written to {file}.", file=options.to))
            return Answer(found.as_dict(), found.as_text().rstrip())
        if options.task == "delete":
            saved_styles.delete(store, options.name)
            return Answer({"name": options.name}, tr("Deleted {name}.", name=options.name))
        wanted = _given(options)
        saved_styles.save(store, options.name, wanted)
    return Answer(wanted.as_dict(), tr("Saved {name}.", name=options.name))


def check_times(options: argparse.Namespace) -> None:
    """Raise InputError where a time is to stand beside another that is not given."""
    if options.before is not None and options.time is None:
        raise InputError("--before stands beside another time; say which with --time.")


def wanted(store: Store, options: argparse.Namespace, kept: Any = None) -> Wanted | None:
    """Return the style a picture is to be drawn in: the one named, or what a bookmark keeps; None for none."""
    from mapdesk.app.style_keeping import style_kept
    from mapdesk.app.styled_map import Wanted

    if options.style is None and kept is None:
        return None
    access, times = store.identity.having(options.purpose), (options.time, options.before)
    name = options.style
    if name is None:
        return Wanted(*style_kept(kept), access, *times)
    if name.lower().endswith(".json"):
        return Wanted(Path(name).name, saved_styles.read(Path(name)), access, *times)
    return Wanted(name, saved_styles.opened(store, name), access, *times)


def _given(options: argparse.Namespace) -> LayerStyle:
    """Return the style that a file or options describe; options go over the file."""
    given = {} if options.file is None else saved_styles.read(options.file).as_dict()
    named = {one.name: getattr(options, one.name) for one in fields(LayerStyle)}
    return checked_style(
        given | {name: value for name, value in named.items() if value is not None}
    )


def _list(store: Store) -> Answer:
    data, lines = [], []
    for name in saved_styles.names(store):
        try:
            found = saved_styles.opened(store, name)
        except InputError as error:
            data.append({"name": name, "error": str(error)})
            lines.append(str(error))
            continue
        data.append({"name": name} | found.as_dict())
        measure = found.measure
        by = tr(measure.title) if measure else ""
        words = (tr(NOUNS[found.noun].title), by, tr(TITLES[found.kind]), tr(TITLES[found.drawing]))
        lines.append(f"{padded(name, 28)} {', '.join(word for word in words if word)}")
    return Answer(data, "\n".join(lines) or tr("There are no saved styles yet."))


def _measures(noun: str) -> Answer:
    found = measures_of(noun)
    lines = [
        f"{padded(key, 22)} {tr(one.title)}{f' ({tr(one.unit)})' if one.unit else ''}{_notes(one)}"
        for key, one in found.items()
    ]
    data = [
        {"key": one.key, "title": one.title, "kind": one.kind, "unit": one.unit}
        | {"of_people": one.of_people, "by_day": one.by_day}
        for one in found.values()
    ]
    return Answer(data, "\n".join(lines))


def _notes(measure: Measure) -> str:
    notes = []
    if measure.kind == "word":
        notes.append(tr("categories"))
    if measure.of_people:
        notes.append(tr("from the register"))
    return f" · {', '.join(notes)}" if notes else ""
