"""A picture of what is seen from inside a panorama, for scripts; no display needed."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from mapdesk.app import main as desk
from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.scene3d.sphere import NARROWEST, WIDEST, Look, picture_of
from mapdesk.services import panoramas
from mapdesk.services.whereabouts import find_place
from mapdesk.store.database import Store


def shoot_street(
    store: Store,
    picture: Path,
    size: tuple[int, int],
    at: str,
    look: Look,
) -> str:
    """Draw what is seen from the panorama nearest to a place to a PNG, and return its id.

    Parameters
    ----------
    at : str
        Coordinates or a grid's code, as `whereabouts.find_place` takes them.

    Raises
    ------
    NotFoundError
        The district has no panoramas.
    InputError
        A field of view that there is none of.
    WorldError
        The picture cannot be written.
    """
    if not NARROWEST <= look.field_of_view <= WIDEST:
        raise InputError(
            f"--field-of-view is {NARROWEST:g} to {WIDEST:g} degrees, not {look.field_of_view:g}."
        )
    desk.make_application(["mapdesk"], LANGUAGE.code)
    stops = panoramas.stops(store)
    place = find_place(store, at)
    here = stops.nearest(place.x, place.y)
    heading = stops.headings[here]
    image = picture_of(
        panoramas.picture(store, str(stops.files[here])),
        0.0 if heading != heading else float(heading),
        look.limited(),
        size,
    )
    _sign(image, str(stops.credits[here]))
    if not image.save(str(picture)):
        raise WorldError(f"{picture} could not be written; is there such a folder, and room in it?")
    return str(stops.ids[here])


def _sign(image: QImage, credit: str) -> None:
    """Write who made the picture into its corner."""
    if not credit:
        return
    painter = QPainter(image)
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    width = QFontMetricsF(font).horizontalAdvance(credit) + 14
    box = QRectF(image.width() - width, image.height() - 22, width, 22)
    painter.fillRect(box, QColor(20, 24, 28, 200))
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, credit)
    painter.end()
