"""A long answer whose rows become dicts when they are looked at: a list shows thirty of four thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload


@dataclass(frozen=True)
class Rows(Sequence[dict[str, Any]]):
    """Rows as dicts, made one by one.

    Parameters
    ----------
    names : sequence of str
        What the values are called.
    values : list of tuple
        One a row, in the order of `names`.
    """

    names: Sequence[str]
    values: list[tuple[Any, ...]]

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, at: slice) -> Rows: ...

    def __getitem__(self, at: int | slice) -> dict[str, Any] | Rows:
        if isinstance(at, slice):
            return Rows(self.names, self.values[at])
        return dict(zip(self.names, self.values[at], strict=True))
