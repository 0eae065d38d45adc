"""The recipe: what the demo district is made of, read from TOML text the caller supplies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mapdesk.model.errors import InputError

FILES = ("district.toml", "names.toml", "mixes.toml", "classes.toml")
"""Files of a recipe, in folder ``demo/`` of the data package."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The four tables of a recipe, as parsed.

    Parameters
    ----------
    plan : mapping
        ``district.toml``: sizes in metres, zones in fractions of the extent, counts at full scale.
    names : mapping
        ``names.toml``: street, compound, place and personal names.
    mixes : mapping
        ``mixes.toml``: shares of unit uses, household kinds, education, care flags, vehicles.
    classes : mapping
        ``classes.toml``: departments, incident classes, roles, sensor kinds.

    """

    plan: Mapping[str, Any]
    names: Mapping[str, Any]
    mixes: Mapping[str, Any]
    classes: Mapping[str, Any]

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> Recipe:
        """Parse a recipe.

        Parameters
        ----------
        texts : mapping of str to str
            TOML text by file name; every name of `FILES` must be there.

        Raises
        ------
        InputError
            A file is missing or is not TOML; the sentence names it.

        """
        tables = []
        for name in FILES:
            if name not in texts:
                raise InputError(f"The demo recipe lacks {name}; reinstall mapdesk.")
            try:
                tables.append(tomllib.loads(texts[name]))
            except tomllib.TOMLDecodeError as error:
                raise InputError(f"The demo recipe's {name} is not TOML: {error}.") from error
        return cls(*tables)

    def count(self, name: str, people: int) -> int:
        """How many of `name` a district of `people` has: in proportion, but not under its least."""
        full = int(self.plan["counts"][name])
        least = int(self.plan["smallest"].get(name, 1))
        return max(min(full, least), round(full * people / int(self.plan["district"]["people"])))
