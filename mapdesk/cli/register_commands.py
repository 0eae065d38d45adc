"""``mapdesk register``: registers brought in, looked through, corrected and undone."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import admit_out, check_page, leaves, let_out
from mapdesk.cli.columns import padded, said
from mapdesk.cli.short_ids import whole_id
from mapdesk.model.errors import InputError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.nouns import EDITED_PLACES
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import correcting, editing, register_import, residents
from mapdesk.services.change_words import CHANGE_TITLES, KIND_TITLES, shown, titled, words_of
from mapdesk.services.districts import Progress
from mapdesk.services.register_import import Staged
from mapdesk.store.database import Store

MOST_BATCHES = 100_000
REFUSED_SHOWN = 20
"""Refused rows printed; 'register rows --status refused' and --json have all."""


def register(options: argparse.Namespace, progress: Progress) -> Answer:
    """Do what is asked of the register."""
    with opening.opened(options) as store:
        if options.task in ("stage", "import"):
            return _READING[options.task](store, options, progress)
        if "batch" in options:
            options.batch = whole_id(options.batch, lambda: _batch_ids(store, options))
        return _TASKS[options.task](store, options)


def _batch_ids(store: Store, options: argparse.Namespace) -> list[str]:
    access = store.identity.having(options.purpose)
    rows = [*register_import.waiting(store, access), *editing.batches(store, access, MOST_BATCHES)]
    return [str(row["id"]) for row in rows]


def _stage(store: Store, options: argparse.Namespace, progress: Progress) -> Answer:
    staged = _staged(store, options, progress)
    waits = tr("Batch that waits for 'register rows', 'decide' and 'accept':")
    text = f"{_told(staged)}\n{waits}\n{staged.batch_id}"
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
    done = tr("There was nothing to accept.")
    if batch:
        done = tr("Accepted as batch {batch}.", batch=batch)
    waits = ""
    if left:
        waits = "\n" + tr(
            "{rows} wait in batch {batch}.", rows=_counted(left), batch=staged.batch_id
        )
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
    counts = _counted(staged.counts) or tr("nothing")
    lines = [tr("{count:,} rows read: {counts}", count=staged.read, counts=counts)]
    lines += [f"  {tr_sentence(note)}" for note in staged.notes]
    lines += [
        "  " + tr("line {line}: {reason}", line=line, reason=tr_sentence(reason))
        for line, reason in staged.refused[:REFUSED_SHOWN]
    ]
    if len(staged.refused) > REFUSED_SHOWN:
        more = len(staged.refused) - REFUSED_SHOWN
        lines.append("  " + tr("and {count:,} more refused rows", count=more))
    return "\n".join(lines)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {tr(status)}" for status, count in counts.items() if count)


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
    return Answer(rows, "\n".join(map(_row_text, rows)) or tr("No such rows wait there."))


def _row_text(row: dict[str, Any]) -> str:
    status = padded(tr(row["status"]), 9)
    text = f"{row['line']:>7}  {status} {row['name'] or '-'}  {row['home'] or row['address'] or ''}"
    if row["was"] and row["unit_id"] != row["was"]["unit_id"]:
        text += f"\n           {tr('home')}: {row['was_home'] or '-'} -> {row['home'] or '-'}"
    for name in row["differs"]:
        if not name.endswith("_id"):
            title = tr(name.replace("_", " "))
            text += f"\n           {title}: {_or_dash(row['was'][name])} -> {_or_dash(row[name])}"
    if row["note"]:
        text += f"\n           {tr_sentence(row['note'])}"
    for one in row["candidates"]:
        alike = tr("{score:.0%} alike", score=one["score"])
        text += f"\n           {one['unit_id'] or '-'}  {one['text']}  ({alike})"
    return text.rstrip()


def _or_dash(value: object) -> str:
    return "-" if value is None else said(value)


def _decide(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    status = register_import.decide(store, access, options.batch, options.line, options.unit)
    text = tr("Line {line} is {status}.", line=options.line, status=tr(status))
    return Answer({"line": options.line, "status": status}, text)


def _accept(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    batch = register_import.accept(
        store, access, options.batch, options.status, options.line, options.but
    )
    text = tr("Accepted as batch {batch}; 'register undo' takes it back.", batch=batch)
    return Answer({"batch": batch}, text)


def _discard(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    count = register_import.discard(store, access, options.batch, options.line)
    return Answer({"dropped": count}, tr("Dropped {count:,} waiting rows.", count=count))


def _batches(store: Store, options: argparse.Namespace) -> Answer:
    if not 1 <= options.count <= MOST_BATCHES:
        raise InputError(f"--count must be 1 to 100000, not {options.count}.")
    access = store.identity.having(options.purpose)
    # Planners have batches of places, and no register that waits.
    waiting = register_import.waiting(store, access) if access.may(Right.EDIT_REGISTER) else []
    done = editing.batches(store, access, options.count)
    lines = [
        f"{row['id']}  {tr('waits')}  {row['at']:%Y-%m-%d %H:%M}  {row['who']}  {tr(row['title'])}: "
        f"{_counted(row['counts'])}"
        for row in waiting
    ]
    lines += [_batch_text(row) for row in done]
    return Answer(
        {"waiting": waiting, "done": done},
        "\n".join(lines) or tr("The register was never changed."),
    )


def _batch_text(row: dict[str, Any]) -> str:
    undone = "  " + tr("undone by {user}", user=row["undone_by"]) if row["undone_by"] else ""
    count = row["changes"]
    changes = tr("1 change") if count == 1 else tr("{count:,} changes", count=count)
    return (
        f"{row['id']}  {padded(tr(KIND_TITLES[row['kind']]), 9)} {row['at']:%Y-%m-%d %H:%M}  {row['who']}  "
        f"{titled(row)}: {changes}{undone}"
    )


def _undo(store: Store, options: argparse.Namespace) -> Answer:
    batch = correcting.undo(store, store.identity.having(options.purpose), options.batch)
    text = tr("Undone by batch {batch}; undoing that one does it again.", batch=batch)
    return _changed(batch, text)


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
    text = tr("Made {unit} in batch {batch}.", unit=made, batch=batch)
    return Answer({"batch": batch, "unit": made}, text)


def _join(store: Store, options: argparse.Namespace) -> Answer:
    access = store.identity.having(options.purpose)
    return _changed(correcting.join_units(store, access, options.unit, options.other))


def _changed(batch: str, text: str | None = None) -> Answer:
    return Answer({"batch": batch}, text or tr("Changed in batch {batch}.", batch=batch))


def _history(store: Store, options: argparse.Namespace) -> Answer:
    access, ref = store.identity.having(options.purpose), Ref(options.noun, options.id)
    personal = ref.noun not in EDITED_PLACES
    if personal:
        admit_out(store, options)
    rows = correcting.history_of(store, access, ref)
    if rows and personal and leaves(options):
        let_out(store, options, f"history of {ref.noun} {ref.id}", residents.ids_of(store, ref))
    return Answer(
        rows, "\n".join(_history_text(ref.noun, row) for row in rows) or tr("It was never changed.")
    )


def _history_text(noun: str, row: dict[str, Any]) -> str:
    what = tr(CHANGE_TITLES.get(row["change"], row["change"]))
    if row["field"]:
        was, now = (shown(row["field"], row[side]) for side in ("old", "new"))
        what = f"{words_of(noun, row['field'])}: {was} -> {now}"
    return f"{row['at']:%Y-%m-%d %H:%M}  {row['who'] or '-'}  {titled(row)}  {what}"


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
