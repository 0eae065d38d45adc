"""Correcting the register by hand, and fields of places; every correction is one batch with its history.

What changes the register needs a purpose. All of it is put on record before it is written, and refused
whole where someone else was faster.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mapdesk.model.access import Access, mask_row
from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.nouns import CONTACT, EDITED_PLACES, NOUNS
from mapdesk.model.register_values import read_row
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.store import audit, changes, people, places, undoing
from mapdesk.store.changes import Edit
from mapdesk.store.database import Store

_TELL_EACH_OTHER = {"identity_number", "birth_date", "sex"}
"""Fields of a person that must agree, so that a change of one is checked against the others."""
_DOOR = ("stair", "floor", "room")


@dataclass(frozen=True)
class Removal:
    """What leaves the register together with a row.

    Parameters
    ----------
    households, people : tuple of str
        Ids.
    """

    households: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.households or self.people)


def correct(
    store: Store, access: Access, ref: Ref, seen: Mapping[str, Any], wanted: Mapping[str, Any]
) -> str:
    """Change fields of a person, household, unit or of a place, and return the batch's id.

    Parameters
    ----------
    seen : mapping of str to value
        The fields as the user saw them, unmasked.
    wanted : mapping of str to value or text
        The fields as they shall be; text is read as the field's type.

    Raises
    ------
    InputError
        A value that cannot be; the sentence names the field.
    ConflictError
        Someone else changed one of the fields meanwhile.
    PurposeError
        No purpose is in force.
    RightsError
        The role does not correct the register, nor contacts of organisations.
    """
    if ref.noun == "organisation" and set(CONTACT) & set(wanted):
        _begin(store, access)
    together = _TELL_EACH_OTHER | {"valid_from", "valid_to"}
    told = {name: seen[name] for name in together if name in seen and together & set(wanted)}
    values = read_row(ref.noun, {**told, **wanted})
    after = {name: values[name] for name in wanted}
    changed = {name: value for name, value in after.items() if seen.get(name) != value}
    if not changed:
        raise InputError("Nothing was changed.")
    before = {name: seen.get(name) for name in changed}
    _begin(store, access, ref.noun)
    row = places.row(store, "unit", ref.id) if ref.noun == "unit" else {}
    _check_alone(store, access, ref, {**row, **changed}, set(changed))
    title = f"{ref.noun}: {', '.join(sorted(changed))}"
    return _apply(store, access, title, ref, [Edit(ref.noun, ref.id, before, changed)])


def add(store: Store, access: Access, noun: str, wanted: Mapping[str, Any]) -> tuple[Ref, str]:
    """Add a person, household or unit; return what it is and the batch's id.

    Parameters
    ----------
    wanted : mapping of str to value or text
        Its fields. A person lives where their household does, or in the unit or building named.

    Raises
    ------
    InputError
        A value that cannot be, or a person, or a room, that is there already.
    NotFoundError
        No such household or unit to live in.
    PurposeError
        No purpose is in force.
    RightsError
        The role does not correct the register.
    """
    _begin(store, access, noun)
    ref = Ref(noun, f"{noun[0].upper()}-{uuid.uuid4().hex[:12]}")
    values = read_row(noun, {**dict.fromkeys(NOUNS[noun].field_names), **wanted})
    if noun == "person":
        values |= _home_of(store, values)
    _check_alone(store, access, ref, values, set(values))
    edit = Edit(noun, ref.id, None, values)
    return ref, _apply(store, access, f"new {noun}", ref, [edit])


def _home_of(store: Store, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return where somebody lives, from the nearest that is known: household, unit, building."""
    home = {name: values[name] for name in ("household_id", "unit_id", "building_id")}
    if home["household_id"]:
        row, _members = people.household(store, home["household_id"])
        if row is None:
            raise NotFoundError(f"There is no household '{home['household_id']}'.")
        home["unit_id"] = row["unit_id"]
    if home["unit_id"]:
        home["building_id"] = places.row(store, "unit", home["unit_id"])["building_id"]
    return home


def _check_alone(
    store: Store, access: Access, ref: Ref, values: Mapping[str, Any], changed: set[str]
) -> None:
    """Raise InputError where a person or a room is there already, under another id."""
    number = values.get("identity_number")
    if ref.noun == "person" and number and "identity_number" in changed:
        audit.record(store, access, "compare identity numbers", ref.id)
        if people.has_identity(store, str(number), ref.id):
            raise InputError(
                "identity_number is that of somebody in the register already; look them up instead."
            )
    if ref.noun == "unit" and changed & set(_DOOR) and values.get("room"):
        _check_door(store, values, ref.id)


