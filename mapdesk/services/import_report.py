"""An import's report as people read it."""

from __future__ import annotations

from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.services.importing import ImportReport

REFUSALS_SHOWN = 200


def report_text(report: ImportReport) -> str:
    """Return a report as lines of text: read, kept and refused, with reasons by row."""
    lines = [
        tr(
            "{file}: {read:,} read, {kept:,} kept, {refused:,} refused",
            file=report.file,
            read=report.read,
            kept=report.kept,
            refused=len(report.refused),
        )
        + ("" if report.written else f" ({tr('nothing was written')})")
    ]
    for noun in report.new:
        new, updated = report.new[noun], report.updated.get(noun, 0)
        counted = tr("{new:,} new, {updated:,} updated", new=new, updated=updated)
        lines.append(f"  {tr(NOUNS[noun].title)}: {counted}")
    lines += [f"  {tr_sentence(note)}" for note in report.notes]
    lines += [
        f"  {tr_sentence(row)}: {tr_sentence(reason)}"
        for row, reason in report.refused[:REFUSALS_SHOWN]
    ]
    if len(report.refused) > REFUSALS_SHOWN:
        more = len(report.refused) - REFUSALS_SHOWN
        lines.append("  " + tr("and {count:,} more refused rows", count=more))
    return "\n".join(lines)
