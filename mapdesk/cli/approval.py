"""What a command's answer about people takes to leave the desk: the right, the count, a second person.

JSON leaves, and so does text that is printed anywhere but to a terminal. Text on a terminal is a look.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from mapdesk.cli.answer import Answer
from mapdesk.model.access import Access
from mapdesk.model.errors import ApprovalDueError, InputError, RightsError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.subjects import told_subject
from mapdesk.store.database import Store

PAGE = 200
"""Rows about people that a terminal shows at a time."""


def or_asked(store: Store, access: Access, request: bool, write: Callable[[], Answer]) -> Answer:
    """Return what `write` says; where a second person is due and `request` is set, ask them instead."""
    from mapdesk.services import outgoing

    try:
        return write()
    except ApprovalDueError as due:
        parcel = due.parcel
        if not request or parcel is None:
            raise ApprovalDueError(
                f"{due} --request asks. {outgoing.who_can_approve(store)}"
            ) from due
    kept, sentence = outgoing.request(store, access, parcel)
    text = tr(
        "Asked for approval ({id}): {people:,} people, {subject}. {sentence}",
        id=kept.id,
        people=kept.people,
        subject=told_subject(kept.subject),
        sentence=tr_sentence(sentence),
    )
    return Answer({"request": kept.id, "people": kept.people, "who": sentence}, text, status=1)


def leaves(options: argparse.Namespace) -> bool:
    """Say whether a command's answer leaves the desk."""
    return bool(options.json or not options.terminal.shows)


def admit_out(store: Store, options: argparse.Namespace) -> None:
    """Raise unless an answer about people may go where it is bound for: before anybody is looked at."""
    if not leaves(options):
        return
    from mapdesk.services.results import admit

    try:
        admit(store.identity.having(options.purpose), personal=True)
    except RightsError as error:
        raise RightsError(
            f"{error} JSON, and text that goes anywhere but to a terminal, is an export."
        ) from error


def let_out(
    store: Store,
    options: argparse.Namespace,
    subject: str,
    person_ids: Iterable[object],
    *,
    reason: str = "",
) -> None:
    """Let an answer about people out, where it leaves; `reason` says why their names are in full."""
    if not leaves(options):
        return
    from mapdesk.services import outgoing as service

    access = store.identity.having(options.purpose)
    people = tuple(str(key) for key in person_ids if key is not None)
    service.printed(store, access, subject, people, as_json=options.json, reason=reason)


def check_page(options: argparse.Namespace) -> None:
    """Raise InputError where a terminal is asked to show more than a page of people."""
    if not leaves(options) and options.limit > PAGE:
        raise InputError(
            f"A terminal shows {PAGE} rows about people at a time: choose a --limit up to that, --offset "
            "shows more, and 'mapdesk export' takes all out."
        )
