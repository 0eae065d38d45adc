"""Which right each function of the store asks for.

On the embedded store this is advice that the desk keeps to: whoever holds folder and key holds the
data. On PostgreSQL the server holds the same rules; these give the better sentence, earlier. A public
function of the store that takes a `Store` and has no rule fails `tests/store/test_rules.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from mapdesk.model.rights import Right
from mapdesk.model.texts import check_text

if TYPE_CHECKING:
    from mapdesk.store.database import Store

P = ParamSpec("P")
T = TypeVar("T")

RULES: dict[str, Right | None] = {}
"""Right asked for by each function, by its qualified name; None where anyone may call it."""

FEW = 100
"""Texts of a list that are looked at; longer lists are ids that come from the store itself."""


def needs(
    right: Right | None,
) -> Callable[[Callable[Concatenate[Store, P], T]], Callable[Concatenate[Store, P], T]]:
    """Let only users with `right` call a function; None lets everyone.

    Texts that no engine can keep are refused before the function sees them, with an InputError.
    """

    def rule(
        function: Callable[Concatenate[Store, P], T],
    ) -> Callable[Concatenate[Store, P], T]:
        RULES[f"{function.__module__}.{function.__name__}"] = right

        @wraps(function)
        def checked(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
            if right is not None:
                store.identity.require(right)
            for value in (*args, *kwargs.values()):
                _check_kept(value)
            return function(store, *args, **kwargs)

        return checked

    return rule


def _check_kept(value: object) -> None:
    """Raise InputError where a text, or one of few, is no text to an engine."""
    texts = value if isinstance(value, (list, tuple)) and len(value) <= FEW else (value,)
    for one in texts:
        if isinstance(one, str):
            check_text(one)
