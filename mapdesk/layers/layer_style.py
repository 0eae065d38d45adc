"""How a layer is coloured: a style as data, which reads and writes itself as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from mapdesk.layers.measures import STYLED, STYLED_POINTS, Measure, measure_of, measures_of
from mapdesk.layers.palettes import palettes
from mapdesk.model.errors import InputError

KINDS = ("single", "categories", "graduated")
METHODS = ("natural", "quantile", "equal")
DRAWINGS: dict[str, tuple[str, ...]] = {
    "grid": ("choropleth", "outline", "wall", "columns"),
    "building": ("solid",),
    **dict.fromkeys(STYLED_POINTS, ("symbols",)),
}
"""How things of a noun can be drawn; the first is usual."""

USUAL_BY = {
    "grid": "density",
    "building": "use",
    "camera": "status",
    "incident": "status",
    "sensor": "kind",
    "organisation": "kind",
    "resource": "kind",
    "component": "kind",
    "worker": "status",
}
"""What things of a noun are usually coloured by."""

FEWEST, MOST = 2, 9
"""Classes of a graduated style."""

MOST_KINDS = 9
"""Categories with a colour of their own; what is rarer shares one."""

LONGEST = 20_000
"""Characters of a style's JSON."""

TITLES = {
    "single": "One colour",
    "categories": "Categories",
    "graduated": "Graduated",
    "natural": "Natural breaks",
    "quantile": "Quantiles",
    "equal": "Equal intervals",
    "choropleth": "Areas",
    "outline": "Outlines",
    "wall": "Walls",
    "columns": "Columns",
    "solid": "Buildings",
    "symbols": "Symbols",
}
"""What people read for the words of a style: keys of the catalogue."""


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """How one layer is coloured. Made by `checked_style`, it can be drawn.

    Parameters
    ----------
    noun : str
        One of `STYLED`.
    kind : {"single", "categories", "graduated"}
    by : str
        Key of a measure of the noun; empty for one colour.
    method : {"natural", "quantile", "equal"}
        How numbers are divided into classes.
    classes : int
        How many, `FEWEST` to `MOST`.
    palette : str
        Name in ``palettes.toml``.
    reverse : bool
        The palette's other end is low.
    colour : str
        "#rrggbb" of a single style.
    drawing : str
        One of `DRAWINGS` of the noun.
    level : int
        Level of the grids shown; 0 stands for the finest there is.
    size_by : str
        Key of a measure of a point's noun that its symbol is as large as; empty for one size.
    """

    noun: str = "grid"
    kind: str = "graduated"
    by: str = "density"
    method: str = "natural"
    classes: int = 5
    palette: str = "YlGnBu"
    reverse: bool = False
    colour: str = "#0072b2"
    drawing: str = "choropleth"
    level: int = 0
    size_by: str = ""

    @property
    def of_points(self) -> bool:
        """Whether it is a style of points."""
        return self.noun in STYLED_POINTS

    @property
    def size(self) -> Measure | None:
        """What symbols are as large as; None for one size."""
        return measure_of(self.noun, self.size_by) if self.size_by else None

    @property
    def measure(self) -> Measure | None:
        """What it is coloured by; None for one colour."""
        return measure_of(self.noun, self.by) if self.kind != "single" else None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON; `checked_style` takes it back."""
        return asdict(self)

    def as_text(self) -> str:
        """Return JSON that people can read and change."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2) + "\n"


def checked_style(data: Mapping[str, Any]) -> LayerStyle:
    """Return the style that plain data describe; what is not given is as usual.

    Raises
    ------
    InputError
        Something is not known, or does not go together; the sentence names it and what can be chosen.
    """
    if not isinstance(data, Mapping):
        raise InputError(
            "A style is a set of names with their values, not a list or a single value."
        )
    usual = {one.name: one.default for one in fields(LayerStyle)}
    unknown = sorted(str(key) for key in set(data) - set(usual))
    if unknown:
        raise InputError(f"A style has no '{unknown[0]}'; it has {', '.join(usual)}.")
    given = _usual(data) | dict(data)
    for name, value in given.items():
        if type(value) is not type(usual[name]):
            wanted = {str: "a text", int: "a whole number", bool: "true or false"}[
                type(usual[name])
            ]
            raise InputError(
                f"'{name}' of a style is {wanted}, not {json.dumps(value, default=str)}."
            )
    style = LayerStyle(**given)
    _one_of("noun", style.noun, STYLED)
    _one_of("kind", style.kind, KINDS)
    _one_of("method", style.method, METHODS)
    _one_of("palette", style.palette, tuple(palettes()))
    _one_of("drawing", style.drawing, DRAWINGS[style.noun])
    _check_numbers(style)
    _check_together(style)
    return style


def style_from_text(text: str) -> LayerStyle:
    """Return the style that JSON describes.

    Raises
    ------
    InputError
        It is no JSON, or no style; see `checked_style`.
    """
    if len(text) > LONGEST:
        raise InputError(f"A style takes less than {LONGEST:,} characters; this is something else.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is no style: it is not JSON ({error}).") from error
    if not isinstance(data, dict):
        raise InputError("This is no style: it should be a JSON object with noun, kind, by ...")
    return checked_style(data)


def _usual(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a style of a noun is where nothing else is said."""
    noun = data.get("noun", "grid")
    usual = {"drawing": DRAWINGS.get(noun if isinstance(noun, str) else "", ("choropleth",))[0]}
    if noun in STYLED_POINTS:
        usual["by"] = USUAL_BY[noun]
    by, kind = data.get("by", usual.get("by")), data.get("kind")
    measures = measures_of(noun) if noun in STYLED else {}
    if kind is None and by in measures and measures[by].kind == "word":
        usual["kind"] = kind = "categories"
    if kind == "categories":
        usual["palette"] = "Tol-muted"
    return usual


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InputError(f"'{value}' is no {name} of a style; choose from {', '.join(known)}.")


def _check_numbers(style: LayerStyle) -> None:
    if not FEWEST <= style.classes <= MOST:
        raise InputError(f"A style has {FEWEST} to {MOST} classes, not {style.classes}.")
    if not 0 <= style.level <= 9:
        raise InputError(f"The level of grids is 1 to 9, or 0 for the finest, not {style.level}.")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", style.colour):
        raise InputError(f"'{style.colour}' is no colour; write #rrggbb, as #0072b2.")


def _check_together(style: LayerStyle) -> None:
    if style.kind != "single":
        measure = measure_of(style.noun, style.by)
        if style.kind == "graduated" and measure.kind == "word":
            raise InputError(
                f"'{style.by}' is no number and cannot be graduated; use kind 'categories'."
            )
    if style.kind == "graduated" and palettes()[style.palette].kind == "qualitative":
        able = ", ".join(one.name for one in palettes().values() if one.kind != "qualitative")
        raise InputError(
            f"The colours of '{style.palette}' stand for kinds, not for more and less; choose from {able}."
        )
    if style.size_by:
        if not style.of_points:
            raise InputError(f"Symbols of points alone have sizes, not a {style.noun}.")
        size = measure_of(style.noun, style.size_by)
        if size.kind == "word" or size.by_day:
            raise InputError(f"'{style.size_by}' is no number that symbols can be as large as.")
    if style.drawing == "columns" and style.kind != "graduated":
        raise InputError("Columns need numbers to be high by; use kind 'graduated'.")
