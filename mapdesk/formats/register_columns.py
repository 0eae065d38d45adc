"""Rows of a register to typed columns, a part of the file at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter

import numpy as np
import pandas as pd

from mapdesk.formats.register_cells import Cells, Reasons, Values
from mapdesk.formats.register_words import WORDS

_MARKS = {"address_building": "栋", "address_stair": "单元", "address_room": "室"}
"""What is put behind a bare number that stands in a column of its own."""


class Columns:
    """Gathers the columns of a register.

    Parameters
    ----------
    places : mapping of str to sequence of int
        Field to the places of its columns, from 0.
    today : datetime.date
        Nobody is born after it.
    """

    def __init__(self, places: Mapping[str, Sequence[int]], today: date) -> None:
        self._places = places
        self._cells = Cells(today)
        self._parts: dict[str, list[pd.Series]] = {}
        self.refused: list[tuple[int, str]] = []

    def add(self, lines: list[int], rows: list[list[str]]) -> None:
        """Take rows in; those that cannot be people go to `refused`."""
        reasons: Reasons = {}
        values = self._people(rows, reasons)
        kept = np.ones(len(rows), dtype=np.bool_)
        kept[list(reasons)] = False
        self.refused += [(lines[place], reason) for place, reason in sorted(reasons.items())]
        self._keep("line", pd.Series(lines, dtype="int64")[kept])
        for name, column in values.items():
            if name == "birth_date":
                days = np.array(column, dtype="datetime64[D]").astype("datetime64[s]")
                self._keep(name, pd.Series(days)[kept])
            else:
                self._keep(name, pd.Series(column, dtype="str")[kept])

    def frame(self) -> pd.DataFrame:
        """Return all rows kept; gives up the parts, so that they are not held twice."""
        columns: dict[str, pd.Series] = {}
        for name in list(self._parts):
            columns[name] = pd.concat(self._parts.pop(name), ignore_index=True)
        return (
            pd.DataFrame(columns) if columns else pd.DataFrame({"line": pd.Series(dtype="int64")})
        )

    def notes(self) -> list[str]:
        """Return what was done to cells, one sentence each."""
        return self._cells.notes()

    def _keep(self, name: str, column: pd.Series) -> None:
        self._parts.setdefault(name, []).append(column)

    def _people(
        self, rows: list[list[str]], reasons: Reasons
    ) -> dict[str, Values | list[date | None]]:
        cells, own = self._cells, self._cells_of(rows)
        values: dict[str, Values | list[date | None]] = {}
        for name in own:
            if name in ("id", "household_id", "unit_id", "building_id"):
                values[name] = cells.texts(name, own[name], reasons)
        values["name"] = cells.names(own["name"], reasons)
        days = cells.days(own["birth_date"], reasons) if "birth_date" in own else None
        sexes = cells.sexes(own["sex"]) if "sex" in own else None
        if "identity_number" in own:
            identities = cells.identities(own["identity_number"], reasons)
            days, sexes = cells.agree(identities, days, sexes, reasons)
            values["identity_number"] = [one.number if one else None for one in identities]
        if sexes is not None:
            values["sex"] = sexes
        if days is not None:
            values["birth_date"] = days
        if "phone" in own:
            values["phone"] = cells.phones(own["phone"])
        for name in WORDS:
            if name in own:
                values[name] = cells.words(name, own[name])
        values["address"] = self._addresses(rows, own, reasons)
        return values

    def _cells_of(self, rows: list[list[str]]) -> dict[str, list[str]]:
        return {name: list(map(itemgetter(found[0]), rows)) for name, found in self._places.items()}

    def _addresses(
        self, rows: list[list[str]], own: dict[str, list[str]], reasons: Reasons
    ) -> Values:
        """Join the columns of an address in their order, its parts behind them."""
        columns = [list(map(itemgetter(place), rows)) for place in self._places.get("address", ())]
        for name, mark in _MARKS.items():
            if name in own:
                columns.append([_marked(cell, mark) for cell in own[name]])
        if not columns:
            return [None] * len(rows)
        whole = (
            columns[0]
            if len(columns) == 1
            else ["".join(parts) for parts in zip(*columns, strict=True)]
        )
        return self._cells.texts("address", whole, reasons)


def _marked(cell: str, mark: str) -> str:
    plain = cell.strip()
    return plain + mark if plain.isdigit() else plain
