"""The door for pictures and films of the window's map: who is on it decides how it leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mapdesk.app import styled_map
from mapdesk.app.frame_drawing import printout_of
from mapdesk.app.jobs import Progress
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError
from mapdesk.services import printing
from mapdesk.services.printing import Printout

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow


def shown(window: DeskWindow, file: str | Path) -> Printout:
    """Return what leaves with a picture of the map as it stands now, by the suffix of its file."""
    styles = window.parts.styles
    title = window.store.district.name
    if styles.styled is not None:
        title = styled_map.title_of(styles.title, styles.styled.style)
    kind = Path(file).suffix.lower().removeprefix(".")
    return replace(printout_of(window.map.overlay, title, kind, window.session.focus), way="export")


def let_out(window: DeskWindow, file: str | Path, then: Callable[[], None]) -> None:
    """Go on with what takes a picture of the map out, once it is on record; GUI thread.

    `then` is called with the map as it was let out: one that shows other people meanwhile, or is in other
    hands, goes by the door anew.
    """
    printout, access, store = shown(window, file), window.session.access, window.store
    if not printout.is_personal and printout.file_kind not in printing.FILMS:
        then()
        return

    def work(_progress: Progress) -> None:
        with printing.leaving(store, access, printout):
            return

    def go_on(_nothing: None) -> None:
        if is_let_out(window, file, printout, access):
            then()
        else:
            let_out(window, file, then)

    def refuse(error: Exception) -> None:
        window.tell(error)
        if isinstance(error, PurposeError):
            window.commands.ask_purpose()

    window.jobs.run("picture out", work, go_on, refuse)


def is_let_out(window: DeskWindow, file: str | Path, printout: Printout, access: Access) -> bool:
    """Say whether the map shows nobody but who was let out with `printout`, for the same purpose."""
    now = shown(window, file)
    return not now.is_personal or (now == printout and window.session.access == access)
