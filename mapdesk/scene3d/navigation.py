"""Moving the viewpoint: pan with the ground under the hand, orbit, zoom to the cursor, fly."""

from __future__ import annotations

from dataclasses import replace

from mapdesk.scene3d.viewpoint import Projection, Viewpoint

ORBIT_DEGREES_PER_PIXEL = 0.35
ZOOM_PER_STEP = 0.82
KEY_PAN = 0.12
KEY_TURN = 10.0


def panned(
    projection: Projection, start: tuple[float, float], end: tuple[float, float]
) -> Viewpoint:
    """Return the viewpoint after the ground under pixel `start` was dragged to pixel `end`."""
    grabbed, view = projection.to_ground(*start), projection.viewpoint
    if grabbed is None:
        return view
    # Over hills the ground under the hand is dragged on its own level: behind a ridge there is far away.
    now = projection.to_level(*end, float(projection.ground_at([grabbed])[0]))
    if now is None:
        return view
    return replace(view, x=view.x + grabbed[0] - now[0], y=view.y + grabbed[1] - now[1])


def orbited(view: Viewpoint, dx: float, dy: float) -> Viewpoint:
    """Return the viewpoint turned around the point looked at by a drag of (dx, dy) pixels."""
    return replace(
        view,
        bearing=view.bearing + dx * ORBIT_DEGREES_PER_PIXEL,
        pitch=view.pitch + dy * ORBIT_DEGREES_PER_PIXEL,
    ).limited()


def zoomed(projection: Projection, pixel: tuple[float, float], steps: float) -> Viewpoint:
    """Return the viewpoint nearer (positive steps) or farther, the ground at `pixel` staying there."""
    view = projection.viewpoint
    target = projection.to_ground(*pixel)
    closer = replace(view, distance=view.distance * ZOOM_PER_STEP**steps).limited()
    if target is None:
        return closer
    level = float(projection.ground_at([target])[0])
    # Where it moves the ground carries the eye up or down: a second turn takes account of that.
    for _turn in range(1 if projection.terrain is None else 3):
        there = replace(projection, viewpoint=closer).to_level(*pixel, level)
        if there is None:
            break
        closer = replace(
            closer, x=closer.x + target[0] - there[0], y=closer.y + target[1] - there[1]
        )
    return closer


def stepped(view: Viewpoint, right: float, ahead: float) -> Viewpoint:
    """Return the viewpoint moved by fractions of its distance to the right and ahead on the screen."""
    metres = view.distance * KEY_PAN
    east, north = view.right[0], view.right[1]
    return replace(
        view,
        x=view.x + metres * (right * east - ahead * north),
        y=view.y + metres * (right * north + ahead * east),
    )


def between(start: Viewpoint, end: Viewpoint, part: float) -> Viewpoint:
    """Return the viewpoint `part` (0 to 1) of the way of a flight, eased, by the shorter turn."""
    eased = part * part * (3 - 2 * part)
    turn = (end.bearing - start.bearing + 180) % 360 - 180
    return Viewpoint(
        start.x + (end.x - start.x) * eased,
        start.y + (end.y - start.y) * eased,
        start.distance * (end.distance / start.distance) ** eased,
        (start.bearing + turn * eased) % 360,
        start.pitch + (end.pitch - start.pitch) * eased,
    )
