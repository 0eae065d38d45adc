"""The style of a window as a bookmark keeps it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mapdesk.layers.layer_style import checked_style
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


def kept(window: DeskWindow) -> dict[str, Any] | None:
    """Return the style of a window for a bookmark; None without one."""
    styles = window.parts.styles
    if styles.styled is None:
        return None
    day = None if styles.day is None else styles.day.isoformat()
    return {"style": styles.styled.style.as_dict(), "day": day, "title": styles.title}


def give(window: DeskWindow, wanted: dict[str, Any] | None) -> None:
    """Show the style of a bookmark."""
    styles = window.parts.styles
    if wanted == kept(window):
        return
    if wanted is None:
        styles.off()
        return
    try:
        style = checked_style(wanted["style"])
        styles.day = date.fromisoformat(wanted["day"]) if wanted.get("day") else None
    except (InputError, KeyError, TypeError, ValueError):
        window.tell(tr("The style of this view is not known to this desk."))
        return
    styles.open_style(str(wanted.get("title", "")), style)
