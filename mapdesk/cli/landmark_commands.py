"""The command on landmarks: bringing models in, standing them elsewhere, taking them out."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress

if TYPE_CHECKING:
    from mapdesk.services.landmarks import Landmark
    from mapdesk.store.database import Store


def landmark(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Run one task on landmarks."""
    tasks = {"add": _add, "list": _list, "set": _set, "remove": _remove}
    with opening.opened(options) as store:
        return tasks[options.task](store, options)


def _add(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.services import landmarks

    made = landmarks.add(
        store,
        options.file,
        name=options.name or "",
        at=_place(store, options),
        heading=options.heading or 0.0,
        scale=1.0 if options.scale is None else options.scale,
        base=options.base or 0.0,
        up=options.up,
        credit=options.credit,
    )
    return Answer(
        _data(store, made), tr("Landmark {id} stands: {name}", id=made.id, name=made.name)
    )


def _list(store: Store, _options: argparse.Namespace) -> Answer:
    from mapdesk.services import landmarks

    data = [_data(store, one) for one in landmarks.landmarks(store)]
    lines = [
        f"{one['id']}  {one['lon']:.6f},{one['lat']:.6f}  {one['heading']:g}°  x{one['scale']:g}  "
        f"{one['base']:g} m  {one['name']}"
        for one in data
    ]
    return Answer(data, "\n".join(lines) or tr("There are no landmarks yet."))


def _set(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.services import landmarks

    found = landmarks.landmark_of(store, options.landmark)
    names = ("name", "heading", "scale", "base")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    place = _place(store, options)
    if place is not None:
        given |= {"x": place[0], "y": place[1]}
    made = landmarks.change(store, replace(found, **given))
    return Answer(
        _data(store, made), tr("Landmark {id} stands: {name}", id=made.id, name=made.name)
    )


def _remove(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.services import landmarks

    found = landmarks.landmark_of(store, options.landmark)
    landmarks.remove(store, found)
    return Answer(
        {"id": found.id}, tr("Landmark {id} is gone: {name}", id=found.id, name=found.name)
    )


def _place(store: Store, options: argparse.Namespace) -> tuple[float, float] | None:
    if options.at is None:
        return None
    x, y = store.district.from_lonlat(*options.at)
    return float(x), float(y)


def _data(store: Store, landmark: Landmark) -> dict[str, Any]:
    lon, lat = store.district.to_lonlat(landmark.x, landmark.y)
    return asdict(landmark) | {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
