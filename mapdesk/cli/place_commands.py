"""Commands on places: where typed coordinates lie."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services.districts import Progress


def where(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Say where a typed place lies."""
    from mapdesk.services import whereabouts

    with opening.opened(options) as store:
        place = whereabouts.find_place(store, options.place)
        systems = [options.system] if options.system else list(whereabouts.SYSTEMS)
        said = {
            system: whereabouts.say_place(store.district, place.x, place.y, system)
            for system in systems
        }
        grids = whereabouts.grids_at(store, place.x, place.y)
    if options.system:
        return Answer(said, said[options.system])
    lines = [f"{padded(tr('Read as'), 30)} {tr(place.read_as)}  {place.title}".rstrip()]
    if place.swapped:
        lines.append(tr_sentence("Taken the other way round: only so it lies near this district."))
    lines += [f"{padded(tr(whereabouts.SYSTEMS[key]), 30)} {text}" for key, text in said.items()]
    chain = " > ".join(str(grid["name"] or grid["code"] or grid["id"]) for grid in grids)
    lines.append(f"{padded(tr('Grid'), 30)} {chain or tr('none')}")
    return Answer(asdict(place) | {"systems": said, "grids": grids}, "\n".join(lines))
