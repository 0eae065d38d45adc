"""What is typed and remembered of a sheet's form."""

from __future__ import annotations

import json

from mapdesk.formats.page import PaperSize
from mapdesk.formats.sheet_layout import ELEMENTS, SheetForm
from mapdesk.model.errors import InputError

TITLES = {
    "title": "Title",
    "date": "Date",
    "purpose": "Purpose",
    "legend": "Legend",
    "scale": "Scale",
    "bar": "Scale bar",
    "north": "North arrow",
    "watermark": "Watermark across the map",
}
"""English titles of a sheet's elements."""


def paper_size(text: object) -> PaperSize:
    """Return "A3" where it is that, else "A4"."""
    return "A3" if text == "A3" else "A4"


def form_text(form: SheetForm) -> str:
    """Return a form as it is remembered."""
    elements = sorted(form.elements)
    return json.dumps({"size": form.size, "landscape": form.landscape, "elements": elements})


def form_in(kept: str) -> SheetForm:
    """Return the form that was remembered; the usual one where what was kept is no form."""
    try:
        found = json.loads(kept)
        elements = frozenset(name for name in found["elements"] if name in ELEMENTS)
        return SheetForm(paper_size(found["size"]), bool(found["landscape"]), elements)
    except (ValueError, KeyError, TypeError):
        return SheetForm()


def scale_in(text: str) -> float:
    """Return n of "1 : n", "1:n" or "n"; commas and spaces may part thousands.

    Raises
    ------
    InputError
        It is none.
    """
    said = text.rpartition(":")[2].replace("\N{NARROW NO-BREAK SPACE}", " ")
    try:
        return float(said.replace(",", "").replace(" ", ""))
    except ValueError:
        raise InputError(f"'{text}' is no scale; write 1:2000.") from None
