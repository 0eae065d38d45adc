"""An import's report as people read it."""

from __future__ import annotations

from mapdesk.services.importing import ImportReport

REFUSALS_SHOWN = 200


def report_text(report: ImportReport) -> str:
    """Return a report as lines of text: read, kept and refused, with reasons by row."""
    lines = [
        f"{report.file}: {report.read:,} read, {report.kept:,} kept, {len(report.refused):,} refused"
        + ("" if report.written else " (nothing was written)")
    ]
    for noun in report.new:
        new, updated = report.new[noun], report.updated.get(noun, 0)
        lines.append(f"  {noun}: {new:,} new, {updated:,} updated")
    lines += [f"  {note}" for note in report.notes]
    lines += [f"  {row}: {reason}" for row, reason in report.refused[:REFUSALS_SHOWN]]
    if len(report.refused) > REFUSALS_SHOWN:
        lines.append(f"  and {len(report.refused) - REFUSALS_SHOWN:,} more refused")
    return "\n".join(lines)
