"""Ids by their first letters, where only one begins so."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mapdesk.model.errors import InputError

WHOLE = 32
"""Letters of an id that nobody has shortened, or more."""


def whole_id(given: str, ids: Callable[[], Iterable[str]]) -> str:
    """Return the one id that begins as `given`; `given` itself where it is whole or none does.

    Parameters
    ----------
    ids : callable
        Gives the ids there are; asked only for a shortened one.

    Raises
    ------
    InputError
        Several begin so.
    """
    if len(given) >= WHOLE:
        return given
    found = {one for one in ids() if one.startswith(given)}
    if given in found or not found:
        return given
    if len(found) > 1:
        raise InputError(f"'{given}' begins the ids of several; write more of it.")
    return found.pop()
