"""``mapdesk filter``: the filter builder as a command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import PAGE, admit_out, check_page, leaves, let_out, or_asked
from mapdesk.cli.columns import said
from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.filter_areas import area_text
from mapdesk.model.filter_columns import SPOKEN_COLUMNS, column_title
from mapdesk.model.filter_fields import FILTER_FIELDS, FILTER_NOUNS
from mapdesk.model.filter_words import GRAMMAR, describe, in_english, read_condition
from mapdesk.model.filters import Condition, Filter, Group
from mapdesk.model.language import tr
from mapdesk.store.database import Store

SHOWN = 50
"""Rows printed unless --limit says otherwise."""
MOST_ROWS = 100_000


def grammar() -> str:
    """Return what --help says of conditions."""
    fields = "\n".join(
        f"  {noun}: {', '.join(field.name for field in FILTER_FIELDS[noun])}"
        for noun in FILTER_NOUNS
    )
    examples = "\n".join(f"  {one}" for one in GRAMMAR.split(", "))
    head = tr("Conditions, one each after --where, --any or --none:")
    return f"{head}\n{examples}\n\n{tr('Fields:')}\n{fields}"


def filter_rows(options: argparse.Namespace, _progress: object) -> Answer:
    """Ask, count, save or list filters."""
    from mapdesk.services import filtering
    from mapdesk.store import saved_filters
    from mapdesk.store.filtering import columns as filtering_columns

    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        if options.list:
            return _saved(saved_filters.saved(store))
        if options.delete:
            saved_filters.delete(store, options.delete)
            return Answer({"deleted": options.delete}, tr("Deleted '{name}'.", name=options.delete))
        filtered = filter_of(store, options)
        words = describe(filtered, in_english)
        if options.save:
            kept = saved_filters.save(store, options.save, filtered)
            text = tr("Saved '{name}': {filter}", name=kept.name, filter=describe(filtered))
            return Answer({"saved": kept.name, "filter": words}, text)
        if options.count:
            number = filtering.count(store, access, filtered)
            return Answer({"filter": words, "count": number}, f"{describe(filtered)}\n{number:,}")
        if options.doors is not None:
            return _take_doors(store, access, filtered, options)
        _check_table(options, filtering_columns(store, filtered.noun))
        if filtered.personal:
            check_page(options)
            admit_out(store, options)
        found = filtering.ask(
            store,
            access,
            filtered,
            limit=options.limit,
            offset=options.offset,
            order=options.order,
        )
        if leaves(options):
            let_out(store, options, words, filtering.people_in(store, filtered, found.rows))
    data = {"filter": words, "count": found.count, "rows": found.rows}
    head = f"{describe(filtered)}\n{tr('{count:,} in all', count=found.count)}"
    return Answer(data, _table(found.columns, found.rows, head))


def filter_of(store: Store, options: argparse.Namespace) -> Filter:
    """Return the saved filter of --use, or the one that the conditions say.

    Raises
    ------
    InputError
        A condition that cannot be read or does not fit; the sentence names it.
    """
    from mapdesk.services import export
    from mapdesk.store import saved_filters

    conditions = options.where or options.any or options.none or options.circle or options.polygon
    if options.use:
        if conditions or options.noun:
            raise InputError(
                "--use takes a saved filter as it is; leave --noun and conditions out."
            )
        return saved_filters.named(store, options.use).filter
    if not options.noun:
        raise InputError(f"--noun is missing; choose from {', '.join(FILTER_NOUNS)}.")
    noun = options.noun
    parts: list[Condition | Group] = [read_condition(noun, text) for text in options.where]
    if options.circle:
        parts.append(_inside(area_text(export.circle_at(store, *options.circle))))
    if options.polygon:
        parts.append(_inside(area_text(export.area_from_geojson(store, options.polygon))))
    if options.any:
        parts.append(Group("any", tuple(read_condition(noun, text) for text in options.any)))
    if options.none:
        parts.append(Group("none", tuple(read_condition(noun, text) for text in options.none)))
    return Filter(noun, "all", tuple(parts))


def _check_table(options: argparse.Namespace, columns: tuple[str, ...]) -> None:
    if not 1 <= options.limit <= MOST_ROWS:
        raise InputError(f"--limit must be 1 to {MOST_ROWS}, not {options.limit}.")
    _check_offset(options)
    if options.order and options.order not in columns:
        raise InputError(f"'{options.order}' is no column; choose from {', '.join(columns)}.")


def _check_offset(options: argparse.Namespace) -> None:
    if options.offset < 0:
        raise InputError(f"--offset must be 0 or more, not {options.offset}.")


def _inside(text: str) -> Condition:
    return Condition("area", "inside", (text,))


def _saved(found: list[Any]) -> Answer:
    data = [
        {"name": one.name, "filter": describe(one.filter, in_english), "who": one.who, "at": one.at}
        for one in found
    ]
    lines = [
        f"{one.name}  ({one.who}, {one.at:%Y-%m-%d})\n  {describe(one.filter)}" for one in found
    ]
    return Answer(data, "\n".join(lines) or tr("No filter is saved yet; --save NAME saves one."))


def _take_doors(
    store: Store, access: Access, filtered: Filter, options: argparse.Namespace
) -> Answer:
    """Return a door list, or write it to the file that --doors names."""
    from mapdesk.services import filtering, outgoing

    words = describe(filtered, in_english)
    if not options.doors:
        _check_offset(options)
        admit_out(store, options)
        rows = filtering.doors(store, access, filtered)
        let_out(
            store, options, f"doors of {words}", (key for row in rows for key in row["person_ids"])
        )
        first = 0 if leaves(options) else options.offset
        return _doors(filtered, rows, first, len(rows) if leaves(options) else PAGE)
    path = Path(options.doors)
    outgoing.check_suffix(path, (".pdf", ".xlsx"))
    parcel, rows = outgoing.doors_parcel(store, access, filtered, path.suffix[1:].lower())

    def write() -> Answer:
        outgoing.write_doors(store, access, filtered, (parcel, rows), path)
        return Answer(
            {"file": str(path), "doors": len(rows), "filter": words},
            tr(
                "Wrote {count:,} doors to {file}: {filter}",
                count=len(rows),
                file=path,
                filter=describe(filtered),
            ),
        )

    return or_asked(store, access, options.request, write)


def _doors(filtered: Filter, rows: list[dict[str, Any]], first: int, most: int) -> Answer:
    shown = rows[first : first + most]
    lines = [
        f"{row['number']:>5}  {row['address'] or row['building_id']}  {row['stair'] or '-':>3} "
        f"{row['floor']:>3}F {row['room'] or '-':<6} {row['people']:>3}  {', '.join(row['names'])}".rstrip()
        for row in shown
    ]
    count = tr("{count:,} doors in walking order", count=len(rows))
    head = f"{describe(filtered)}\n{count}"
    if len(shown) < len(rows):
        lines.append(
            tr(
                "doors {first:,} to {last:,} of {count:,}; --offset shows more, --doors FILE has all",
                first=first + 1,
                last=first + len(shown),
                count=len(rows),
            )
        )
    data = {"filter": describe(filtered, in_english), "doors": rows}
    return Answer(data, "\n".join([head, *lines]))


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]], head: str) -> str:
    """Return rows as lines of values with two spaces between, the columns' titles above."""
    shown = [name for name in columns if any(row.get(name) is not None for row in rows)]
    lines = ["  ".join(_cell(name, row.get(name)) for name in shown) for row in rows]
    titles = "  ".join(tr(column_title(name, shown)) for name in shown)
    return "\n".join([head, titles, *lines] if rows else [head])


def _cell(column: str, value: object) -> str:
    if value is None:
        return "-"
    return said(value) if column in SPOKEN_COLUMNS else str(value)
