"""The door for pictures and films of the window's map: who is on it decides how it leaves."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mapdesk.app import styled_map
from mapdesk.app.frame_drawing import printout_of
from mapdesk.app.jobs import Progress
from mapdesk.formats.whole_file import whole_file
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr
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


def save_picture(window: DeskWindow, file: Path) -> None:
    """Write the map as it stands to a picture; one with people on it leaves by the door out."""
    image, printout = window.map.grab().toImage(), shown(window, file)
    store, access = window.store, window.session.access

    def work(_progress: Progress) -> None:
        leaving: AbstractContextManager[object] = nullcontext()
        if printout.is_personal:
            leaving = printing.leaving(store, access, printout)
        with leaving, whole_file(file) as part:
            if not image.save(str(part)):
                raise WorldError(tr("{file} could not be written.", file=file))

    def done(_nothing: None) -> None:
        window.status.showMessage(tr("Saved the picture in {file}", file=file), 15_000)

    window.jobs.run("picture out", work, done, window.parts.outgoing.refused)