def _check_door(store: Store, wanted: Mapping[str, Any], but: str = "") -> None:
    """Raise InputError where a building has a unit with that stair, floor and room already."""
    for one in places.where(store, "unit", "building_id", [wanted["building_id"]]):
        if one["id"] != but and all(one[name] == wanted[name] for name in _DOOR):
            raise InputError(
                f"room {wanted['room']} is on that floor already; give another number."
            )


def goes_with(store: Store, access: Access, ref: Ref) -> Removal:
    """Return who and what would leave the register together with a person, household or unit.

    Raises
    ------
    NotFoundError
        There is no such row, or not for this user.
    PurposeError
        No purpose is in force.
    RightsError
        The role does not correct the register.
    """
    _begin(store, access, ref.noun)
    audit.record(store, access, f"what goes with {ref.noun}", ref.id)
    return _going(store, ref)


def _going(store: Store, ref: Ref) -> Removal:
    if ref.noun == "person":
        if people.person(store, ref.id) is None:
            raise NotFoundError(f"There is no person '{ref.id}'.")
        return Removal()
    if ref.noun == "household":
        row, members = people.household(store, ref.id)
        if row is None:
            raise NotFoundError(f"There is no household '{ref.id}'.")
        return Removal((), tuple(one["id"] for one in members))
    places.row(store, "unit", ref.id)
    found = {one["id"] for one in people.of_unit(store, ref.id)}
    households = people.households_of_unit(store, ref.id)
    return Removal(tuple(households), tuple(sorted(found)))


def remove(store: Store, access: Access, ref: Ref, *, with_all: bool = False) -> str:
    """Take a person, household or unit out of the register; its row stays in the history.

    Parameters
    ----------
    with_all : bool
        Take the people and households that `goes_with` names out too.

    Raises
    ------
    InputError
        Somebody still lives in it, and `with_all` was not said.
    """
    _begin(store, access, ref.noun)
    going = _going(store, ref)
    if going and not with_all:
        raise InputError(
            f"It is not empty (people {len(going.people)}, households {len(going.households)}); "
            "move them first, or say that they go too (--all)."
        )
    gone = [
        *(Edit("person", one, {}, None) for one in going.people),
        *(Edit("household", one, {}, None) for one in going.households),
        Edit(ref.noun, ref.id, {}, None),
    ]
    return _apply(store, access, f"{ref.noun} removed", ref, gone)


def move_household(store: Store, access: Access, household_id: str, unit_id: str) -> str:
    """Let a household with all its people live in another unit; return the batch's id."""
    _begin(store, access)
    unit = places.row(store, "unit", unit_id)
    ref = Ref("household", household_id)
    edits = _moved(store, household_id, unit)
    return _apply(store, access, "household moved", ref, edits)


def _moved(store: Store, household_id: str, unit: Mapping[str, Any]) -> list[Edit]:
    row, members = people.household(store, household_id)
    if row is None:
        raise NotFoundError(f"There is no household '{household_id}'.")
    home = {"unit_id": unit["id"], "building_id": unit["building_id"]}
    return [
        Edit("household", household_id, {"unit_id": row["unit_id"]}, {"unit_id": unit["id"]}),
        *(Edit("person", one["id"], {name: one[name] for name in home}, home) for one in members),
    ]


def split_unit(
    store: Store,
    access: Access,
    unit_id: str,
    room: str,
    households: Sequence[str],
    area: float | None,
) -> tuple[str, str]:
    """Make a new unit of a part of another, on the same floor, and move households there.

    Parameters
    ----------
    room : str
        Number of the new room.
    area : float or None
        Square metres that the new room takes from the old one.

    Returns
    -------
    tuple of str
        Ids of the new unit and of the batch.
    """
    _begin(store, access)
    unit = places.row(store, "unit", unit_id)
    made = {name: unit[name] for name in ("building_id", "stair", "floor", "use")}
    _check_door(store, {**made, "room": room})
    wanted = read_row("unit", {**made, "room": room, "area": area})
    new_id = f"U-{uuid.uuid4().hex[:12]}"
    edits = [Edit("unit", new_id, None, wanted)]
    if area is not None and unit["area"] is not None:
        if not 0 < area < unit["area"]:
            raise InputError(f"The new room's area must be between 0 and {unit['area']:g} m².")
        rest = {"area": round(unit["area"] - area, 2)}
        edits.append(Edit("unit", unit_id, {"area": unit["area"]}, rest))
    for household_id in households:
        edits += _moved(store, household_id, {**made, "id": new_id})
    batch = _apply(store, access, "unit split", Ref("unit", unit_id), edits)
    return new_id, batch


