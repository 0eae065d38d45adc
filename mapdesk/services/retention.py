"""Keeping things no longer than a rule says: rules, what is due, and erasing it on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.retention import KEPT, Erased, check, day_before, midnight
from mapdesk.model.rights import Right
from mapdesk.store import audit
from mapdesk.store import retention as kept
from mapdesk.store.database import Store

Progress = Callable[[str, float], None]


def rules(store: Store) -> dict[str, int | None]:
    """Return for everything there can be a rule for the days it is kept; None for ever."""
    found = kept.rules(store)
    return {what: found.get(what) for what in KEPT}


def told_copies(store: Store) -> str:
    """Return a sentence about copies from before upgrades, which hold everybody; empty where there is none."""
    names = ", ".join(kept.copies(store))
    if not names:
        return ""
    if store.is_shared:
        return tr(
            "Kept before an upgrade, with everybody in it and out of reach of rules: {names}. Once all is "
            "well the owner drops it (DROP SCHEMA ... CASCADE).",
            names=names,
        )
    return tr(
        "Kept before an upgrade, with everybody in it and out of reach of rules: {names}. Once all is well, "
        "delete it from the district's folder.",
        names=names,
    )


def set_rule(store: Store, access: Access, what: str, days: int | None) -> None:
    """Keep a kind of thing for so many days, None for ever; on record first.

    Raises
    ------
    InputError
        There is no such thing, or too few or too many days.
    RightsError
        The role does not set retention.
    """
    store.identity.require(Right.RETENTION)
    if days is not None or what not in KEPT:
        check(what, days or 0)
    said = "for ever" if days is None else f"{days} days"
    audit.record(store, access, "set a retention rule", f"{what}: {said}", kind="change")
    kept.set_rule(store, what, days)


def run(
    store: Store,
    access: Access,
    today: date,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> list[Erased]:
    """Erase what is due by each rule, and return how much that was.

    Each rule that finds something leaves a row of kind "erase" with the count, never with what was erased.

    Parameters
    ----------
    today : date
        The day that days are counted back from.
    dry_run : bool
        Only count.

    Raises
    ------
    RightsError
        The role does not erase by retention.
    """
    store.identity.require(Right.RETENTION)
    done = []
    in_force = [(what, days) for what, days in rules(store).items() if days is not None]
    for number, (what, days) in enumerate(in_force):
        if progress is not None:
            progress("Erasing", number / len(in_force))
        due = _due(store, what, days, today)
        done.append(due if dry_run or not due.rows else _erase(store, access, due))
    return done


def _due(store: Store, what: str, days: int, today: date) -> Erased:
    before = day_before(today, days)
    if what == "looks":
        rows = audit.erasable(store, midnight(before))
    else:
        rows = kept.count_due(store, what, midnight(before))
    return Erased(what, days, before, rows)


def _erase(store: Store, access: Access, due: Erased) -> Erased:
    moment = midnight(due.before)
    if due.what == "looks":
        rows = audit.erase(store, access, moment, due.days)
    else:
        rows = kept.erase(store, access, due.what, moment, due.days)
    return Erased(due.what, due.days, due.before, rows)
