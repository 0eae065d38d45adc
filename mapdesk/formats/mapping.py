"""Which source column becomes which field of a noun, and the rows whose values cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mapdesk.formats import synonyms, values, vocabulary
from mapdesk.formats.crossing import READERS
from mapdesk.formats.oneway import read_oneway
from mapdesk.formats.reading import Column, Columns, SourceTable, plural
from mapdesk.model.errors import InputError
from mapdesk.model.noun import Field, Noun

CONSTANT = "="
"""First character of a `fields` source that is a value, not a column."""

PLACES = ("lon", "lat", "x", "y", "geometry")
"""Targets that name columns with coordinates, beside the fields of a noun."""

ADDRESS = Field("address")
"""What `person` rows carry beside their fields, for the caller to find the building by."""

_ALWAYS_POSITIVE = (
    ("building", "height"),
    ("building", "floors"),
    ("road", "max_speed"),
    ("road", "width"),
)
"""Numbers whose 0 (or less) means that nobody knows."""

_SHOWN = 12


@dataclass(slots=True)
class Mapped:
    """Rows with a noun's fields.

    Parameters
    ----------
    columns : dict of str to array
        A column for every field, as `values.convert` makes them.
    reasons : array of str
        Why a row cannot be used; empty where it can.
    against : array of bool
        Roads whose line has to be turned round because traffic goes against it.
    notes : list of str
        What else to tell.
    """

    columns: Columns
    reasons: npt.NDArray[np.object_]
    against: npt.NDArray[np.bool_]
    notes: list[str]


def choose_columns(
    file: str, columns: list[str], noun: Noun, fields: Mapping[str, str]
) -> dict[str, str]:
    """Find the source of every field that has one.

    Parameters
    ----------
    file : str
        Name for the error's sentence.
    columns : list of str
        What the source has.
    noun : Noun
        What rows become.
    fields : mapping of str to str
        The user's choice, target to source; it wins over known names.

    Returns
    -------
    dict of str to str
        Field to column, or to ``=constant``.

    Raises
    ------
    InputError
        A target that the noun lacks, or a column that the source lacks.
    """
    targets = fields_of(noun)
    for target, source in fields.items():
        if target not in targets and target not in PLACES:
            raise InputError(
                f"{noun.title} have no field '{target}': use one of {', '.join(targets)}."
            )
        if not source.startswith(CONSTANT) and source not in columns:
            raise InputError(
                f"{file} has no column '{source}' (it has {_listed(columns)});"
                f" for the same value in all rows write --field {target}=={source}."
            )
    known = synonyms.FIELDS.get(noun.key, {})
    found = {
        target: column
        for target in targets
        if (column := synonyms.find(columns, (target, *known.get(target, ()))))
    }
    if noun.key == "person" and "address" not in found:
        column = synonyms.find(columns, synonyms.FIELDS["building"]["address"])
        found |= {"address": column} if column else {}
    return found | {target: source for target, source in fields.items() if target in targets}


def fields_of(noun: Noun) -> dict[str, Field]:
    """Return the fields that a file may fill, by name; `source` is the import's own."""
    found = {field.name: field for field in noun.fields if field.name != "source"}
    return found | {"address": ADDRESS} if noun.key == "person" else found


def map_columns(
    file: str, table: SourceTable, noun: Noun, fields: Mapping[str, str], used: frozenset[str]
) -> Mapped:
    """Fill a noun's fields from a source's columns.

    Parameters
    ----------
    file : str
        Name for sentences.
    table : SourceTable
        The source's rows.
    noun : Noun
        What rows become.
    fields : mapping of str to str
        The user's choice, target to source.
    used : frozenset of str
        Columns that serve otherwise (identity, coordinates), not to be reported as left out.

    Returns
    -------
    Mapped
        Values that cannot be read give their row a reason, and so do missing required ones.

    Raises
    ------
    InputError
        As `choose_columns`.
    """
    chosen = choose_columns(file, list(table.columns), noun, fields)
    mapped = Mapped({}, np.full(len(table), "", object), np.zeros(len(table), np.bool_), [])
    for name, field in fields_of(noun).items():
        source = chosen.get(name)
        if source is None:
            mapped.columns[name] = values.empty(len(table), field)
        elif source.startswith(CONSTANT):
            constant = np.full(len(table), source.removeprefix(CONSTANT), object)
            mapped.columns[name] = _field_values(constant, noun, field, source, mapped)
        else:
            mapped.columns[name] = _field_values(table.columns[source], noun, field, source, mapped)
    if noun.key == "grid":
        level = mapped.columns["level"]
        level[values.missing(level)] = 1
    for field in noun.fields:
        if field.required and field.name in mapped.columns:
            _refuse(mapped, values.missing(mapped.columns[field.name]), f"has no {field.name}")
    served = {*chosen.values(), *used}
    left_out = [
        name
        for name in table.columns
        if name not in served and synonyms.normalise(name) not in synonyms.SERIALS
    ]
    if left_out:
        mapped.notes.append(f"columns not used: {_listed(left_out)}")
    return mapped


def _field_values(column: Column, noun: Noun, field: Field, source: str, mapped: Mapped) -> Column:
    """Convert one column; what goes wrong is written into `mapped`."""
    if (noun.key, field.name) == ("road", "oneway"):
        oneway, against = read_oneway(column)
        mapped.against |= against
        return oneway
    if noun.geometry == "line" and field.name in READERS:
        return READERS[field.name](column)
    terms = vocabulary.TERMS.get((noun.key, field.name))
    converted, reasons = values.convert(column, field, terms)
    wrong = reasons != ""
    _refuse(mapped, wrong, f"{field.name}: " + reasons[wrong])
    if terms:
        _note_unknown_terms(column, converted, field, mapped)
    if field.type == "int" and column.dtype.kind == "f":
        fractional = int(np.count_nonzero(np.isfinite(column) & (column % 1 != 0)))
        if fractional:
            mapped.notes.append(
                f"{field.name}: {plural(fractional, 'fraction')} of '{source}' rounded"
            )
    if (noun.key, field.name) in _ALWAYS_POSITIVE:
        unknown = np.array([n is not None and n <= 0 for n in converted], np.bool_)
        if unknown.any():
            converted[unknown] = None
            mapped.notes.append(
                f"{field.name}: {plural(int(unknown.sum()), 'value')} of 0 or less left empty"
            )
    return converted


def _note_unknown_terms(column: Column, converted: Column, field: Field, mapped: Mapped) -> None:
    unknown = values.texts(column[values.missing(converted)])
    unknown = unknown[~values.missing(unknown)]
    if len(unknown):
        mapped.notes.append(
            f"{field.name}: {plural(len(unknown), 'value')} not known and left empty"
            f" ({_listed(sorted(set(unknown)))})"
        )


def _refuse(mapped: Mapped, rows: npt.NDArray[np.bool_], reasons: object) -> None:
    """Give rows a reason, unless they have one; `reasons` is one text or an array of them."""
    given = np.full(len(mapped.reasons), "", dtype=object)
    given[rows] = reasons
    first = rows & (mapped.reasons == "")
    mapped.reasons[first] = given[first]


def _listed(names: list[str]) -> str:
    shown = ", ".join(str(name) for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
