"""A second person's word from the command line, and JSON of people, which leaves the desk too."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from mapdesk.cli.answer import Answer
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.outgoing import Parcel
from mapdesk.store.database import Store


def or_asked(
    store: Store,
    access: Access,
    parcel: Parcel,
    request: bool,
    write: Callable[[], Answer],
) -> Answer:
    """Return what `write` says; where a second person is due and `request` is set, ask them instead."""
    from mapdesk.services import outgoing

    try:
        return write()
    except ApprovalDueError as due:
        if not request:
            raise ApprovalDueError(
                f"{due} --request asks. {outgoing.who_can_approve(store)}"
            ) from due
    kept, sentence = outgoing.request(store, access, parcel)
    text = tr(
        "Asked for approval ({id}): {people:,} people, {subject}. {sentence}",
        id=kept.id,
        people=kept.people,
        subject=kept.subject,
        sentence=tr_sentence(sentence),
    )
    return Answer({"request": kept.id, "people": kept.people, "who": sentence}, text, status=1)


def let_out(
    store: Store, options: argparse.Namespace, subject: str, rows: list[dict[str, Any]]
) -> None:
    """Let rows of people out where JSON was asked for; people on a screen are looks, not exports."""
    if options.json:
        from mapdesk.services import outgoing as service

        access = store.identity.having(options.purpose)
        service.as_json(store, access, subject, (str(row["id"]) for row in rows))


def admit_json(store: Store, options: argparse.Namespace) -> None:
    """Raise unless JSON of people may be printed, where it is asked for: before anybody is looked at."""
    if options.json:
        from mapdesk.services.results import admit

        admit(store.identity.having(options.purpose), personal=True)
