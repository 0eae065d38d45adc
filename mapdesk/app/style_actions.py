"""Styles in the window: the dock, saved styles, figures of the time shown, what leaves with a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QCursor, QHelpEvent
from PyQt6.QtWidgets import QInputDialog, QMenu, QToolTip, QWidget

from mapdesk.app import style_keeping, styled_map
from mapdesk.app.jobs import Progress
from mapdesk.app.styled_map import Drawing, Styled, Wanted
from mapdesk.app.view_state import MORE
from mapdesk.app.window_parts import add_dock
from mapdesk.layers.basemaps import BaseMap
from mapdesk.layers.layer_style import LayerStyle
from mapdesk.layers.legend import Figures
from mapdesk.layers.measures import STYLED
from mapdesk.model.access import Access
from mapdesk.model.errors import PurposeError
from mapdesk.model.language import tr
from mapdesk.model.rights import Right
from mapdesk.model.spans import Span, day_span
from mapdesk.services import saved_styles
from mapdesk.store.map_items import MapItem

if TYPE_CHECKING:
    from mapdesk.app.base_maps import BaseMapView
    from mapdesk.app.time_actions import TimeDesk
    from mapdesk.app.window import DeskWindow
    from mapdesk.panels.style_panel import StylePanel

Answer = tuple[Styled, Drawing]


class StyleActions(QObject):
    """Owns the Style dock, hidden until it is asked for; figures by day follow `time`. GUI thread only."""

    def __init__(self, window: DeskWindow, base: BaseMapView, time: TimeDesk) -> None:
        super().__init__(window)
        base.changed.connect(self._on_base)
        time.changed.connect(self._on_span)
        self._window = window
        self._time = time
        self._figures: tuple[tuple[str, str, int], Figures] | None = None
        self.title = ""
        """Of the style on the map."""
        self._name = ""
        """Of the style in the panel, which may not have come onto the map."""
        self._is_of_people = False
        self.styled: Styled | None = None
        self.panel: StylePanel | None = None
        self.dock = add_dock(window, "Style", QWidget(), Qt.DockWidgetArea.RightDockWidgetArea)
        window.tabifyDockWidget(window.docks["Card"], self.dock)
        self.dock.hide()
        window.docks["Style"] = self.dock
        self.dock.visibilityChanged.connect(self._on_visible)
        window.map.installEventFilter(self)
        window.loader.drawn.connect(self._on_drawn)
        window.loader.regridded.connect(self._on_grids)
        window.layers.changed.connect(self._on_layer)
        window.session.access_changed.connect(self._on_access)
        window.guard.locked.connect(self._on_locked)
        window.leaving.connect(self._on_leaving)

    # ------------------------------------------------------------------ actions

    def show_panel(self) -> None:
        """Show the Style dock, and the style it holds on the map."""
        self.dock.show()
        self.dock.raise_()
        panel = self._panel()
        panel.boxes["by"].setFocus()
        if self.styled is not None:
            return
        style, access = panel.style_shown, self._window.session.access
        of_people = style.measure is not None and style.measure.of_people
        if of_people and access.may(Right.PEOPLE) and not access.has_purpose:
            # Who opens the dock has not asked for people yet: it begins with what needs no purpose.
            style = replace(style, by="buildings")
            panel.show_style(style)
        self._on_changed(style)

    def choose(self) -> None:
        """Offer the saved styles in a menu at the pointer."""

        def show(names: list[str]) -> None:
            menu = QMenu(self._window)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for name in names:
                action = menu.addAction(name)
                if action is not None:
                    action.triggered.connect(partial(self._on_chosen, name))
            if not names:
                self._window.tell(tr("There are no saved styles yet: make one under View, Style…"))
                return
            menu.popup(QCursor.pos())

        self._window.jobs.run("styles", lambda _p: saved_styles.names(self._window.store), show)

    def off(self) -> None:
        """Show the map without a style."""
        self._window.jobs.cancel("style")
        self._stop_span()
        self._figures, self.styled, self.title = None, None, ""
        self._name = ""
        self._time.offer(())
        styled_map.take_off(self._window.map, self._window.loader)
        if self.panel is not None:
            self.panel.show_legend(None)

    def save(self) -> None:
        """Ask for a name and keep the style shown under it."""
        panel = self._panel()
        name, chosen = QInputDialog.getText(
            self._window, tr("Save style…"), tr("Name of the style"), text=self._name
        )
        if not chosen:
            return
        style, store = panel.style_shown, self._window.store

        def work(_progress: Progress) -> list[str]:
            saved_styles.save(store, name, style)
            return saved_styles.names(store)

        def done(names: list[str]) -> None:
            self._name = " ".join(name.split())
            if self.styled is not None and self.styled.style == style:
                self.title = self._name
            panel.set_names(names)
            self._window.tell(tr("Saved {name}.", name=self._name))

        self._window.jobs.run_write("style", work, done)

    # ------------------------------------------------------------------ showing

    def show_wanted(self, wanted: Wanted, fail: Callable[[Exception], None]) -> None:
        """Show a style for some days: what a command asks for. `fail` is told why it cannot be."""
        self._name = wanted.title
        self._panel().show_style(wanted.style)
        window = self._window
        self._begin(wanted.style)
        origin, draw = window.store.district.origin, self._drawer(wanted.span, None)

        def work(_progress: Progress) -> Answer:
            styled = styled_map.read(window.store, wanted.access, wanted.style, origin)
            styled_map.check_spans(styled.figures, wanted)
            return styled, draw(styled)

        window.jobs.run("style", work, partial(self._show, wanted.title), fail)

    def apply(self, style: LayerStyle, title: str = "") -> None:
        """Read a style's figures and show it; the latest one wins."""
        window = self._window
        self._begin(style)
        asked, origin = window.session.access, window.store.district.origin
        draw = self._drawer(self._time.span, self._time.before)
        known = self._known(style, asked)

        def work(progress: Progress) -> Answer:
            progress(tr("Counting"), 0.2)
            styled = styled_map.read(window.store, asked, style, origin, known)
            progress(tr("Drawing"), 0.7)
            return styled, draw(styled)

        window.jobs.run("style", work, partial(self._show, title), self._on_refused)

    def _begin(self, style: LayerStyle) -> None:
        self._stop_span()
        self._is_of_people = style.measure is not None and style.measure.of_people

    def _stop_span(self) -> None:
        self._window.jobs.cancel("style day")
        self._time.bar.set_busy("style", False)

    def _known(self, style: LayerStyle, access: Access) -> Figures | None:
        """Return a style's figures if they are there; exact ones serve the purpose they were asked for."""
        if self._figures is None or self._figures[0] != _key(style):
            return None
        figures, shown = self._figures[1], self.styled
        is_asked = shown is not None and shown.purpose == access.purpose
        return figures if is_asked or not figures.exact else None

    def _show(self, title: str, answer: Answer) -> None:
        styled, drawing = answer
        window = self._window
        self._stop_span()
        if styled.figures.exact and window.guard.screen is not None:
            return
        seen = window.parts.bookmarks.recorder.is_recording or window.parts.wall.is_on
        if styled.figures.exact and seen:
            window.tell(
                tr("Exact counts of people are not shown on a wall or while a tour is recorded.")
            )
            return
        self.title, self.styled = title, styled
        self._figures = _key(styled.style), styled.figures
        days = styled.figures.days
        self._time.offer([day_span(day).start for day in days], drawing.legend.span)
        if not window.layers.is_visible(styled.style.noun):
            window.layers.set_visible(styled.style.noun, visible=True)
        self._draw(drawing)

    def _draw(self, drawing: Drawing) -> None:
        self._time.bar.set_busy("style", False)
        if self.styled is None:
            return
        if drawing.theme != self._window.theme:
            self._redraw()
            return
        styled_map.show(self._window.map, self._window.loader, self.styled, drawing)
        self._panel().show_legend(drawing.legend)

    def _redraw(self) -> None:
        """Draw the style again, for another span or theme."""
        styled = self.styled
        if styled is None:
            return
        draw = self._drawer(self._time.span, self._time.before)
        self._time.bar.set_busy("style", True)
        work: Callable[[Progress], Drawing] = lambda _p: draw(styled)  # noqa: E731
        self._window.jobs.run("style day", work, self._draw, self._not_drawn)

    def _drawer(self, span: Span | None, before: Span | None) -> Callable[[Styled], Drawing]:
        """Return what draws a style for a span, and another left of a line, on any thread."""
        window = self._window
        return partial(
            styled_map.draw,
            theme=window.theme,
            origin=window.store.district.origin,
            span=span,
            buildings=window.map.content.buildings,
            before=before,
            gone=window.map.content.gone_of("grid"),
        )

    def _not_drawn(self, error: Exception) -> None:
        self._time.bar.set_busy("style", False)
        self._window.tell(error)

    def _on_refused(self, error: Exception) -> None:
        self._window.tell(error)
        self._panel().refuse(error)
        if isinstance(error, PurposeError):
            self._window.commands.ask_purpose()

    def _on_span(self, _span: object) -> None:
        if self.styled is not None and self.styled.figures.days:
            self._redraw()

    def _on_drawn(self) -> None:
        """Put the style over ground that was drawn anew; figures that are not personal are read again."""
        if self.styled is None:
            return
        if self.styled.figures.exact:
            self._redraw()
        else:
            self._figures = None
            self.apply(self.styled.style, self.title)

    def _on_base(self, _base: BaseMap) -> None:
        self._redraw()

    def _on_grids(self) -> None:
        if self.styled is not None and self.styled.shapes is not None:
            self._redraw()

    def _on_layer(self, noun: str, _visible: bool) -> None:
        if noun in STYLED and self.styled is not None:
            self._redraw()

    # ------------------------------------------------------------------ panel and saved styles

    def _panel(self) -> StylePanel:
        """Return the panel, made at first use."""
        if self.panel is None:
            from mapdesk.panels.style_panel import StylePanel

            panel = self.panel = StylePanel()
            panel.setMinimumWidth(300)
            panel.changed.connect(self._on_changed)
            panel.taken_off.connect(self.off)
            panel.chosen.connect(self._on_chosen)
            panel.deleted.connect(self._on_deleted)
            panel.save_wanted.connect(self.save)
            panel.export_wanted.connect(self._on_export)
            panel.import_wanted.connect(self._on_import)
            panel.set_may_save(self._window.store.identity.may(Right.EDIT_PLACES))
            panel.set_levels(sorted(one.level for one in self._window.map.content.grid_lines))
            self.dock.setWidget(panel)
            self.list_names()
        return self.panel

    def list_names(self) -> None:
        """List the saved styles anew in the dock, if it was opened."""
        panel, store = self.panel, self._window.store
        if panel is not None:
            self._window.jobs.run("styles", lambda _p: saved_styles.names(store), panel.set_names)

    def _on_chosen(self, name: str, *_checked: object) -> None:
        store = self._window.store
        work: Callable[[Progress], LayerStyle] = lambda _p: saved_styles.opened(store, name)  # noqa: E731
        self._window.jobs.run("styles", work, partial(self.open_style, name))

    def open_style(self, name: str, style: LayerStyle) -> None:
        """Show a style that has a name."""
        self._name = name
        self._panel().show_style(style)
        self.list_names()
        self.apply(style, name)

    def _on_changed(self, style: LayerStyle) -> None:
        self.apply(style, self._name)

    def _on_deleted(self, name: str) -> None:
        store = self._window.store

        def work(_progress: Progress) -> MapItem | None:
            return saved_styles.delete(store, name)

        def done(item: MapItem | None) -> None:
            self.list_names()
            self._window.parts.forgotten.offer(item)

        self._window.jobs.run_write("style", work, done)

    def _on_export(self) -> None:
        style_keeping.export(self._window, self._name, self._panel().style_shown)

    def _on_import(self) -> None:
        style_keeping.bring_in(self._window, self.open_style)

    def _on_visible(self, visible: bool) -> None:
        if visible:
            panel = self._panel()
            panel.set_levels(sorted(one.level for one in self._window.map.content.grid_lines))
            panel.set_may_save(self._window.store.identity.may(Right.EDIT_PLACES))

    # ------------------------------------------------------------------ what is personal

    def _on_access(self, access: Access) -> None:
        shown, title = self.styled, self.title
        if not access.has_purpose:
            self.forget_people()
        elif shown is not None and shown.figures.exact and shown.purpose != access.purpose:
            # For another purpose they are asked for, and on record, anew.
            self.forget_people()
            self.title = title
            self.apply(shown.style)

    def _on_locked(self) -> None:
        self.forget_people()

    def forget_people(self) -> None:
        """Take exact counts off the map, and those still counted: their purpose is gone, or the user."""
        if self._is_of_people:
            self._window.jobs.cancel("style")
        if self._figures is not None and self._figures[1].exact:
            self.off()

    # ------------------------------------------------------------------ tool tips, end

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Say how many things are of the class under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            view = self._window.map
            tip = view.overlay.legend_box.tip_at(event.pos().toPointF() / view.sign_scale)
            if tip:
                if view.sign_scale != 1.0:  # on a wall
                    size = round(view.fontInfo().pixelSize() * view.sign_scale)
                    tip = f'<div style="font-size:{size}px; white-space:pre">{escape(tip)}</div>'
                QToolTip.showText(event.globalPos(), tip, view)
                return True
        return super().eventFilter(watched, event)

    def _on_leaving(self) -> None:
        window = self._window
        window.loader.drawn.disconnect(self._on_drawn)
        window.loader.regridded.disconnect(self._on_grids)
        window.layers.changed.disconnect(self._on_layer)
        window.session.access_changed.disconnect(self._on_access)
        if self.panel is not None:
            self.panel.close_panel()


MORE["style"] = (style_keeping.kept, style_keeping.give)


def _key(style: LayerStyle) -> tuple[str, str, int]:
    """Return what a style's figures depend on."""
    of_grids: Any = style.level if style.noun == "grid" else 0
    return style.noun, style.by if style.kind != "single" else "", of_grids
