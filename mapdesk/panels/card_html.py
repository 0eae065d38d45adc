"""Small pieces of rich text that all cards are put together from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from mapdesk.model.language import capital, tr
from mapdesk.model.nouns import ROAD_KINDS, SEVERITIES
from mapdesk.services.card_links import Hanging
from mapdesk.services.cards import field_title

MOST_LINES = 4
"""Lines of a list that a card shows until all are asked for."""
_HIDDEN = {
    "id",
    "name",
    "title",
    "source",
    "base",
    "grid_id",
    "building_id",
    "parent_id",
    "main_stream",
    "sub_stream",
}
_CALLED: dict[tuple[str, str], Mapping[Any, str]] = {
    ("", "severity"): SEVERITIES,
    ("road", "kind"): ROAD_KINDS,
}
"""What values of a field of a noun, or of any, are called where that is not what they are."""
NEWEST = 5
"""Changes of the history that a card shows until all are asked for."""
HISTORY = "History"
STYLE = """<style>
h2 { font-size: 17px; margin: 2px 0 0 0; }
h3 { font-size: 13px; margin: 14px 10px 3px 10px; }
p { margin: 3px 10px; }
table { margin: 4px 10px; }
td { padding: 2px 12px 2px 0; vertical-align: top; }
.muted { color: palette(placeholder-text); }
a { text-decoration: none; }
</style>"""


def link(noun: str, key: object, text: object) -> str:
    """Return a link that opens the card of a thing."""
    return f"<a href='{noun}:{quote(str(key))}'>{escape(str(text))}</a>"


def muted(text: str) -> str:
    """Return text, escaped already, in the colour of what matters less."""
    return f"<span class='muted'>{text}</span>" if text else ""


def words(text: str, between: str) -> str:
    """Translate a list of words one by one."""
    return between.join(tr(word) for word in text.split(between))


def value_html(value: object) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return f"{value:,.1f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or value.isdecimal():
        return escape(str(value))
    return escape(words(value, ";"))


def rows_html(
    noun: str, row: Mapping[str, Any], provenance: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """Return the fields of a thing that have a value, as a table.

    Parameters
    ----------
    provenance : mapping of str to change, optional
        The newest change of each field: told where the pointer rests on a field that has one.
    """
    cells = []
    for name, value in row.items():
        if value is None or value == "" or name in _HIDDEN:
            continue
        called = _CALLED.get((noun, name)) or _CALLED.get(("", name), {})
        shown = value_html(called.get(value, value))
        change = (provenance or {}).get(name) or (provenance or {}).get("")
        if change is not None:
            told = escape(change_words(change), quote=True)
            shown = f"<span title='{told}'>{shown} <span class='muted'>✎</span></span>"
        title = escape(capital(tr(field_title(noun, name))))
        cells.append(f"<tr><td class='muted'>{title}</td><td>{shown}</td></tr>")
    return f"<table>{''.join(cells)}</table>" if cells else ""


def change_words(change: Mapping[str, Any]) -> str:
    """Return who made a change, when, and out of which file."""
    who = f"{change['who']} · " if change["who"] else ""
    said = f"{who}{value_html(change['at'])}"
    if change["source"]:
        said += " · " + tr("from {file}", file=change["source"])
    return said


def chain_html(grids: list[dict[str, Any]]) -> str:
    """Return a grid chain as links, the highest first."""
    if not grids:
        return ""
    links = [link("grid", grid["id"], grid["name"] or grid["code"] or grid["id"]) for grid in grids]
    return f"<p>{' › '.join(links)}</p>"


def shown_lines(title: str, lines: list[str], count: int, unfolded: Collection[str]) -> str:
    """Return the lines of a list, the first few until all are asked for.

    Parameters
    ----------
    title : str
        English heading; also what a click on "all" unfolds.
    count : int
        How many there are, where lines are fewer.
    unfolded : collection of str
        Headings whose lists are shown whole.
    """
    shown = lines if title in unfolded else lines[:MOST_LINES]
    html = f"<h3>{escape(tr(title))} ({count:,})</h3>" + "".join(f"<p>{one}</p>" for one in shown)
    if len(shown) < len(lines):
        html += (
            f"<p><a href='all:{quote(title)}'>{tr('Show all of {count}', count=len(lines))}</a></p>"
        )
    elif count > len(lines):
        html += f"<p class='muted'>{tr('and {count} more', count=count - len(lines))}</p>"
    return html


def hanging_html(hanging: list[Hanging], unfolded: Collection[str]) -> str:
    """Return lists of linked things under their headings."""
    html = ""
    for one in hanging:
        lines = [
            f"{link(thing.ref.noun, thing.ref.id, thing.title)} "
            + muted(escape(tr(thing.detail)) if thing.detail else "")
            for thing in one.things
        ]
        html += shown_lines(one.title, lines, one.count, unfolded)
    return html


def history_html(noun: str, history: Sequence[Mapping[str, Any]], unfolded: Collection[str]) -> str:
    """Return the history of a thing, the newest changes until all are asked for."""
    if not history:
        return ""
    shown = history if HISTORY in unfolded else history[:NEWEST]
    html = f"<h3>{tr('History')} ({len(history)})</h3>"
    for change in shown:
        html += f"<p>{_change(noun, change)}<br>{muted(escape(change_words(change)))}</p>"
    if len(shown) < len(history):
        said = tr("Show all of {count}", count=len(history))
        html += f"<p><a href='all:{HISTORY}'>{said}</a></p>"
    return html


def _change(noun: str, change: Mapping[str, Any]) -> str:
    if change["field"] is None:
        said = {"new": tr("entered"), "gone": tr("removed")}
        return escape(said.get(str(change["change"]), str(change["title"])))
    old, new = (value_html(change[side] or "–") for side in ("old", "new"))
    return f"{escape(tr(field_title(noun, change['field'])))}: {muted(old)} → {new}"
