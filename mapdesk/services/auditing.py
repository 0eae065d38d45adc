"""The auditor's door to the record of looks: reading it is on record itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.model.looks import AuditQuery, Verdict
from mapdesk.model.rights import Right
from mapdesk.services import outgoing
from mapdesk.store import audit
from mapdesk.store.audit.heads import Head
from mapdesk.store.database import Store


def search(store: Store, access: Access, query: AuditQuery) -> list[dict[str, Any]]:
    """Return the rows asked for, newest first, with one row written about it before.

    A further page (`AuditQuery.before`) is a look of its own.

    Raises
    ------
    RightsError
        The user is no auditor.
    InputError
        Less than one row is asked for.
    """
    access.require(Right.AUDIT)
    if query.limit < 1:
        raise InputError(f"--count must be at least 1, not {query.limit}.")
    words = json.dumps(query.words, ensure_ascii=False) if query.words else ""
    detail = {"before": query.before} if query.before is not None else {}
    number = audit.record(
        store,
        access,
        "search the record",
        words,
        kind="audit",
        detail={**detail, "limit": query.limit},
    )
    # The row just written is no answer to the question.
    return audit.search(
        store,
        query.who,
        query.action,
        query.subject,
        query.since,
        query.until,
        query.kind,
        query.limit,
        number if query.before is None else query.before,
    )


def export(store: Store, access: Access, query: AuditQuery, path: Path) -> int:
    """Write what a search of the record gives to an XLSX or CSV file; return how many rows.

    An auditor's way out: they may not export people's data, and the record's file is on record itself.

    Raises
    ------
    RightsError, InputError
        See `search`; or the file cannot be written: nothing was.
    """
    from mapdesk.formats.results import write_result

    outgoing.check_suffix(path, (".xlsx", ".csv"))
    rows = search(store, access, query)
    detail: dict[str, str | int] = {
        "rows": len(rows),
        "file": path.suffix.lower().removeprefix("."),
    }
    words = json.dumps(query.words, ensure_ascii=False) if query.words else ""
    audit.record(store, access, "take the record out", words, kind="export", detail=detail)
    write_result(path, rows, outgoing.watermark(store, access))
    return len(rows)


def verify(store: Store, access: Access, anchor: Path | None = None) -> Verdict:
    """Walk the whole record and say what is wrong with it.

    Parameters
    ----------
    anchor : Path, optional
        The file that `anchor` writes: without it an older copy of everything cannot be told.

    Raises
    ------
    RightsError
        The user is no auditor.
    InputError
        The anchor file cannot be read.
    """
    access.require(Right.AUDIT)
    subject = str(anchor) if anchor is not None else ""
    audit.record(store, access, "verify the record", subject, kind="audit")
    return audit.verify(store, anchor)


def anchor(store: Store, access: Access, target: Path) -> Head:
    """Sign the record's head and add it to a file the administrator should not be able to change.

    Raises
    ------
    RightsError
        The user is no auditor.
    ConflictError
        What the file already knows does not fit the record.
    InputError
        The file cannot be written.
    """
    access.require(Right.AUDIT)
    audit.record(store, access, "anchor the record", str(target), kind="audit")
    return audit.anchor(store, target)


def verdict_lines(verdict: Verdict) -> list[str]:
    """Return a verdict in sentences, the first of which says whether the record is whole."""
    if not verdict.whole:
        lines = [finding.sentence for finding in verdict.findings]
        if verdict.more:
            lines.append(f"{verdict.more} findings more are not listed.")
        return lines
    return _whole_lines(verdict) + (
        [f"Rows up to {verdict.erased} were erased by a retention rule, which is signed for."]
        if verdict.erased
        else []
    )


def _whole_lines(verdict: Verdict) -> list[str]:
    if verdict.anchored:
        whole = f"{verdict.rows} rows, {verdict.heads} signed heads"
        return [f"The record is whole: {whole}, {verdict.anchored} heads of the anchor file."]
    return [
        f"The record is whole in itself: {verdict.rows} rows, {verdict.heads} signed heads.",
        "Only an anchor file tells of a tail cut off with care, or an older copy put back.",
    ]
