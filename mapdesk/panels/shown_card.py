"""What the Card dock shows, as text: a place, something of the register, an area, or the nearest workers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from mapdesk.model.language import tr
from mapdesk.model.rights import Right
from mapdesk.model.selection import NOT_ASKED, Living, Nearby, Ref
from mapdesk.panels import place_html, register_html
from mapdesk.panels.card_commands import commands_html
from mapdesk.panels.card_html import STYLE, muted
from mapdesk.services.cards import Card
from mapdesk.services.register_cards import RegisterCard


@dataclass
class ShownCard:
    """Nothing, or one of a card, a card of the register, the nearest workers, the people of an area.

    Parameters
    ----------
    area : tuple of str
        Ids of buildings.
    area_people : Living
        Who lives in them.
    households : dict of str to int
        How many of each kind a building has.
    bare : dict
        The person of the card as the register has them, while that is in force.
    unfolded : set of str
        Parts of the card that are shown whole.
    people_asked : bool
        Whether those who live there were asked for.
    """

    card: Card | None = None
    register: RegisterCard | None = None
    nearest: tuple[Nearby, ...] = ()
    area: tuple[str, ...] = ()
    area_people: Living = NOT_ASKED
    households: dict[str, int] = field(default_factory=dict)
    bare: dict[str, Any] = field(default_factory=dict)
    unfolded: set[str] = field(default_factory=set)
    people_asked: bool = False

    @property
    def subject(self) -> Ref | tuple[str, ...] | None:
        """What the card is of: a thing, or the buildings whose people it lists."""
        if self.register is not None:
            return self.register.ref
        return self.card.ref if self.card is not None else self.area or None

    @property
    def title(self) -> str:
        """What the card is called."""
        register = self.as_known()
        if register is not None:
            return register_html.title_of(register)
        return self.card.title if self.card is not None else ""

    @property
    def people(self) -> Living:
        """How many live there."""
        return self.card.people if self.card else self.area_people

    @property
    def has_inside(self) -> bool:
        """Whether the card is of a building, or of something in one."""
        return self.register is None or self.register.building is not None

    def as_known(self) -> RegisterCard | None:
        """Return the card of the register, unmasked where that is in force."""
        card, bare = self.register, self.bare
        if card is None or not bare:
            return card
        row = {name: bare.get(name, value) for name, value in card.row.items()}
        return replace(card, title=str(bare["name"]), row=row)

    def head(self, rights: frozenset[Right]) -> str:
        """Return the head of the card, HTML, with the commands that `rights` allow."""
        if self.nearest:
            return f"{STYLE}<h2>{tr('Nearest workers')}</h2>"
        register = self.as_known()
        if register is not None:
            return register_html.head_html(register)
        if self.card is not None:
            return place_html.head_html(self.card) + commands_html(self.card.ref.noun, rights)
        if self.area:
            title = escape(tr("People of {count} buildings", count=f"{len(self.area):,}"))
            known = self.area_people.count
            said = "" if known is None else muted(tr("{count} people", count=f"{known:,}"))
            return f"{STYLE}<h2>{title}</h2>{said}{commands_html('area', rights)}"
        return ""

    def body(self, rights: frozenset[Right]) -> str:
        """Return the text of the card, HTML; without one how to get one."""
        if self.nearest:
            return place_html.nearest_html(self.nearest)
        register = self.as_known()
        if register is not None:
            commands = commands_html(register.ref.noun, rights, "p")
            return STYLE + commands + register_html.body_html(register, self.unfolded)
        if self.card is not None:
            return place_html.body_html(self.card, self.unfolded)
        hint = tr("Click a building, camera, worker or grid on the map, or find one by name.")
        return f"{STYLE}<p class='muted'>{hint}</p>"

    def foot(self) -> str:
        """Return which households there are, those of most first."""
        found = sorted(self.households.items(), key=_most_first)
        kinds = ", ".join(f"{tr(kind)} {count}" for kind, count in found)
        return f"{tr('Households')}: {kinds}" if kinds else ""


def _most_first(kind: tuple[str, int]) -> tuple[int, str]:
    return -kind[1], kind[0]
