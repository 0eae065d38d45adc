"""The command ``terrain``."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded
from mapdesk.model.language import tr
from mapdesk.services.districts import Progress


def terrain(options: argparse.Namespace, progress: Progress) -> Answer:
    """Show, add or remove the ground's heights."""
    from mapdesk.services import terrain as terrains

    with opening.opened(options) as store:
        if options.task == "add":
            progress(f"Reading {options.sources[0].name}", 0.1)
            terrains.add(
                store,
                *options.sources,
                title=options.name,
                attribution=options.attribution,
                crs=options.crs,
                unit=options.unit,
            )
        elif options.task == "remove":
            terrains.remove(store)
        found = terrains.describe(store)
    if found is None:
        return Answer(None, tr("There is no terrain yet: 'mapdesk terrain add' keeps one."))
    record, at = found
    lines = [
        (tr("Name"), record.title),
        (tr("Attribution"), record.attribution or tr("none")),
        (tr("File"), record.source),
        (tr("Added"), at.astimezone().strftime("%Y-%m-%d %H:%M")),
        (
            tr("Samples"),
            tr(
                "{columns} × {rows}, every {step} m",
                columns=record.columns,
                rows=record.rows,
                step=f"{record.step:.2f}",
            ),
        ),
        (
            tr("Heights"),
            tr(
                "{low} to {high} m above sea level",
                low=f"{record.lowest:.1f}",
                high=f"{record.highest:.1f}",
            ),
        ),
    ]
    return Answer(
        asdict(record) | {"at": at.isoformat()},
        "\n".join(f"{padded(title, 14)} {text}" for title, text in lines),
    )
