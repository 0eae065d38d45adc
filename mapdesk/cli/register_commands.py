"""``mapdesk register``: registers brought in, looked through, corrected and undone."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import admit_out, check_page, leaves, let_out
from mapdesk.model.errors import InputError
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing, register_import, residents
from mapdesk.services.districts import Progress
from mapdesk.services.register_import import Staged
from mapdesk.store.database import Store

REFUSED_SHOWN = 20
"""Refused rows printed; 'register rows --status refused' and --json have all."""


def register(options: argparse.Namespace, progress: Progress) -> Answer:
    """Do what is asked of the register."""
    with opening.opened(options) as store:
        if options.task in ("stage", "import"):
            return _READING[options.task](store, options, progress)
        return _TASKS[options.task](store, options)


def _stage(store: Store, options: argparse.Namespace, progress: Progress) -> Answer:
    staged = _staged(store, options, progress)
    text = f"{_told(staged)}\nBatch {staged.batch_id} waits: 'register rows', 'decide', 'accept'."
    return Answer(asdict(staged), text)


def _import(store: Store, options: argparse.Namespace, progress: Progress) -> Answer:
    register_import.check_statuses(options.accept)
    staged = _staged(store, options, progress)
    access = store.identity.having(options.purpose)
    batch = None
    if any(staged.counts[status] for status in options.accept):
        batch = register_import.accept(store, access, staged.batch_id, options.accept)
    left = {
        status: count
        for status, count in staged.counts.items()
        if status not in (*options.accept, "same", "refused") and count
    }
    if not left and batch is None:
        register_import.discard(store, access, staged.batch_id)
    done = f"Accepted as batch {batch}." if batch else "There was nothing to accept."
    waits = f"\n{_counted(left)} wait in batch {staged.batch_id}." if left else ""
    return Answer(
        asdict(staged) | {"accepted": batch, "waiting": left}, f"{_told(staged)}\n{done}{waits}"
    )


def _staged(store: Store, options: argparse.Namespace, progress: Progress) -> Staged:
    return register_import.stage_register(
        store,
        store.identity.having(options.purpose),
        options.file,
        dict(options.map) or None,
        sheet=options.sheet,
        source=options.source,
        complete=options.complete,
        progress=progress,
    )


def _told(staged: Staged) -> str:
    lines = [f"{staged.read:,} rows read: {_counted(staged.counts) or 'nothing'}"]
    lines += [f"  {note}" for note in staged.notes]
    lines += [f"  line {line}: {reason}" for line, reason in staged.refused[:REFUSED_SHOWN]]
    if len(staged.refused) > REFUSED_SHOWN:
        lines.append(f"  and {len(staged.refused) - REFUSED_SHOWN:,} more refused rows")
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {status}" for status, count in counts.items() if count)


def _rows(store: Store, options: argparse.Namespace) -> Answer:
    if options.offset < 0 or not 1 <= options.limit <= 100_000:
        raise InputError("--offset must be 0 or more and --limit between 1 and 100000.")
    check_page(options)
    admit_out(store, options)
    access = store.identity.having(options.purpose)
    rows = register_import.waiting_rows(
        store, access, options.batch, options.status, options.offset, options.limit
    )
    if leaves(options):
        rows = [register_import.masked(row) for row in rows]
        let_out(store, options, f"rows of register {options.batch}", (row["id"] for row in rows))
    return Answer(rows, "\n".join(map(_row_text, rows)) or "No such rows wait there.")


def _row_text(row: dict[str, Any]) -> str:
    text = f"{row['line']:>7}  {row['status']:<9} {row['name'] or '-'}  {row['home'] or row['address'] or ''}"
    if row["was"] and row["unit_id"] != row["was"]["unit_id"]:
        text += f"\n           home: {row['was_home'] or '-'} -> {row['home'] or '-'}"
    for name in row["differs"]:
        if not name.endswith("_id"):
            text += f"\n           {name}: {_or_dash(row['was'][name])} -> {_or_dash(row[name])}"
    if row["note"]:
        text += f"\n           {row['note']}"
    for one in row["candidates"]:
        text += f"\n           {one['unit_id'] or '-'}  {one['text']}  ({one['score']:.0%} alike)"
    return text.rstrip()


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)


def _decide(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    status = register_import.decide(store, access, options.batch, options.line, options.unit)
    return Answer({"line": options.line, "status": status}, f"Line {options.line} is {status}.")


def _accept(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    batch = register_import.accept(
        store, access, options.batch, options.status, options.line, options.but
    )
    return Answer({"batch": batch}, f"Accepted as batch {batch}; 'register undo' takes it back.")


def _discard(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    count = register_import.discard(store, access, options.batch, options.line)
    return Answer({"dropped": count}, f"Dropped {count:,} waiting rows.")


def _batches(store: Store, options: argparse.Namespace) -> Answer:
    if not 1 <= options.count <= 100_000:
        raise InputError(f"--count must be 1 to 100000, not {options.count}.")
    access = store.identity.having(options.purpose)
    waiting = register_import.waiting(store, access)
    done = editing.batches(store, access, options.count)
    lines = [
        f"{row['id']}  waits  {row['at']:%Y-%m-%d %H:%M}  {row['who']}  {row['title']}: "
        f"{_counted(row['counts'])}"
        for row in waiting
    ]
    lines += [_batch_text(row) for row in done]
    return Answer(
        {"waiting": waiting, "done": done}, "\n".join(lines) or "The register was never changed."
    )


def _batch_text(row: dict[str, Any]) -> str:
    undone = f"  undone by {row['undone_by']}" if row["undone_by"] else ""
    return (
        f"{row['id']}  {row['kind']:<6} {row['at']:%Y-%m-%d %H:%M}  {row['who']}  {row['title']}: "
        f"{row['changes']:,} changes{undone}"
    )


def _undo(store: Store, options: argparse.Namespace) -> Answer:
    batch = correcting.undo(store, store.identity.having(options.purpose), options.batch)
    return _changed(batch, f"Undone by batch {batch}; undoing that one does it again.")


def _set(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    ref = Ref(options.noun, options.id)
    return _changed(editing.set_fields(store, access, ref, dict(options.fields)))


def _add(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    home = {name: getattr(options, name) for name in ("household", "unit", "building")}
    named = {f"{name}_id": key for name, key in home.items() if key}
    ref, batch = correcting.add(store, access, options.noun, {**dict(options.fields), **named})
    return Answer({"batch": batch, "id": ref.id}, f"Added {ref.noun} {ref.id} in batch {batch}.")


def _remove(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    ref = Ref(options.noun, options.id)
    batch = correcting.remove(store, access, ref, with_all=options.all)
    return _changed(batch, f"Removed in batch {batch}; 'register undo' brings it back.")


def _move(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    return _changed(correcting.move_household(store, access, options.household, options.to))


def _split(store: Store, options: argparse.Namespace) -> Answer:
    made, batch = correcting.split_unit(
        store,
        store.identity.having(options.purpose),
        options.unit,
        options.room,
        options.household,
        options.area,
    )
    return Answer({"batch": batch, "unit": made}, f"Made {made} in batch {batch}.")


def _join(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    return _changed(correcting.join_units(store, access, options.unit, options.other))


def _changed(batch: str, text: str | None = None) -> Answer:
    return Answer({"batch": batch}, text or f"Changed in batch {batch}.")


def _history(store: Store, options: argparse.Namespace) -> Answer:
    access, ref = store.identity.having(options.purpose), Ref(options.noun, options.id)
    admit_out(store, options)
    rows = correcting.history_of(store, access, ref)
    if rows and leaves(options):
        let_out(store, options, f"history of {ref.noun} {ref.id}", residents.ids_of(store, ref))
    return Answer(rows, "\n".join(map(_history_text, rows)) or "It was never changed.")


def _history_text(row: dict[str, Any]) -> str:
    what = row["change"]
    if row["field"]:
        what = f"{row['field']}: {_or_dash(row['old'])} -> {_or_dash(row['new'])}"
    return f"{row['at']:%Y-%m-%d %H:%M}  {row['who'] or '-'}  {row['title']}  {what}"


_READING: dict[str, Callable[[Store, argparse.Namespace, Progress], Answer]] = {
    "stage": _stage,
    "import": _import,
}

_TASKS: dict[str, Callable[[Store, argparse.Namespace], Answer]] = {
    "rows": _rows,
    "decide": _decide,
    "accept": _accept,
    "discard": _discard,
    "batches": _batches,
    "undo": _undo,
    "set": _set,
    "add": _add,
    "remove": _remove,
    "move": _move,
    "split": _split,
    "join": _join,
    "history": _history,
}
