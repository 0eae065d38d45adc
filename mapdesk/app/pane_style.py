"""The style a second map is shown in: one saved with the district, of its own, and its time."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QToolButton

from mapdesk.app import styled_map
from mapdesk.app.jobs import Jobs, Progress
from mapdesk.app.map_loader import MapLoader
from mapdesk.layers.layers import LayerList
from mapdesk.layers.measures import STYLED
from mapdesk.model.access import Access
from mapdesk.model.language import tr
from mapdesk.model.spans import Span
from mapdesk.scene3d.map_view import MapView
from mapdesk.services import saved_styles
from mapdesk.store.database import Store


class PaneStyle(QObject):
    """Shows one map in a saved style, chosen from a button's menu. GUI thread only.

    Signals
    -------
    refused(Exception)
        The style cannot be read or shown; the map has none.

    Parameters
    ----------
    access : callable
        Returns who looks, and what for.
    theme : callable
        Returns the map's theme.
    """

    refused = pyqtSignal(object)

    def __init__(
        self,
        view: MapView,
        loader: MapLoader,
        layers: LayerList,
        store: Store,
        jobs: Jobs,
        access: Callable[[], Access],
        theme: Callable[[], str],
    ) -> None:
        super().__init__(view)
        self._view, self._loader, self._layers, self._store = view, loader, layers, store
        self._jobs, self._access, self._theme = jobs, access, theme
        self.name = ""
        self._styled: styled_map.Styled | None = None
        self._span: Span | None = None
        self.button = QToolButton()
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.button)
        self.menu.aboutToShow.connect(self.read)
        self.button.setMenu(self.menu)
        loader.drawn.connect(self.redraw)
        loader.regridded.connect(self.redraw)
        layers.changed.connect(self._on_ticked)

    def close(self) -> None:
        """Listen no more."""
        self._loader.drawn.disconnect(self.redraw)
        self._loader.regridded.disconnect(self.redraw)
        self._layers.changed.disconnect(self._on_ticked)

    def retranslate(self) -> None:
        """Say it in the language chosen."""
        self.button.setText(tr("Style"))
        self.button.setToolTip(tr("A style saved with the district"))

    # ------------------------------------------------------------------ choosing

    def read(self) -> None:
        """Read which styles are saved with the district; the menu lists them when they are there."""
        store = self._store
        self._jobs.run("styles", lambda _progress: saved_styles.names(store), self._fill)

    def _fill(self, names: list[str]) -> None:
        self.menu.clear()
        self._add("", tr("No style"))
        for name in names:
            self._add(name, name)

    def _add(self, name: str, title: str) -> None:
        action = self.menu.addAction(title)
        if action is not None:
            action.setCheckable(True)
            action.setChecked(name == self.name)
            action.setData(name)
            action.triggered.connect(self._on_chosen)

    def _on_chosen(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self.show(str(sender.data()))

    def show(self, name: str) -> None:
        """Show the map in a saved style; with an empty name in its own colours."""
        self.name, self._styled = name, None
        if name:
            self._draw(None)
        else:
            self._jobs.cancel("style")
            styled_map.take_off(self._view, self._loader)

    def show_span(self, span: Span | None) -> None:
        """Show the figures of a span, where the style has any by day; None for the last there are."""
        before, self._span = self._span, span
        if self._styled is not None and self._styled.figures.days and before != span:
            self.redraw()

    # ------------------------------------------------------------------ people

    def forget_people(self) -> None:
        """Take exact counts of people off the map, and what may become some."""
        if self.name and (self._styled is None or self._styled.figures.exact):
            self.show("")

    def keep_to(self, access: Access) -> None:
        """Ask anew for exact counts that were asked for under another purpose."""
        name, shown = self.name, self._styled
        if shown is not None and shown.figures.exact and access.purpose != shown.purpose:
            self.show("")
            self.show(name)

    # ------------------------------------------------------------------ drawing

    def begin(self) -> None:
        """Show the style chosen on a map that was loaded, from figures read anew."""
        if self.name:
            self.show(self.name)

    def redraw(self) -> None:
        """Draw the style shown again, in another theme, for another span or over other ground."""
        if self._styled is not None:
            self._draw(self._styled)

    def _on_ticked(self, noun: str, _visible: bool) -> None:
        if noun in STYLED:
            self.redraw()

    def _draw(self, known: styled_map.Styled | None) -> None:
        store, access, name, theme = self._store, self._access(), self.name, self._theme()
        origin, buildings, span = store.district.origin, self._view.content.buildings, self._span
        gone = self._view.content.gone_of("grid")

        def work(_progress: Progress) -> tuple[styled_map.Styled, styled_map.Drawing]:
            styled = known
            if styled is None:
                styled = styled_map.read(store, access, saved_styles.opened(store, name), origin)
            return styled, styled_map.draw(styled, theme, origin, span, buildings, gone=gone)

        self._jobs.run("style", work, self._on_drawn, self._on_refused)

    def _on_drawn(self, answer: tuple[styled_map.Styled, styled_map.Drawing]) -> None:
        styled, drawing = answer
        if self._styled is None and not self._layers.is_visible(styled.style.noun):
            self._layers.set_visible(styled.style.noun, visible=True)
        self._styled = styled
        if drawing.theme == self._theme():
            styled_map.show(self._view, self._loader, styled, drawing)
        else:
            self.redraw()

    def _on_refused(self, error: Exception) -> None:
        self.show("")
        self.refused.emit(error)
