"""The commands ``retention`` and ``purpose``."""

from __future__ import annotations

import argparse

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress
from mapdesk.store.database import Store


def retention(options: argparse.Namespace, progress: Progress) -> Answer:
    """Set or list how long things are kept, or erase what is due."""
    from mapdesk.services import retention as keeping

    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        if options.task == "run":
            return _run(store, options, progress)
        if options.task == "set":
            keeping.set_rule(store, access, options.what, options.days)
        rules, copies = keeping.rules(store), keeping.told_copies(store)
    lines = [
        f"{padded(tr(what), 24)} {tr('for ever') if days is None else tr('{days} days', days=days)}"
        for what, days in rules.items()
    ]
    return Answer(rules, "\n".join(filter(None, [*lines, copies])))


def _run(store: Store, options: argparse.Namespace, progress: Progress) -> Answer:
    from mapdesk.services import retention as keeping
    from mapdesk.store.scope import local_today

    done = keeping.run(
        store,
        store.identity.having(options.purpose),
        local_today(),
        dry_run=options.dry_run,
        progress=progress,
    )
    lines = []
    for one in done:
        values = {"count": one.rows, "day": one.before}
        counted = (
            tr("{count:>9} due (before {day})", **values)
            if options.dry_run
            else tr("{count:>9} erased (before {day})", **values)
        )
        lines.append(f"{padded(tr(one.what), 24)} {counted}")
    data = [
        {"what": one.what, "days": one.days, "before": one.before, "rows": one.rows} for one in done
    ]
    lines = lines or [tr("There is no rule: everything is kept for ever.")]
    return Answer(data, "\n".join(filter(None, [*lines, keeping.told_copies(store)])))


def purpose(options: argparse.Namespace, _progress: Progress) -> Answer:
    """List, add or remove usual purposes."""
    from mapdesk.services import purposes

    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        if options.task == "add":
            purposes.add(store, access, options.text)
        elif options.task == "remove":
            purposes.remove(store, access, options.text)
        found = purposes.usual(store)
    return Answer(found, "\n".join(found) or tr("There are no usual purposes yet."))
