"""Commands on places: where typed coordinates lie, how far apart, what stands between them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.model.language import tr, tr_sentence
from mapdesk.services.districts import Progress

if TYPE_CHECKING:
    import numpy as np

    from mapdesk.services.sections import Sight
    from mapdesk.store.database import Store


def where(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Say where a typed place lies."""
    from mapdesk.services import terrain, whereabouts

    with opening.opened(options) as store:
        place = whereabouts.find_place(store, options.place)
        systems = [options.system] if options.system else list(whereabouts.SYSTEMS)
        said = {
            system: whereabouts.say_place(store.district, place.x, place.y, system)
            for system in systems
        }
        grids = whereabouts.grids_at(store, place.x, place.y)
        height = terrain.ground_height(terrain.terrain_of(store), place.x, place.y)
    if options.system:
        return Answer(said, said[options.system])
    lines = [f"{padded(tr('Read as'), 30)} {tr(place.read_as)}  {place.title}".rstrip()]
    if place.swapped:
        lines.append(tr_sentence("Taken the other way round: only so it lies near this district."))
    lines += [f"{padded(tr(whereabouts.SYSTEMS[key]), 30)} {text}" for key, text in said.items()]
    if height is not None:
        lines.append(f"{padded(tr('Ground above sea level'), 30)} {whereabouts.say_height(height)}")
    chain = " > ".join(str(grid["name"] or grid["code"] or grid["id"]) for grid in grids)
    lines.append(f"{padded(tr('Grid'), 30)} {chain or tr('none')}")
    return Answer(
        asdict(place) | {"systems": said, "grids": grids, "height": height}, "\n".join(lines)
    )


def measure(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Measure a distance or an area."""
    from mapdesk.services import measuring, terrain

    with opening.opened(options) as store:
        points = _points(store, options.places)
        kind: measuring.Kind = "area" if options.area else "distance"
        found = measuring.measure(store.district, kind, points, terrain.terrain_of(store))
        crs = store.district.crs
    data = {
        "kind": kind,
        "geodesic": found.geodesic,
        "projected": found.projected,
        "crs": crs,
        "steps": found.steps,
    }
    value = measuring.say_value(found, options.units)
    return Answer(data, f"{value}  ({measuring.say_details(found, crs, options.units)})")


def sight(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Say whether one place is seen from another."""
    from mapdesk.services import sections

    with opening.opened(options) as store:
        points = _points(store, [options.eye_at, options.target_at])
        obstacles = sections.obstacles_of(store)
        # Nobody stands inside a building: a place in one is its roof.
        points[:, 2] = obstacles.highest(points[:, :2])
        found = sections.sight(obstacles, points[0], points[1], options.eye, options.target)
    data = {
        "seen": found.is_free,
        "metres": found.metres,
        "blocked_after": None if found.is_free else found.seen * found.metres,
        "by": found.by.id if found.by else found.title or None,
        "eye_higher": found.above if found.above < float("inf") else None,
        "heights": (found.points[:, 2] + obstacles.datum).tolist(),
    }
    return Answer(data, _sight_text(found))


def _sight_text(found: Sight) -> str:
    from mapdesk.services.measuring import say_length

    length = say_length(found.metres)
    if found.is_free:
        return f"{tr('in sight')}  ({length})"
    lines = [
        tr("hidden by {what}", what=found.title if found.by else tr("hill")),
        tr(
            "{length} in all, blocked after {after}",
            length=length,
            after=say_length(found.seen * found.metres),
        ),
    ]
    if found.above < float("inf"):
        lines.append(tr("free with the eye {higher} higher", higher=say_length(found.above)))
    return "\n".join(lines)


def section(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Say what stands along a line."""
    from mapdesk.app import section_picture
    from mapdesk.services import outgoing, sections
    from mapdesk.services.measuring import say_length
    from mapdesk.store import places

    foot = ""
    with opening.opened(options) as store:
        line = _points(store, options.places)[:, :2]
        found = sections.section(sections.obstacles_of(store), line)
        if options.csv is not None:
            sections.write_section(options.csv, found, store.district.crs)
        if options.picture is not None:
            mark = outgoing.watermark(store, store.identity).line
            foot = "  ·  ".join([*places.attributions(store), mark])
    if options.picture is not None:
        section_picture.draw_section(found, options.picture, foot)
    data = {
        "length": found.length,
        "ground": {"lowest": found.ground.min(), "highest": found.ground.max()},
        "buildings": [
            {"id": one.ref.id, "title": one.title}
            | {"start": one.start, "end": one.end, "base": one.base, "top": one.top}
            for one in found.buildings
        ],
    }
    lines = [
        tr(
            "Section A–B, {length}, {count} buildings",
            length=say_length(found.length),
            count=len({one.ref.id for one in found.buildings}),
        )
    ]
    lines += [
        f"{one.start:9.1f} – {one.end:8.1f} m  ↑ {one.top:6.1f} m  {one.title}"
        for one in found.buildings
    ]
    files = [one for one in (options.csv, options.picture) if one is not None]
    lines += [tr("Saved {file}", file=file.resolve()) for file in files]
    return Answer(data, "\n".join(lines))


def _points(store: Store, texts: list[str]) -> np.ndarray:
    """Return typed places as points (n, 3) on the ground, metres."""
    import numpy as np

    from mapdesk.services.whereabouts import find_place

    found = [find_place(store, text) for text in texts]
    return np.array([(one.x, one.y, 0.0) for one in found])
