"""``mapdesk card`` and ``mapdesk people``: a thing with what hangs on it, and who lives somewhere."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import admit_out, check_page, let_out
from mapdesk.cli.columns import noun_said, padded, said
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.selection import Living, Ref
from mapdesk.services import export, register_cards, residents
from mapdesk.services.card_links import Hanging, unit_title
from mapdesk.services.cards import Card, card_of, field_title
from mapdesk.services.districts import Progress
from mapdesk.services.register_cards import REGISTER, RegisterCard
from mapdesk.store import places
from mapdesk.store.database import Store

_WIDTH = 18
"""Characters of the column of names."""


def card(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Show the card of anything; of a unit, household or person with who lives there."""
    ref = Ref(options.noun, options.id)
    with opening.opened(options) as store:
        if ref.noun in REGISTER:
            access = store.identity.having(options.purpose)
            if access.has_purpose or ref.noun != "unit":
                admit_out(store, options)
            found = register_cards.register_card(store, access, ref)
            let_out(store, options, f"card of {ref.noun} {ref.id}", found.person_ids)
            return _register_answer(found)
        access = store.identity.having(options.purpose)
        return _place_answer(card_of(store, ref, access=access))


def people(options: argparse.Namespace, _progress: Progress) -> Answer:
    """List who lives somewhere, masked."""
    if options.limit < 1 or options.offset < 0:
        raise InputError("--limit must be at least 1 and --offset at least 0.")
    check_page(options)
    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        admit_out(store, options)
        rows, count = _people(store, access, options)
        let_out(store, options, _where(options), (row["id"] for row in rows))
    lines = [_person_line(row) for row in rows]
    if len(rows) < count:
        last = options.offset + len(rows)
        lines.append(
            tr(
                "people {first:,} to {last:,} of {count:,}; --offset shows more",
                first=options.offset + 1,
                last=last,
                count=count,
            )
        )
    return Answer(rows, "\n".join(lines) or tr("Nobody is registered there."))


def _where(options: argparse.Namespace) -> str:
    """Return whose people are asked for, for the record."""
    for noun in ("building", "grid", "unit", "household"):
        if getattr(options, noun):
            return f"people of {noun} {getattr(options, noun)}"
    return f"people inside {options.polygon.name}"


