"""The text of cards of places: building, grid, organisation, camera and all that is not personal."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Nearby
from mapdesk.panels.card_html import (
    STYLE,
    chain_html,
    hanging_html,
    history_html,
    link,
    muted,
    rows_html,
    shown_lines,
    value_html,
    words,
)
from mapdesk.services.card_links import Figures
from mapdesk.services.cards import Card
from mapdesk.services.correcting import provenance


def head_html(card: Card) -> str:
    """Return what stands above everything else: title, kind, and a building's facts in two lines."""
    kind = tr(NOUNS[card.ref.noun].one)
    html = f"{STYLE}<h2>{escape(card.title)}</h2>{muted(f'{kind} · {escape(card.ref.id)}')}"
    if card.ref.noun == "building":
        html += _building_facts(card)
    return html


def body_html(card: Card, unfolded: Collection[str]) -> str:
    """Return fields, links, counts and what hangs on a thing."""
    html = STYLE + chain_html(card.grids)
    if card.ref.noun == "grid":
        html += _figures_html(card.figures)
        html += f"<p>{muted(escape(tr_sentence(card.people.why)))}</p>" if card.people.why else ""
    if card.ref.noun != "building":
        edited = provenance(one for one in card.history if one["field"])
        html += rows_html(card.ref.noun, _without_population(card), edited)
    for name, ref, title in card.links:
        what = tr(name.removesuffix("_id").replace("_", " "))
        html += f"<p>{muted(what)} {link(ref.noun, ref.id, title)}</p>"
    html += hanging_html(card.hanging, unfolded) + _surroundings_html(card, unfolded)
    return html + history_html(card.ref.noun, card.history, unfolded)


def _without_population(card: Card) -> dict[str, object]:
    """Return a card's fields; a grid's stored population gives way to the people counted."""
    left_out = {"population"} if card.figures.counts.get("people") is not None else set()
    return {name: value for name, value in card.row.items() if name not in left_out}


def _figures_html(figures: Figures) -> str:
    cells = []
    for name, count in figures.counts.items():
        shown = tr("hidden") if count is None else f"{count:,}"
        if name == "people" and count is not None and not figures.exact_people:
            shown += " " + muted(tr("by statistics"))
        title = tr(name.replace("_", " "))
        cells.append(f"<tr><td class='muted'>{title}</td><td><b>{shown}</b></td></tr>")
    return f"<table>{''.join(cells)}</table>"


def _surroundings_html(card: Card, unfolded: Collection[str]) -> str:
    html = ""
    if card.incidents:
        lines = []
        for incident in card.incidents:
            when = value_html(incident["reported_at"]) if incident["reported_at"] else ""
            said = muted(f"{when} · {escape(tr(str(incident['status'])))}")
            lines.append(f"{link('incident', incident['id'], incident['title'])} {said}")
        html += shown_lines("Past incidents", lines, len(lines), unfolded)
    if card.cameras:
        lines = [
            f"{link('camera', ref.id, name)} {muted(f'{metres:.0f} m')}"
            for ref, name, metres in card.cameras
        ]
        html += shown_lines("Cameras nearby", lines, len(lines), unfolded)
    return html


def _building_facts(card: Card) -> str:
    """Return what is known of a building in two lines instead of a table: people come sooner."""
    row = card.row
    facts = [
        escape(str(row["address"])) if row["address"] and row["address"] != card.title else "",
        escape(tr(str(row["use"]))) if row["use"] else "",
        tr("{count} floors", count=row["floors"]) if row["floors"] else "",
        f"{row['height']:.1f} m" if row["height"] else "",
        tr("built {year}", year=row["year_built"]) if row["year_built"] else "",
    ]
    units = sum(len(units) for _floor, units in card.floors)
    unbroken = [fact.replace(" ", "&nbsp;") for fact in facts if fact]
    html = f"<br>{'&nbsp;· '.join(unbroken)}"
    living = card.people
    if living.count is not None:
        html += f"<br>{tr('{units} units, {people} people', units=units, people=living.count)}"
    else:
        html += f"<br>{tr('{units} units, people hidden', units=units)}"
        # Where a purpose is all that lacks, a button asks for it.
        html += "" if living.exact else f"<br>{muted(escape(tr_sentence(living.why)))}"
    return html


def nearest_html(nearest: tuple[Nearby, ...]) -> str:
    """Return the nearest workers, the first one first."""
    html = f"{STYLE}<table>"
    for rank, one in enumerate(nearest, start=1):
        html += (
            f"<tr><td><b>{rank}</b></td><td>{link(one.ref.noun, one.ref.id, one.name)}<br>"
            f"{muted(escape(words(one.reason, ', ')))}</td>"
            f"<td><b>{one.metres:,.0f} m</b><br>{muted(f'{one.bearing:.0f}°')}</td></tr>"
        )
    return html + "</table>"
