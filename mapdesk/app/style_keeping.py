"""The style of a window as a bookmark keeps it, and styles in files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtWidgets import QFileDialog

from mapdesk.app.window_parts import ask_file
from mapdesk.layers.layer_style import LayerStyle, checked_style
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr
from mapdesk.services import saved_styles

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


def kept(window: DeskWindow) -> dict[str, Any] | None:
    """Return the style of a window for a bookmark; None without one."""
    styles = window.parts.styles
    if styles.styled is None:
        return None
    return {"style": styles.styled.style.as_dict(), "title": styles.title}


def give(window: DeskWindow, wanted: dict[str, Any] | None) -> None:
    """Show the style of a bookmark."""
    styles = window.parts.styles
    # A style under way would come over this one.
    is_coming = any(window.jobs.is_under_way(key) for key in ("style", "style day"))
    if wanted == kept(window) and not is_coming:
        return
    if wanted is None:
        styles.off()
        return
    try:
        title, style = style_kept(wanted)
    except InputError as error:
        window.tell(str(error))
        return
    styles.open_style(title, style)


def style_kept(kept: Any) -> tuple[str, LayerStyle]:
    """Return the title and the style that a bookmark keeps.

    Raises
    ------
    InputError
        It is no style of this desk.
    """
    try:
        return str(kept.get("title", "")), checked_style(kept["style"])
    except (InputError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(tr("The style of this view is not known to this desk.")) from error


def export(window: DeskWindow, name: str, style: LayerStyle) -> None:
    """Ask for a file, and write a style to it."""
    path = ask_file(window, tr("Export style…"), f"{name or 'style'}.json", "JSON (*.json)")
    if path is not None:
        said = tr("Written to {file}.", file=path)
        window.jobs.run_write(
            "style", lambda _p: saved_styles.write(path, style), lambda _n: window.tell(said)
        )


def bring_in(window: DeskWindow, then: Callable[[str, LayerStyle], None]) -> None:
    """Ask for a file, and hand on the style in it with its name."""
    chosen, _kind = QFileDialog.getOpenFileName(window, tr("Import style…"), "", "JSON (*.json)")
    if chosen:
        path = Path(chosen)
        window.jobs.run("styles", lambda _p: saved_styles.read(path), partial(then, path.stem))