def join_units(store: Store, access: Access, kept_id: str, other_id: str) -> str:
    """Make two units of one building one: households move, areas add up, the other unit goes."""
    _begin(store, access)
    kept, other = places.row(store, "unit", kept_id), places.row(store, "unit", other_id)
    if kept_id == other_id or kept["building_id"] != other["building_id"]:
        raise InputError("Only two different units of one building can be joined.")
    edits: list[Edit] = []
    for household_id in people.households_of_unit(store, other_id):
        edits += _moved(store, household_id, kept)
    home = {"unit_id": kept_id, "building_id": kept["building_id"]}
    edits += [
        Edit("person", one["id"], {"unit_id": other_id}, home)
        for one in people.of_unit(store, other_id)
        if one["household_id"] is None
    ]
    if kept["area"] is not None and other["area"] is not None:
        both = {"area": round(kept["area"] + other["area"], 2)}
        edits.append(Edit("unit", kept_id, {"area": kept["area"]}, both))
    edits.append(Edit("unit", other_id, {}, None))
    return _apply(store, access, "units joined", Ref("unit", kept_id), edits)


def undo(store: Store, access: Access, batch_id: str) -> str:
    """Undo a batch, all of it or nothing; undoing the batch that did it does it again.

    Raises
    ------
    ConflictError
        Something it wrote was changed since.
    """
    _begin(store, access, EDITED_PLACES[0] if undoing.is_of_places(store, batch_id) else "person")
    audit.record(store, access, "undo batch", batch_id, kind="change")
    return undoing.undo(store, access, batch_id)


def history_of(store: Store, access: Access, ref: Ref) -> list[dict[str, Any]]:
    """Return the changes of a row, the newest first, values masked as the row's are.

    Whoever the user may not see has no history for them, and care flags are left out without their right.
    That of a place ends with the file it came from; it needs no purpose.

    Raises
    ------
    PurposeError
        No purpose given for the history of people.
    """
    if ref.noun in EDITED_PLACES:
        return _history_of_place(store, ref)
    access.require_purpose("the history of people")
    audit.record(store, access, f"history of {ref.noun}", ref.id)
    hidden = set() if store.identity.may(Right.SENSITIVE) else {"care_flag"}
    return [
        _masked_change(ref.noun, change)
        for change in changes.history(store, ref.noun, ref.id)
        if change["field"] not in hidden
    ]


def _history_of_place(store: Store, ref: Ref) -> list[dict[str, Any]]:
    found = changes.history(store, ref.noun, ref.id)
    shown = [_masked_change(ref.noun, change) for change in found]
    if any(change["change"] == "new" for change in found):
        return shown
    source = places.rows(store, "source", [places.row(store, ref.noun, ref.id)["source"] or ""])
    if source and source[0]["imported_at"] is not None:
        entered = dict.fromkeys(("who", "batch_id", "field", "old", "new"))
        title = source[0]["title"]
        entered |= {"kind": "import", "change": "new", "title": title, "source": title}
        shown.append(entered | {"at": source[0]["imported_at"]})
    return shown


def _masked_change(noun: str, change: dict[str, Any]) -> dict[str, Any]:
    """Return a change with its values masked; whole rows are not shown."""
    shown = dict(change)
    for side in ("old", "new"):
        value = change[side]
        if change["field"] is None:
            shown[side] = None
        elif value is not None:
            shown[side] = mask_row(noun, {change["field"]: value}).get(change["field"])
    return shown


def provenance(history: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return of a history, newest first, the last change of each field; "" stands for the whole row."""
    newest: dict[str, dict[str, Any]] = {}
    for change in history:
        newest.setdefault(change["field"] or "", change)
    return newest


def _begin(store: Store, access: Access, noun: str = "person") -> None:
    if noun in EDITED_PLACES:
        store.identity.require(Right.EDIT_PLACES)
        return
    store.identity.require(Right.EDIT_REGISTER)
    access.require_purpose("to change the register")


def _apply(store: Store, access: Access, title: str, ref: Ref, edits: Sequence[Edit]) -> str:
    _begin(store, access, ref.noun)
    audit.record(store, access, "change", f"{title} ({ref.noun} {ref.id})", kind="change")
    return changes.apply(store, access, title, edits)