def _people(
    store: Store, access: Access, options: argparse.Namespace
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows asked for and how many there are."""
    offset, limit = options.offset, options.limit
    if options.grid or options.polygon:
        if options.grid:
            page = residents.people_of_grid(store, access, options.grid, offset, limit)
        else:
            area = export.area_from_geojson(store, options.polygon)
            inside = places.ids_within(store, "building", area)
            page = residents.people_of_area(store, access, inside, offset, limit)
        return page.rows, page.count
    if options.unit:
        rows = residents.people_of_unit(store, access, options.unit)
    elif options.household:
        rows = residents.people_of_household(store, access, options.household)
    else:
        rows = residents.people_of_building(store, access, options.building)
    return rows[offset : offset + limit], len(rows)


def _person_line(row: Mapping[str, Any]) -> str:
    floor = row["floor"] if row["floor"] is not None else ""
    address = f"  {row['address']}" if row.get("address") else ""
    return (
        f"{row['stair'] or '':>3} {floor:>3}F {row['room'] or '':<6} {row['id']}  {row['name']}  "
        f"{said(row['sex'] or '')}  {row['birth_date'] or ''}{address}"
    )


def _place_answer(found: Card) -> Answer:
    data = {
        "noun": found.ref.noun,
        "id": found.ref.id,
        "title": found.title,
        "fields": found.row,
        "grids": _named(found.grids),
        "links": [_pair(name, ref, title) for name, ref, title in found.links],
        "counts": found.figures.counts,
        "people": found.people.count,
        "people_hidden": found.people.why,
        "units": [unit for _floor, units in found.floors for unit in units],
        "incidents": found.incidents,
        "cameras": [
            {"id": ref.id, "name": name, "metres": round(metres, 1)}
            for ref, name, metres in found.cameras
        ],
        **_hanging_data(found.hanging),
        "history": found.history,
    }
    lines = [_heading(found.ref, found.title), *_field_lines(found)]
    lines += [
        _line(name.removesuffix("_id").replace("_", " "), f"{title} ({ref.id})")
        for name, ref, title in found.links
    ]
    lines += _chain_lines(found.grids)
    lines += [_line(name, _count(count)) for name, count in found.figures.counts.items()]
    lines += [
        _line(tr("floor {floor}", floor=floor), " ".join(_cell(unit) for unit in units))
        for floor, units in found.floors
    ]
    if found.ref.noun == "building":
        lines.append(_line("people", living_line(found.people)))
    lines += _hanging_lines(found.hanging)
    lines += [
        _line("incident", f"{one['id']}  {one['title']}  {said(one['status'])}")
        for one in found.incidents
    ]
    lines += [
        _line("camera", f"{ref.id}  {name}  {metres:.0f} m") for ref, name, metres in found.cameras
    ]
    lines += [_history_line(change) for change in found.history]
    return Answer(data, "\n".join(lines))


def _register_answer(found: RegisterCard) -> Answer:
    data = {
        "noun": found.ref.noun,
        "id": found.ref.id,
        "title": found.title,
        "fields": found.row,
        "unit": found.unit,
        "building": found.building,
        "grids": _named(found.grids),
        "people": found.members,
        "households": found.households,
        "history": found.history,
        **_hanging_data(found.hanging),
    }
    lines = [_heading(found.ref, found.title)]
    lines += [
        _line(field_title(found.ref.noun, name), said(value))
        for name, value in found.row.items()
        if value is not None
    ]
    if found.building is not None:
        lines.append(_line("building", f"{found.building['title']} ({found.building['id']})"))
    if found.unit is not None and found.ref.noun != "unit":
        lines.append(_line("unit", f"{unit_title(found.unit)} ({found.unit['id']})"))
    lines += _chain_lines(found.grids)
    lines += [
        _line("household", f"{row['id']}  {said(row['kind'] or '')}") for row in found.households
    ]
    if found.members is None:
        lines.append(tr("--purpose shows who lives here"))
    for row in found.members or []:
        born = row["birth_date"] or ""
        lines.append(
            _line("person", f"{row['id']}  {row['name']}  {said(row['relation'] or '')}  {born}")
        )
    lines += _hanging_lines(found.hanging)
    lines += [_history_line(change) for change in found.history]
    return Answer(data, "\n".join(lines))


def _field_lines(found: Card) -> list[str]:
    left_out = {"id", "source", "grid_id", "parent_id"}
    return [
        _line(field_title(found.ref.noun, name), said(value))
        for name, value in found.row.items()
        if value is not None and name not in left_out
    ]


def _history_line(change: Mapping[str, Any]) -> str:
    if change["field"]:
        field = tr(str(change["field"]).replace("_", " "))
        what = f"{field}: {said(change['old'])} -> {said(change['new'])}"
    else:
        what = tr(str(change["change"]))
    if change["source"]:
        what += ", " + tr("from {file}", file=change["source"])
    who = f"  {change['who']}" if change["who"] else ""
    return _line("changed", f"{change['at']:%Y-%m-%d %H:%M} UTC{who}  {what}")


def _cell(unit: Mapping[str, Any]) -> str:
    return f"{unit['room'] or unit['id']}:{said(unit['use'] or '-')}"


def _chain_lines(grids: Sequence[Mapping[str, Any]]) -> list[str]:
    chain = " > ".join(f"{grid['name'] or grid['id']} ({grid['id']})" for grid in grids)
    return [_line("grids", chain)] if chain else []


def _hanging_lines(hanging: Sequence[Hanging]) -> list[str]:
    lines = []
    for one in hanging:
        lines.append(f"{tr(one.title)}: {one.count:,}")
        lines += [
            f"  {thing.ref.id}  {thing.title}  {said(thing.detail)}".rstrip()
            for thing in one.things
        ]
    return lines


def _hanging_data(hanging: Sequence[Hanging]) -> dict[str, Any]:
    return {
        one.title.lower().replace(" ", "_"): [
            {"noun": thing.ref.noun, "id": thing.ref.id, "title": thing.title, "is": thing.detail}
            for thing in one.things
        ]
        for one in hanging
    }


def _named(grids: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: grid[name] for name in ("id", "name", "level")} for grid in grids]


def _pair(name: str, ref: Ref, title: str) -> dict[str, str]:
    return {"field": name, "noun": ref.noun, "id": ref.id, "title": title}


def living_line(living: Living) -> str:
    """Return how many people live somewhere, or that it is hidden and why."""
    shown = _count(living.count)
    return f"{shown}. {tr_sentence(living.why)}" if living.why else shown


def _count(count: int | None) -> str:
    return tr("hidden") if count is None else f"{count:,}"


def _heading(ref: Ref, title: str) -> str:
    return f"{title}  ({noun_said(ref.noun)} {ref.id})"


def _line(name: str, value: str) -> str:
    return f"  {padded(tr(name), _WIDTH)} {value}"
