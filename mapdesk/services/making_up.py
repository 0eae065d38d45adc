"""Make-up of an area beside another: exact for those who may read records, fixed areas for others.

Exact counts of any area are a look at people: they need the right, a purpose and a row in the record.
Statistics of fixed areas are made so that nobody can be read out of them, so that they need no
purpose; they are put on record all the same, under a name of their own.

Who has the right to people's records in some areas only gets exact counts there, and beside them the
whole district's statistics, but no other grid's: a hidden count of a neighbour could be reckoned from
one's own exact ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.makeup import WHOLE, MakeUp, ages_of
from mapdesk.model.outgoing import Parcel
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import counting, outgoing
from mapdesk.services.counting import AnyArea
from mapdesk.store import audit, places, published, statistics
from mapdesk.store.database import Store
from mapdesk.store.scope import grids_below, local_today
from mapdesk.store.statistics import Where


def make_up_of(
    store: Store,
    access: Access,
    area: AnyArea,
    compare: Ref | None = None,
    today: date | None = None,
) -> tuple[MakeUp, MakeUp | None]:
    """Return the make-up of an area, and of a comparison area where one is named.

    Parameters
    ----------
    area : Ref, sequence of str, or GroundShape
        Buildings that touch a drawn shape belong to it, as in a selection.
    compare : Ref, optional
        A grid, a building or `WHOLE`.
    today : date, optional
        Day on which ages are reckoned; today by default.

    Raises
    ------
    PurposeError
        Exact counts without a purpose.
    RightsError
        An area that is not fixed, without the right to records; or outside the areas of that right.
    NotFoundError
        No such grid or building.
    """
    day = today or local_today()
    asked = [area] if compare is None else [area, compare]
    exact = [counting.is_exact(store, access, one) for one in asked]
    made = [counting.named(store, one) for one in asked]
    if any(exact):
        access.require_purpose("people")
    for one, named, is_exact in zip(asked, made, exact, strict=True):
        subject = counting.subject(one, named)
        audit.record(
            store, access, "make-up of area" if is_exact else "statistics of area", subject
        )
    fixed = {} if all(exact) else published.statistics_for(store, day)
    answers = []
    for one, (title, buildings), is_exact in zip(asked, made, exact, strict=True):
        ref = one if isinstance(one, Ref) else None
        if is_exact:
            answer = statistics.make_up(store, _where(store, one, buildings), day)
        else:
            answer = fixed[ref.id if ref else ""]
        count = 0 if ref else len(buildings)
        answers.append(replace(answer, title=title, ref=ref, buildings=count))
    return answers[0], (answers[1] if compare is not None else None)


def of_every_grid(store: Store, access: Access, today: date | None = None) -> list[dict[str, Any]]:
    """Return people and their ages of every grid the user may know of, coarse grids first.

    Who has the right to records gets exact counts of the grids of their areas; others get statistics,
    None where a count is hidden.

    Returns
    -------
    list of dict
        Keys grid, name, level, people and those of `AGES`.

    Raises
    ------
    PurposeError
        Exact counts without a purpose.
    RightsError
        Neither records nor statistics are open to the user.
    """
    day = today or local_today()
    exact = access.may(Right.PEOPLE)
    if exact:
        access.require_purpose("people")
    else:
        access.require(Right.STATISTICS)
    action = "make-up of area" if exact else "statistics of area"
    audit.record(store, access, action, "every grid")
    found = places.features(store, "grid", ("name", "code", "level"), geometry=False)
    keys = [str(key) for key in found.ids]
    areas = store.glass.areas_of(access)
    known = set(grids_below(store, areas)) if exact and areas else set(keys)
    if exact:
        counted = statistics.pyramids_of_grids(store, day)
        made = {key: ages_of(counted[key], int(counted[key].sum())) for key in keys}
    else:
        fixed = published.statistics_for(store, day)
        made = {key: ages_of(fixed[key].pyramid, fixed[key].people) for key in keys}
    names = found.columns["name"].tolist(), found.columns["code"].tolist()
    rows = [
        {"grid": key, "name": str(name or code or key), "level": int(level), **made[key]}
        for key, name, code, level in zip(
            keys, *names, found.columns["level"].tolist(), strict=True
        )
        if key in known
    ]
    return sorted(rows, key=lambda row: (row["level"], row["grid"]))


def areas_to_compare(store: Store, ref: Ref | None) -> list[tuple[Ref, str]]:
    """Return what an area can be put beside: the district, the grids it lies in, then all others.

    The whole district's title is empty: what it is called is the window's to say.
    """
    grids = places.features(store, "grid", ("name", "code", "level"), geometry=False)
    names = grids.columns["name"].tolist(), grids.columns["code"].tolist()
    titles = {
        key: str(name or code or key)
        for key, name, code in zip(grids.ids.tolist(), *names, strict=True)
    }
    chain: list[str] = []
    if ref is not None and ref.noun == "grid":
        chain = [grid["id"] for grid in places.grid_chain(store, ref.id)][:-1]
    elif ref is not None and ref.noun == "building":
        home = places.row(store, "building", ref.id)["grid_id"]
        chain = [grid["id"] for grid in places.grid_chain(store, home)]
    level = dict(zip(grids.ids.tolist(), grids.columns["level"].tolist(), strict=True))
    others = sorted(
        (level[key], titles[key], key)
        for key in titles
        if key not in chain and (ref is None or key != ref.id)
    )
    wanted = [*reversed(chain), *(key for _level, _title, key in others)]
    return [(WHOLE, ""), *((Ref("grid", key), titles[key]) for key in wanted)]


def publish(store: Store, access: Access, today: date | None = None) -> int:
    """Publish the statistics of fixed areas for those who may read no records; return how many areas."""
    audit.record(store, access, "publish statistics", "")
    return published.publish(store, today or local_today())


def record_copy(store: Store, access: Access, shown: Sequence[MakeUp]) -> None:
    """Let make-ups leave the desk as a picture, by the one door there is.

    Raises
    ------
    RightsError
        The user may not take results out.
    PurposeError
        Exact counts without a purpose.
    """
    for one in shown:
        title = one.title or (one.ref.noun if one.ref else f"{one.buildings} buildings")
        subject = f"make-up of {one.ref.id} {title}" if one.ref else f"make-up of {title}"
        with outgoing.leaving(store, access, Parcel("copy", subject, "png", personal=one.exact)):
            continue


def _where(store: Store, area: AnyArea, buildings: tuple[str, ...]) -> Where:
    if area == WHOLE:
        return Where()
    if isinstance(area, Ref) and area.noun == "grid":
        return Where(grids=grids_below(store, [area.id]))
    return Where(buildings=buildings)
