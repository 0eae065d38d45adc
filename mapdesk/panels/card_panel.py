"""The Card dock: one thing and what hangs on it, with links both ways."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from PyQt6.QtCore import QDateTime, QLocale, QUrl, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.nouns import NOUNS, SEVERITIES
from mapdesk.model.selection import Nearby, Ref
from mapdesk.panels.floor_stack import FloorStack
from mapdesk.services.cards import Card, field_title, title_of
from mapdesk.services.residents import Home

PEOPLE_SHOWN = 30
"""Rows of people a card lists until all are asked for."""
MOST_LINES = 4
"""Incidents and cameras a card names."""
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


class CardPanel(QWidget):
    """Shows cards as rich text over the building's floors.

    Signals
    -------
    followed(Ref)
        A link to another thing was clicked.
    commanded(str)
        A button was clicked: an action id.
    purpose_wanted()
        The link under "who lives here" was clicked with no purpose in force.
    """

    followed = pyqtSignal(object)
    commanded = pyqtSignal(str)
    purpose_wanted = pyqtSignal()

    def __init__(self, unit_colours: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.floors = FloorStack(unit_colours)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._on_link)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(8, 6, 8, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self.buttons)
        box.addWidget(self.floors)
        box.addWidget(self.text, 1)
        self._card: Card | None = None
        self._people: list[dict[str, Any]] | None = None
        self._households: dict[str, int] = {}
        self._home: Home | None = None
        self._nearest: tuple[Nearby, ...] = ()
        self._unit: str | None = None
        self._all_people = False
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def show_nothing(self) -> None:
        """Say how to get a card."""
        self._card = self._home = self._people = None
        self._nearest = ()
        self.reset()

    def show_card(self, card: Card) -> None:
        """Show a thing; people of a building come with `show_people`."""
        self._card, self._people, self._home = card, None, None
        self._nearest, self._all_people = (), False
        self.reset()

    def show_people(self, people: list[dict[str, Any]], households: dict[str, int]) -> None:
        """Show who lives in the building, and how many households of each kind."""
        self._people, self._households = people, households
        self.reset(keep_place=True)

    def hide_people(self) -> None:
        """Take personal data off the card: the purpose was withdrawn."""
        self._people, self._home = None, None
        self.reset(keep_place=True)

    def show_home(self, home: Home, card: Card | None) -> None:
        """Show a person and where they live; `card` is the building's."""
        self._home, self._card, self._people = home, card, None
        self._unit = str(home.unit["id"]) if home.unit else None
        self._nearest = ()
        self.reset()

    def show_nearest(self, nearest: tuple[Nearby, ...]) -> None:
        """Show the nearest workers, the first one first."""
        same = [one.ref for one in nearest] == [one.ref for one in self._nearest]
        self._nearest = nearest
        self._card = self._home = self._people = None
        self.reset(keep_place=same)

    def reset(self, *, keep_place: bool = False) -> None:
        """Write the card anew, in the language in force."""
        bar = self.text.verticalScrollBar()
        place = bar.value() if bar is not None and keep_place else 0
        card = self._card
        self.floors.show_floors(card.floors if card else [], self._unit if self._home else None)
        self._set_buttons()
        self.text.setHtml(_STYLE + self._body())
        if bar is not None:
            bar.setValue(place)

    def close_panel(self) -> None:
        """Stop listening."""
        LANGUAGE.changed.disconnect(self._on_language)

    def _body(self) -> str:
        if self._nearest:
            return _nearest_html(self._nearest)
        if self._home is not None:
            return _home_html(self._home)
        if self._card is None:
            hint = tr("Click a building, camera, worker or grid on the map, or find one by name.")
            return f"<p class='muted'>{hint}</p>"
        html = _head_html(self._card)
        if self._card.ref.noun == "building":
            shown = None if self._all_people else PEOPLE_SHOWN
            html += _people_html(self._people, self._households, self._card.people, shown)
        return html + _surroundings_html(self._card)

    def _set_buttons(self) -> None:
        while (item := self.buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if self._card is None or self._nearest:
            return
        offered = [("card.fly", tr("Fly there")), ("select.nearest_here", tr("Nearest workers"))]
        noun = self._card.ref.noun
        if noun == "camera":
            offered.insert(0, ("card.stream", tr("Open stream")))
        if NOUNS[noun].geometry == "polygon":
            offered.append(("select.inside", tr("All inside")))
        for command, title in offered:
            button = QPushButton(title)
            button.setObjectName(command)
            button.clicked.connect(self._on_button)
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.commanded.emit(sender.objectName())

    def _on_link(self, url: QUrl) -> None:
        noun, _colon, key = url.toString().partition(":")
        if noun == "purpose":
            self.purpose_wanted.emit()
        elif noun == "all":
            self._all_people = True
            self.reset(keep_place=True)
        else:
            self.followed.emit(Ref(noun, QUrl.fromPercentEncoding(key.encode())))

    def _on_language(self, _code: str) -> None:
        self.reset(keep_place=True)


_STYLE = """<style>
h2 { font-size: 16px; margin: 8px 10px 0 10px; }
h3 { font-size: 13px; margin: 12px 10px 3px 10px; }
p { margin: 3px 10px; }
table { margin: 4px 10px; }
td { padding: 2px 10px 2px 0; vertical-align: top; }
.muted { color: #7d8a95; }
a { text-decoration: none; }
</style>"""


def _link(noun: str, key: object, text: object) -> str:
    quoted = quote(str(key))
    return f"<a href='{noun}:{quoted}'>{escape(str(text))}</a>"


def _value(value: object) -> str:
    locale = QLocale()
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return f"{value:,.1f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return locale.toString(QDateTime(value), QLocale.FormatType.ShortFormat)
    if isinstance(value, date):
        return locale.toString(value, QLocale.FormatType.ShortFormat)
    return escape(_words(str(value), ";"))


def _words(text: str, between: str) -> str:
    """Translate a list of words one by one."""
    return between.join(tr(word) for word in text.split(between))


def _rows(noun: str, row: dict[str, Any]) -> str:
    cells = [
        f"<tr><td class='muted'>{escape(tr(field_title(noun, name)))}</td>"
        f"<td>{_value(SEVERITIES.get(value, value) if name == 'severity' else value)}</td></tr>"
        for name, value in row.items()
        if value is not None and value != "" and name not in _HIDDEN
    ]
    return f"<table>{''.join(cells)}</table>"


def _chain(grids: list[dict[str, Any]]) -> str:
    if not grids:
        return ""
    links = [
        _link("grid", grid["id"], grid["name"] or grid["code"] or grid["id"]) for grid in grids
    ]
    return f"<p>{' › '.join(links)}</p>"


def _head_html(card: Card) -> str:
    kind = tr(NOUNS[card.ref.noun].title)
    html = f"<h2>{escape(card.title)}</h2><p class='muted'>{kind} · {escape(card.ref.id)}</p>"
    html += _building_facts(card) if card.ref.noun == "building" else _rows(card.ref.noun, card.row)
    for name, ref, title in card.links:
        what = tr(name.removesuffix("_id").replace("_", " "))
        html += f"<p><span class='muted'>{what}</span> {_link(ref.noun, ref.id, title)}</p>"
    return html + _chain(card.grids)


def _surroundings_html(card: Card) -> str:
    html = ""
    if card.incidents:
        html += f"<h3>{tr('Past incidents')} ({len(card.incidents)})</h3>"
        for incident in card.incidents[:MOST_LINES]:
            when = _value(incident["reported_at"]) if incident["reported_at"] else ""
            link = _link("incident", incident["id"], incident["title"])
            status = escape(tr(str(incident["status"])))
            html += f"<p>{link} <span class='muted'>{when} · {status}</span></p>"
        html += _more(len(card.incidents))
    if card.cameras:
        html += f"<h3>{tr('Cameras nearby')} ({len(card.cameras)})</h3>"
        for ref, name, metres in card.cameras[:MOST_LINES]:
            html += (
                f"<p>{_link('camera', ref.id, name)} <span class='muted'>{metres:.0f} m</span></p>"
            )
        html += _more(len(card.cameras))
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
    html = f"<p>{' · '.join(fact for fact in facts if fact)}</p>"
    if units or card.people:
        html += f"<p>{tr('{units} units, {people} people', units=units, people=card.people)}</p>"
    return html


def _more(count: int) -> str:
    if count <= MOST_LINES:
        return ""
    return f"<p class='muted'>{tr('and {count} more', count=count - MOST_LINES)}</p>"


def _people_html(
    people: list[dict[str, Any]] | None,
    households: dict[str, int],
    count: int,
    shown: int | None,
) -> str:
    html = f"<h3>{tr('Who lives here')}</h3>"
    if people is None:
        if not count:
            return html + f"<p class='muted'>{tr('Nobody is registered here.')}</p>"
        say = tr("State a purpose to see the {count} people", count=count)
        return html + f"<p><a href='purpose:'>{say}</a></p>"
    if not people:
        return html + f"<p class='muted'>{tr('Nobody is registered here.')}</p>"
    cells = []
    for row in people[:shown]:
        floor = "" if row["floor"] is None else f"{row['floor']}F"
        home = " ".join(str(part) for part in (row["stair"], floor, row["room"]) if part)
        cells.append(
            f"<tr><td class='muted'>{escape(home)}</td>"
            f"<td>{_link('person', row['id'], row['name'])}</td>"
            f"<td>{escape(tr(str(row['sex'] or '')))}</td><td>{row['birth_date'] or ''}</td>"
            f"<td class='muted'>{escape(tr(str(row['relation'] or '')))}</td></tr>"
        )
    html += f"<table>{''.join(cells)}</table>"
    if shown is not None and len(people) > shown:
        html += f"<p><a href='all:'>{tr('Show all {count}', count=len(people))}</a></p>"
    kinds = ", ".join(f"{tr(kind)} {number}" for kind, number in households.items())
    if kinds:
        html += f"<p class='muted'>{tr('Households')}: {kinds}</p>"
    return html


def _home_html(home: Home) -> str:
    person = home.person
    html = f"<h2>{escape(str(person['name']))}</h2>"
    html += f"<p class='muted'>{tr('Person')} · {escape(str(person['id']))}</p>"
    shown = {
        name: person[name]
        for name in ("sex", "birth_date", "identity_number", "phone", "residence_kind", "relation")
    }
    html += _rows("person", shown)
    if home.building is not None:
        html += f"<h3>{tr('Home')}</h3>"
        html += f"<p>{_link('building', home.building['id'], title_of(home.building | {'name': None}))}</p>"
        if home.unit is not None:
            unit = home.unit
            place = tr(
                "Stair {stair}, floor {floor}, room {room}",
                stair=unit["stair"] or "–",
                floor=unit["floor"],
                room=unit["room"] or "–",
            )
            html += f"<p>{escape(place)} <span class='muted'>{escape(tr(str(unit['use'] or '')))}</span></p>"
    if len(home.household) > 1:
        html += f"<h3>{tr('Same household')}</h3>"
        for member in home.household:
            if member["id"] != person["id"]:
                relation = escape(tr(str(member["relation"] or "")))
                link = _link("person", member["id"], member["name"])
                html += f"<p>{link} <span class='muted'>{relation} · {member['birth_date'] or ''}</span></p>"
    return html + _chain(home.grids)


def _nearest_html(nearest: tuple[Nearby, ...]) -> str:
    html = f"<h2>{tr('Nearest workers')}</h2><table>"
    for rank, one in enumerate(nearest, start=1):
        html += (
            f"<tr><td><b>{rank}</b></td><td>{_link(one.ref.noun, one.ref.id, one.name)}<br>"
            f"<span class='muted'>{escape(_words(one.reason, ', '))}</span></td>"
            f"<td><b>{one.metres:,.0f} m</b><br><span class='muted'>{one.bearing:.0f}°</span></td></tr>"
        )
    return html + "</table>"
