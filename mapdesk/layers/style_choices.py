"""What can be chosen of a style, given what was chosen already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mapdesk.layers.layer_style import (
    DRAWINGS,
    FEWEST,
    KINDS,
    METHODS,
    MOST,
    TITLES,
    USUAL_BY,
    LayerStyle,
    checked_style,
)
from mapdesk.layers.measures import STYLED, measures_of
from mapdesk.layers.palettes import Palette, palettes
from mapdesk.model.language import tr
from mapdesk.model.nouns import NOUNS


def choices_of(style: LayerStyle, levels: Sequence[int]) -> dict[str, list[tuple[Any, str]]]:
    """Return what each field of a style can be, with what people read; a field without use has nothing."""
    measures = measures_of(style.noun)
    measure = style.measure
    kinds = [
        kind for kind in KINDS if kind != "graduated" or not measure or measure.kind == "number"
    ]
    graduated = style.kind == "graduated"
    suited = [one for one in palettes().values() if _fits(one, style.kind)]
    drawings = [one for one in DRAWINGS[style.noun] if graduated or one != "columns"]
    return {
        "noun": [(noun, tr(NOUNS[noun].title)) for noun in STYLED],
        "by": [
            (key, tr(one.title) + (f" ({tr(one.unit)})" if one.unit in ("m", "%") else ""))
            for key, one in measures.items()
            if style.kind != "single"
        ],
        "kind": [(kind, tr(TITLES[kind])) for kind in kinds],
        "method": [(one, tr(TITLES[one])) for one in METHODS if graduated],
        "classes": [(count, str(count)) for count in range(FEWEST, MOST + 1) if graduated],
        "size_by": [
            ("", tr("one size")),
            *(
                (key, tr(one.title))
                for key, one in measures.items()
                if one.kind == "number" and not one.by_day
            ),
        ]
        if style.of_points
        else [],
        "palette": [(one.name, one.name) for one in suited if style.kind != "single"],
        "drawing": [(one, tr(TITLES[one])) for one in drawings],
        "level": [(0, tr("finest")), *((one, str(one)) for one in levels)]
        if style.noun == "grid" and len(levels) > 1
        else [],
    }


def _fits(palette: Palette, kind: str) -> bool:
    return (palette.kind == "qualitative") == (kind == "categories")


def fitting(before: LayerStyle, given: Mapping[str, Any]) -> LayerStyle:
    """Return the style chosen, with what no longer goes together put right.

    Parameters
    ----------
    before : LayerStyle
        What was shown.
    given : mapping
        Fields as they are chosen now.

    Raises
    ------
    InputError
        It cannot be put right.
    """
    wanted = before.as_dict() | dict(given)
    if wanted["noun"] != before.noun:
        wanted["drawing"] = DRAWINGS[wanted["noun"]][0]
        wanted["by"], wanted["size_by"] = USUAL_BY[wanted["noun"]], ""
        wanted["kind"] = "graduated"
    measure = measures_of(wanted["noun"])[wanted["by"]]
    if wanted["kind"] != "single" and measure.kind == "word":
        wanted["kind"] = "categories"
    elif wanted["by"] != before.by and wanted["kind"] == "categories":
        wanted["kind"] = "graduated"
    if wanted["kind"] != "single" and not _fits(palettes()[wanted["palette"]], wanted["kind"]):
        wanted["palette"] = "Tol-muted" if wanted["kind"] == "categories" else "YlGnBu"
    if wanted["drawing"] == "columns" and wanted["kind"] != "graduated":
        wanted["drawing"] = "choropleth"
    return checked_style(wanted)
