"""The text of cards of the register: unit, household, person, with links both ways and their history."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Any

from mapdesk.model.language import tr
from mapdesk.panels.card_html import (
    STYLE,
    chain_html,
    hanging_html,
    history_html,
    link,
    muted,
    rows_html,
)
from mapdesk.services.card_links import unit_title
from mapdesk.services.register_cards import RegisterCard


def head_html(card: RegisterCard) -> str:
    """Return a card's title and what it is."""
    kind = {"unit": tr("Unit"), "household": tr("Household"), "person": tr("Person")}
    said = f"{kind[card.ref.noun]} · {escape(card.ref.id)}"
    return f"{STYLE}<h2>{escape(title_of(card))}</h2>{muted(said)}"


def title_of(card: RegisterCard) -> str:
    """Return what a card is called."""
    if card.ref.noun == "unit" and card.unit is not None:
        return _place(card.unit)
    return tr("Household") if card.ref.noun == "household" else card.title


def body_html(card: RegisterCard, unfolded: Collection[str]) -> str:
    """Return fields, home, people, what is around and the history."""
    html = rows_html(card.ref.noun, card.row, card.provenance)
    html += _home_html(card) + _people_html(card)
    if card.ref.noun != "person":
        html += hanging_html([one for one in card.hanging if one.title != "Workers"], unfolded)
    html += hanging_html([one for one in card.hanging if one.title == "Workers"], unfolded)
    return html + history_html(card.ref.noun, card.history, unfolded)


def _home_html(card: RegisterCard) -> str:
    html = ""
    if card.building is not None:
        html += f"<h3>{tr('Home') if card.ref.noun != 'unit' else tr('Building')}</h3>"
        html += f"<p>{link('building', card.building['id'], card.building['title'])}</p>"
    elif card.unit is None:
        return f"<p class='muted'>{tr('No home is on record.')}</p>"
    if card.unit is not None and card.ref.noun != "unit":
        html += f"<p>{link('unit', card.unit['id'], _place(card.unit))} "
        html += f"{muted(escape(tr(str(card.unit['use'] or ''))))}</p>"
    return html + chain_html(card.grids)


def _place(unit: dict[str, Any]) -> str:
    if not unit["room"]:
        return unit_title(unit)
    return tr(
        "Stair {stair}, floor {floor}, room {room}",
        stair=unit["stair"] or "–",
        floor=unit["floor"],
        room=unit["room"],
    )


def _people_html(card: RegisterCard) -> str:
    if card.members is None:
        say = tr("State a purpose to see who lives here")
        return f"<h3>{tr('Who lives here')}</h3><p><a href='purpose:'>{say}</a></p>"
    if card.ref.noun == "unit":
        return _unit_people_html(card, card.members)
    others = [member for member in card.members if member["id"] != card.ref.id]
    title = tr("Same household") if card.ref.noun == "person" else tr("People")
    html = "".join(_household_line(row) for row in card.households)
    if others:
        html = f"<h3>{title} ({len(others)})</h3>" + html + "".join(map(_member, others))
    elif html:
        html = f"<h3>{tr('Household')}</h3>" + html
    return html


def _unit_people_html(card: RegisterCard, members: list[dict[str, Any]]) -> str:
    html = f"<h3>{tr('Who lives here')} ({len(members)})</h3>"
    if not members:
        return html + f"<p class='muted'>{tr('Nobody is registered here.')}</p>"
    for row in card.households:
        html += _household_line(row)
        html += "".join(_member(one) for one in members if one["household_id"] == row["id"])
    known = {row["id"] for row in card.households}
    return html + "".join(_member(one) for one in members if one["household_id"] not in known)


def _household_line(row: dict[str, Any]) -> str:
    said = [tr(str(row["kind"])) if row["kind"] else ""]
    if row["vehicles"]:
        said.append(tr("vehicles {count}", count=row["vehicles"]))
    if row["pets"]:
        said.append(tr("pets {count}", count=row["pets"]))
    shown = " · ".join(escape(one) for one in said if one)
    return f"<p>{link('household', row['id'], tr('Household'))} {muted(shown)}</p>"


def _member(row: dict[str, Any]) -> str:
    said = (tr(str(row["relation"] or "")), tr(str(row["sex"] or "")), row["birth_date"])
    shown = " · ".join(escape(str(one)) for one in said if one)
    return f"<p>{link('person', row['id'], row['name'])} {muted(shown)}</p>"
