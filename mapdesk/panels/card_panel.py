"""The Card dock: one thing and what hangs on it, with links both ways and a way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QEvent, Qt, QUrl, pyqtSignal
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.rights import Right
from mapdesk.model.selection import NOT_ASKED, Living, Nearby, Ref
from mapdesk.panels.card_parts import LINKS_ONLY, CardText, arrow_button
from mapdesk.panels.living_page import LivingPage
from mapdesk.panels.shown_card import ShownCard
from mapdesk.panels.unmask_bar import UnmaskBar
from mapdesk.services.cards import Card
from mapdesk.services.register_cards import RegisterCard
from mapdesk.services.residents import PeoplePage

OFFERED = (
    "card.stream",
    "view.inside",
    "card.fly",
    "select.nearest_here",
    "select.inside",
    "file.sheet",
)
"""Actions that a card has a button for."""


class CardPanel(QWidget):
    """Shows cards: a head, and under it the pages "Who lives here" and the rest.

    Signals
    -------
    followed(Ref)
        A link to another thing was clicked.
    commanded(str)
        A button was clicked: an action id.
    purpose_wanted()
        People are asked for with no purpose in force.
    people_wanted(object, int)
        People are to be read, from a place in the list: of a grid, given as Ref, or of buildings,
        given as a tuple of their ids.
    """

    followed = pyqtSignal(object)
    commanded = pyqtSignal(str)
    purpose_wanted = pyqtSignal()
    people_wanted = pyqtSignal(object, int)

    def __init__(self, unit_colours: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = QLabel()
        self.head.setWordWrap(True)
        self.head.setTextFormat(Qt.TextFormat.RichText)
        self.head.setContentsMargins(10, 8, 2, 2)
        self.head.setTextInteractionFlags(LINKS_ONLY)
        self.head.linkActivated.connect(self._on_link)
        self.back, self.forward = arrow_button("card.back", "‹"), arrow_button("card.forward", "›")
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(8, 4, 6, 6)
        self.buttons.setSpacing(4)
        self._offered = {command: QPushButton() for command in OFFERED}
        for command, button in self._offered.items():
            button.setObjectName(command)
            button.setStyleSheet("padding-left: 7px; padding-right: 7px")
            button.clicked.connect(self._on_button)
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        self.tabs = QTabBar()
        self.tabs.setObjectName("CardTabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.text = CardText()
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._on_link)
        self.unmask_bar = UnmaskBar()
        self.living = LivingPage(unit_colours)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.text)
        self.pages.addWidget(self.living)
        self._lay_out()
        self._shown = ShownCard()
        self._stale = True
        self._rights: frozenset[Right] = frozenset()
        self.tabs.currentChanged.connect(self._on_tab)
        for arrow in (self.back, self.forward):
            arrow.clicked.connect(self._on_button)
        self.living.opened.connect(self.followed)
        self.living.purpose_wanted.connect(self.purpose_wanted)
        self.living.page_wanted.connect(self._want_people)
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 8, 0)
        top.setSpacing(2)
        top.addWidget(self.head, 1)
        for arrow in (self.back, self.forward):
            top.addWidget(arrow, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addLayout(self.buttons)
        box.addWidget(self.unmask_bar)
        box.addWidget(self.tabs)
        box.addWidget(self.pages, 1)

    # ------------------------------------------------------------------ what is shown

    def show_nothing(self) -> None:
        """Say how to get a card."""
        self._show(ShownCard())

    def show_card(self, card: Card) -> None:
        """Show a place; people of a building come with `show_people`."""
        self._show(ShownCard(card=card))

    def show_home(self, card: RegisterCard) -> None:
        """Show a unit, household or person."""
        self._show(ShownCard(register=card))

    def unmask(self, row: dict[str, Any]) -> bool:
        """Show the person of the card as the register has them; say whether it is theirs."""
        card = self._shown.register
        if card is None or card.ref != Ref("person", str(row["id"])):
            return False
        self._shown.bare = row
        self.reset(keep_place=True)
        return True

    def mask_person(self) -> None:
        """Show the person of the card masked again."""
        if self._shown.bare:
            self._shown.bare = {}
            self.reset(keep_place=True)

    def show_area(self, building_ids: tuple[str, ...], people: Living) -> None:
        """Show who lives in these buildings; the list comes with `show_page`."""
        self._show(ShownCard(area=building_ids, area_people=people))
        self._want_people(0)

    def show_nearest(self, nearest: tuple[Nearby, ...]) -> None:
        """Show the nearest workers, the first one first."""
        old = self._shown
        same = [one.ref for one in nearest] == [one.ref for one in old.nearest]
        self._shown = ShownCard(nearest=nearest)
        self.reset(keep_place=same)

    def show_people(self, people: list[dict[str, Any]], households: dict[str, int]) -> None:
        """Show who lives in the building, and how many households of each kind."""
        self._shown.people_asked = True
        self._shown.households = households
        self.living.show_people(people, len(people), self._shown.foot())

    def show_page(self, page: PeoplePage) -> None:
        """Show a stretch of the people of a grid or an area."""
        if page.offset:
            self.living.people.people.add_page(page.offset, page.rows)
        else:
            self._shown.area_people = Living(page.count, exact=True)
            self.head.setText(self._shown.head(self._rights))
            self.living.show_people(page.rows, page.count, "")

    @property
    def subject(self) -> Ref | tuple[str, ...] | None:
        """What the card is of: a thing, or the buildings whose people it lists."""
        return self._shown.subject

    @property
    def title(self) -> str:
        """What the card is called."""
        return self._shown.title

    def hide_people(self) -> None:
        """Take personal data off the card: the purpose was withdrawn."""
        shown = self._shown
        shown.people_asked = False
        if shown.register is not None and shown.register.members is not None:
            self.show_nothing()
        else:
            shown.area_people = NOT_ASKED
            self.head.setText(self._shown.head(self._rights))
            self.living.hide_people()

    def set_people(self, ref: Ref, living: Living) -> None:
        """Say how many live in the place of the card, or why that is not told."""
        card = self._shown.card
        if card is not None and card.ref == ref:
            card.figures.counts["people"] = living.count
            self._shown.card = replace(card, people=living)
            self.living.set_living(living)
            self.reset(keep_place=True)

    def ask_for_people(self) -> None:
        """Ask for the people of the page in view, where it has some and they are not there yet."""
        card = self._shown.card
        wanted = (card is not None and card.ref.noun == "grid") or bool(self._shown.area)
        if wanted and self.pages.currentWidget() is self.living and not self._shown.people_asked:
            self._want_people(0)

    def offer(self, rights: frozenset[Right]) -> None:
        """Offer the commands that need no more than these rights."""
        if rights != self._rights:
            self._rights = rights
            self.reset(keep_place=True)

    def set_ways(self, *, back: bool, forward: bool) -> None:
        """Say whether there is a card to go back or forward to."""
        self.back.setEnabled(back)
        self.forward.setEnabled(forward)

    def close_panel(self) -> None:
        """Stop listening."""
        self.unmask_bar.close_bar()
        LANGUAGE.changed.disconnect(self._on_language)

    # ------------------------------------------------------------------ showing

    def _show(self, shown: ShownCard) -> None:
        self._shown = shown
        self.living.show_units(shown.card.floors if shown.card else [], shown.people)
        self.reset()

    def reset(self, *, keep_place: bool = False) -> None:
        """Write the card anew, in the language in force."""
        shown = self._shown
        personal = shown.register is not None or bool(shown.area)
        self.text.set_personal(personal)
        self.head.setText(self._shown.head(self._rights))
        self._set_buttons()
        register = shown.register
        self.unmask_bar.setVisible(register is not None and register.ref.noun == "person")
        self._stale = False
        self._set_tabs()
        self.living.retranslate()
        self.back.setToolTip(tr("Card before"))
        self.forward.setToolTip(tr("Card after"))
        for arrow in (self.back, self.forward):
            arrow.setAccessibleName(arrow.toolTip())
        self._stale = True
        if self.pages.currentWidget() is self.text:
            self._write(keep_place=keep_place)

    def _write(self, *, keep_place: bool = False) -> None:
        """Write the text page, which waits for this until it is in view."""
        self._stale = False
        bar = self.text.verticalScrollBar()
        place = bar.value() if bar is not None and keep_place else 0
        self.text.setHtml(self._shown.body(self._rights))
        if bar is not None:
            bar.setValue(place)

    def _set_tabs(self) -> None:
        """Offer the pages that the card has, the one most asked for first."""
        shown, card = self._shown, self._shown.card
        living, text = (tr("Who lives here"), self.living), (tr("Overview"), self.text)
        pages: list[tuple[str, QWidget]] = [text]
        if shown.area:
            pages = [living]
        elif card is not None and card.ref.noun == "building":
            pages = [living, (tr("Surroundings"), self.text)]
        elif card is not None and card.ref.noun == "grid" and card.figures.exact_people:
            pages = [text, living]
        self.tabs.blockSignals(True)
        same = [self.tabs.tabData(at) for at in range(self.tabs.count())] == [
            self.pages.indexOf(page) for _title, page in pages
        ]
        kept = self.tabs.currentIndex() if same else 0
        while self.tabs.count():
            self.tabs.removeTab(0)
        for title, page in pages:
            self.tabs.setTabData(self.tabs.addTab(title), self.pages.indexOf(page))
        self.tabs.setCurrentIndex(kept)
        self.tabs.setVisible(len(pages) > 1)
        self.tabs.blockSignals(False)
        self._on_tab(kept)

    def _set_buttons(self) -> None:
        shown = self._shown
        noun = "person" if shown.register is not None else shown.card.ref.noun if shown.card else ""
        offered = {
            "card.stream": (tr("Open stream"), noun == "camera"),
            "view.inside": (tr("Open"), noun in ("building", "person") and shown.has_inside),
            "card.fly": (tr("Fly there"), bool(noun)),
            "select.nearest_here": (tr("Nearest workers"), bool(noun)),
            "select.inside": (tr("All inside"), bool(noun) and NOUNS[noun].geometry == "polygon"),
            "file.sheet": (tr("Print…"), noun == "grid"),
        }
        for command, (title, wanted) in offered.items():
            self._offered[command].setText(title)
            self._offered[command].setVisible(wanted)

    # ------------------------------------------------------------------ what is done

    def _on_tab(self, index: int) -> None:
        page = self.tabs.tabData(index)
        if page is not None:
            self.pages.setCurrentIndex(int(page))
            if self._stale and self.pages.currentWidget() is self.text:
                self._write()
            self.ask_for_people()

    def _want_people(self, offset: int) -> None:
        shown = self._shown
        shown.people_asked = True
        if shown.area:
            self.people_wanted.emit(shown.area, offset)
        elif shown.card is not None and shown.card.ref.noun == "grid":
            self.people_wanted.emit(shown.card.ref, offset)

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.commanded.emit(sender.objectName())

    def _on_link(self, link: QUrl | str) -> None:
        noun, _colon, key = QUrl(link).toString().partition(":")
        named = QUrl.fromPercentEncoding(key.encode())
        if noun == "purpose":
            self.purpose_wanted.emit()
        elif noun == "run":
            self.commanded.emit(key)
        elif noun == "all":
            self._shown.unfolded.add(named)
            self._write(keep_place=True)
        else:
            self.followed.emit(Ref(noun, named))

    def changeEvent(self, event: QEvent | None) -> None:
        """Follow the theme: the text's colours are those of the palette it was written under."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._write(keep_place=True)
        super().changeEvent(event)

    def _on_language(self, _code: str) -> None:
        self.reset(keep_place=True)
        if self._shown.households:
            self.living.set_foot(self._shown.foot())
