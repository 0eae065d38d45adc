"""A section's plot for scripts: no window and no display needed."""

from __future__ import annotations

from pathlib import Path

from mapdesk.app import main as desk
from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.panels import theme as themes
from mapdesk.services.sections import Section

SIZE = (1200, 380)
"""Pixels of the plot; its picture has twice as many each way."""


def draw_section(section: Section, picture: Path, foot: str) -> None:
    """Draw the plot of a section to a PNG.

    Parameters
    ----------
    foot : str
        Its sources and who took it out.

    Raises
    ------
    InputError
        No name of a PNG.
    WorldError
        It cannot be written.
    """
    if picture.suffix.lower() != ".png":
        raise InputError(f"{picture} should end in .png; only PNG pictures are written.")
    application = desk.make_application(["mapdesk"], LANGUAGE.code)
    themes.apply(application, "light")
    from mapdesk.panels.section_panel import SectionPanel

    panel = SectionPanel()
    panel.resize(*SIZE)
    panel.show_section(section)
    # Laid out as if it were shown: the plot has its size only then.
    panel.ensurePolished()
    panel.grab()
    try:
        if not panel.image(foot).save(str(picture)):
            raise WorldError(
                f"{picture} could not be written; is there such a folder, and room in it?"
            )
    finally:
        panel.close_panel()
        panel.deleteLater()
        application.processEvents()
