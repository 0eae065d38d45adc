"""``mapdesk home --unmask``: one person as the register has them, once."""

from __future__ import annotations

import argparse

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import admit_out, let_out
from mapdesk.cli.columns import padded, said
from mapdesk.model.language import tr
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
    lines = [
        f"{padded(tr(name.replace('_', ' ')), 16)} {said(value)}"
        for name, value in row.items()
        if value is not None
    ]
    return Answer(row, "\n".join(lines))
