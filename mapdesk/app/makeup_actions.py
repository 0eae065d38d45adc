"""The Make-up dock's actions: who lives in the area of the card, or in the selected buildings."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QWidget

from mapdesk.app.jobs import Progress
from mapdesk.app.window_parts import add_dock
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError
from mapdesk.model.language import tr
from mapdesk.model.makeup import WHOLE, MakeUp
from mapdesk.model.rights import Right
from mapdesk.model.selection import Ref
from mapdesk.services import making_up
from mapdesk.services.counting import AnyArea

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow
    from mapdesk.panels.makeup_panel import MakeUpPanel

Answer = tuple[MakeUp, MakeUp | None, list[tuple[Ref, str]]]


def _load_charts(_progress: Progress) -> None:
    """Import what draws, which takes half a second, away from the GUI thread."""
    import_module("mapdesk.panels.makeup_charts")


class MakeUpActions(QObject):
    """Owns the Make-up dock, which is hidden and empty until it is first asked for. GUI thread only.

    Signals
    -------
    export_wanted(MakeUp, MakeUp or None)
        The counts shown are wanted in a file, and those they are compared with.
    """

    export_wanted = pyqtSignal(object, object)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._area: AnyArea | None = None
        self.panel: MakeUpPanel | None = None
        area = Qt.DockWidgetArea.RightDockWidgetArea
        self.dock = add_dock(window, "Make-up", QWidget(), area)
        # A dock of its own below the others would be a few lines high: it shares the card's place.
        window.tabifyDockWidget(window.docks["Card"], self.dock)
        self.dock.hide()
        window.docks["Make-up"] = self.dock
        self.dock.visibilityChanged.connect(self._on_visible)
        window.asking.card_shown.connect(self._on_card)
        window.session.access_changed.connect(self._on_access)
        window.closed.connect(self._on_closed)

    def show_here(self) -> None:
        """Show the make-up of the building or grid whose card is shown."""
        focus = self._window.session.focus
        if focus is None or focus.noun not in ("building", "grid"):
            self._window.tell(tr("Click a building or a grid first."))
        else:
            self.ask(focus, WHOLE)

    def show_selected(self) -> None:
        """Show the make-up of the selected buildings."""
        buildings = self._window.session.selection.ids("building")
        if buildings:
            self.ask(buildings, WHOLE)
        else:
            self._window.tell(tr("Select buildings first: draw a circle (C) or a lasso (L)."))

    def publish(self) -> None:
        """Count the fixed areas anew for those who may read no records."""
        window = self._window
        access = window.session.access

        def work(progress: Progress) -> int:
            progress(tr("Counting"), 0.1)
            return making_up.publish(window.store, access)

        def done(count: int) -> None:
            window.tell(tr("Published the statistics of {count:,} areas.", count=count))

        window.jobs.run("publish", work, done, self._on_refused)

    def ask(self, area: AnyArea, compare: Ref | None) -> None:
        """Ask for the make-up of an area and show it; the latest question wins."""
        window = self._window
        access = window.session.access

        def work(progress: Progress) -> Answer:
            _load_charts(progress)
            made, other = making_up.make_up_of(window.store, access, area, compare)
            return made, other, making_up.areas_to_compare(window.store, made.ref)

        window.jobs.run("makeup", work, partial(self._show, area), self._on_refused)

    def _show(self, area: AnyArea, answer: Answer) -> None:
        self._area = area
        made, other, choices = answer
        self.dock.show()
        self.dock.raise_()
        panel = self._panel()
        panel.set_choices(choices)
        panel.show_makeup(made, other)

    def _panel(self) -> MakeUpPanel:
        """Return the panel, made at first use: what it draws with is slow to load."""
        if self.panel is None:
            from mapdesk.panels.makeup_panel import MakeUpPanel

            self.panel = MakeUpPanel()
            self.panel.setMinimumWidth(350)
            self.panel.set_may_copy(self._window.session.access.may(Right.EXPORT))
            self.panel.asked.connect(self._on_asked)
            self.panel.copy_wanted.connect(self._on_copy)
            self.panel.export_wanted.connect(self._on_export)
            self.dock.setWidget(self.panel)
        return self.panel

    def _on_asked(self, _shown: Ref | None, compare: Ref | None) -> None:
        if self._area is not None:
            self.ask(self._area, compare)

    def _on_export(self) -> None:
        shown = self._panel().shown
        self.export_wanted.emit(shown[0], shown[1] if len(shown) > 1 else None)

    def _on_copy(self) -> None:
        panel, window = self._panel(), self._window
        access, shown = window.session.access, panel.shown

        def work(_progress: Progress) -> None:
            making_up.record_copy(window.store, access, shown)

        window.jobs.run("makeup copy", work, self._copy)

    def _copy(self, _recorded: None) -> None:
        self._panel().copy_picture()
        self._window.tell(tr("The picture is on the clipboard."))

    def _on_refused(self, error: Exception) -> None:
        self._window.tell(error)
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    def _on_visible(self, visible: bool) -> None:
        if visible and self.panel is None:
            self._window.jobs.run("makeup charts", _load_charts, self._on_loaded)

    def _on_loaded(self, _none: object) -> None:
        self._panel()

    def _on_card(self, _card: object) -> None:
        """Bring the card to the front: it was asked for after what covers it."""
        if not self.dock.isHidden():
            self._window.docks["Card"].raise_()

    def _on_access(self, access: Access) -> None:
        """Take exact counts away when the purpose they were asked for is withdrawn."""
        if not access.has_purpose:
            self._window.jobs.cancel("makeup")
            self._area = None
            if self.panel is not None and any(one.exact for one in self.panel.shown):
                self.panel.show_nothing()

    def _on_closed(self, _window: object) -> None:
        self._window.asking.card_shown.disconnect(self._on_card)
        self._window.session.access_changed.disconnect(self._on_access)
        if self.panel is not None:
            self.panel.close_panel()
