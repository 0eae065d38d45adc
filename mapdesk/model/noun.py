"""What a noun of a district is: its name, its fields, and the kind of place it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "int", "float", "bool", "date", "datetime"]
GeometryKind = Literal["polygon", "line", "point"]


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a noun.

    Parameters
    ----------
    name : str
        Column name, snake case.
    type : FieldType
        Storage type.
    required : bool
        A row without it is refused by importers.
    refers_to : str or None
        Key of the noun whose ``id`` this field holds; the store checks it.
    mask : {"name", "phone", "identity", "year"} or None
        How the value is masked on the way out: of people, and of those a thing names.
    secret : bool
        Never shown or exported; only the service that needs it reads it.
    unit : str
        Unit of a number, shown in cards ("m", "deg", "m²"); empty where there is none.
    """

    name: str
    type: FieldType = "text"
    required: bool = False
    refers_to: str | None = None
    mask: Literal["name", "phone", "identity", "year"] | None = None
    unit: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of thing in a district.

    Parameters
    ----------
    key : str
        Table name and command-line word, singular.
    title, title_zh : str
        What people read, English plural and Chinese.
    geometry : GeometryKind or None
        Kind of geometry in the district's CRS, metres; None where the noun has no place of its own.
    fields : tuple of Field
        Attributes beside ``id`` (text, primary key).
    personal : bool
        Rows are personal data: every query needs an ``Access`` with a purpose and is audited.
    """

    key: str
    title: str
    title_zh: str
    geometry: GeometryKind | None
    fields: tuple[Field, ...]
    personal: bool = False

    @property
    def one(self) -> str:
        """What people call one of them, English."""
        return self.key.replace("_", " ").capitalize()

    @property
    def veiled(self) -> bool:
        """Whether the noun is no person but has fields that are masked or never shown."""
        return not self.personal and any(one.mask or one.secret for one in self.fields)

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of all fields, without ``id`` and ``geometry``."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Return the field called `name`; KeyError where there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)
