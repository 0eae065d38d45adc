"""``mapdesk home --unmask``: one person as the register has them, once."""

from __future__ import annotations

import argparse

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import admit_out, let_out
from mapdesk.services.districts import Progress


def unmask(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Print the raw row of a person whom there is a reason to see unmasked."""
    from mapdesk.services import unmasking

    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        admit_out(store, options)
        row = unmasking.unmask(store, access, options.person, options.unmask).row
        subject = f"person {options.person} unmasked"
        let_out(store, options, subject, [options.person], reason=options.unmask)
    text = {name: str(value) for name, value in row.items() if value is not None}
    return Answer(row, "\n".join(f"{name:<16} {value}" for name, value in text.items()))
