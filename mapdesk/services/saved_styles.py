"""Styles the district keeps under a name, and styles in files."""

from __future__ import annotations

from pathlib import Path

from mapdesk.formats.whole_file import whole_file
from mapdesk.layers.layer_style import LONGEST, LayerStyle, checked_style, style_from_text
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.store import map_items
from mapdesk.store.database import Store


def names(store: Store) -> list[str]:
    """Return the names of the district's styles, sorted."""
    return [one.name for one in map_items.items(store, "style")]


def opened(store: Store, name: str) -> LayerStyle:
    """Return the style saved under a name.

    Raises
    ------
    NotFoundError
        There is none.
    InputError
        What is saved is no style this desk knows.
    """
    kept = map_items.named(store, "style", name)
    try:
        return checked_style(kept.content)
    except InputError as error:
        raise InputError(f"The style '{name}' cannot be used: {error}") from error


def save(store: Store, name: str, style: LayerStyle) -> None:
    """Keep a style under a name, in place of the one that has it.

    Raises
    ------
    RightsError
        The user may not edit places: styles are the whole district's.
    InputError
        The name is empty or too long.
    """
    map_items.save(store, "style", name, style.as_dict())


def delete(store: Store, name: str) -> map_items.MapItem | None:
    """Forget a style and return what it was; NotFoundError or RightsError as for saving."""
    return map_items.delete(store, "style", name)


def read(path: Path) -> LayerStyle:
    """Return the style in a JSON file.

    Raises
    ------
    NotFoundError
        There is no such file.
    InputError
        It cannot be read, or is no style.
    """
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise InputError(f"{path} cannot be read as a style: {why}.") from error
    try:
        return style_from_text(text)
    except InputError as error:
        raise InputError(f"The style in {path} cannot be used: {error}") from error


def write(path: Path, style: LayerStyle) -> None:
    """Write a style to a JSON file, whole or not at all.

    Raises
    ------
    InputError, NotFoundError
        The file does not end in .json, or cannot be written.
    """
    if path.suffix.lower() != ".json":
        raise InputError(f"{path} should end in .json: a style is written as JSON.")
    with whole_file(path) as part:
        part.write_text(style.as_text(), encoding="utf-8")
