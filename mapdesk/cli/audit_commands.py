"""The command `audit`: list, search, verify and anchor the record of looks."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.looks import AuditQuery
from mapdesk.model.rights import ROLES
from mapdesk.model.subjects import told_subject
from mapdesk.model.users import title_of_role
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store


def audit(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Do what is asked of the record; a record that is not whole exits non-zero."""
    with opening.opened(options) as store:
        return _TASKS[options.task](store, options)


def _list(store: Store, options: argparse.Namespace) -> Answer:
    return _found(store, options, AuditQuery(limit=options.count))


def _search(store: Store, options: argparse.Namespace) -> Answer:
    query = AuditQuery(
        options.who,
        options.action,
        options.subject,
        options.since,
        options.until,
        options.kind,
        options.before,
        options.count,
    )
    if options.to is None:
        return _found(store, options, query)
    from mapdesk.services import auditing

    access = store.identity.having(options.purpose)
    count = auditing.export(store, access, query, options.to)
    return Answer(
        {"file": str(options.to), "rows": count},
        f"Wrote {count:,} rows of the record to {options.to}",
    )


def _found(store: Store, options: argparse.Namespace, query: AuditQuery) -> Answer:
    from mapdesk.services import auditing

    rows = auditing.search(store, store.identity.having(options.purpose), query)
    return Answer(
        [row | {"detail": json.loads(row["detail"])} for row in rows],
        "\n".join(map(_line, rows)) or tr("Nothing of that kind is on record."),
    )


def _line(row: dict[str, Any]) -> str:
    detail = "" if row["detail"] == "{}" else f"  {row['detail']}"
    return (
        f"{row['number']:>8}  {row['at']}  {row['who']} ({_role(row['role'])})  "
        f"{tr(row['kind'])}: {tr(row['action'])}  "
        f"{told_subject(row['subject'])}  [{row['purpose']}]{detail}"
    )


def _role(key: str) -> str:
    """Return a role's title; a row that was changed may say anything."""
    return title_of_role(key, LANGUAGE.code) if key in ROLES else key


def _verify(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.services import auditing

    verdict = auditing.verify(store, store.identity.having(options.purpose), options.anchor)
    data = asdict(verdict) | {"whole": verdict.whole}
    lines = [*map(tr_sentence, auditing.verdict_lines(verdict))]
    lines.append(tr("Last hash: {hash}", hash=verdict.hash))
    lines += [tr("Heads are signed with {key}", key=key) for key in verdict.keys]
    return Answer(data, "\n".join(lines), status=0 if verdict.whole else 1)


def _anchor(store: Store, options: argparse.Namespace) -> Answer:
    from mapdesk.services import auditing

    head = auditing.anchor(store, store.identity.having(options.purpose), options.file)
    return Answer(
        asdict(head),
        tr(
            "Row {number} is anchored in {file}, signed with {key}.",
            number=head.number,
            file=options.file,
            key=head.key,
        ),
    )


_TASKS: dict[str, Callable[[Store, argparse.Namespace], Answer]] = {
    "list": _list,
    "search": _search,
    "verify": _verify,
    "anchor": _anchor,
}
