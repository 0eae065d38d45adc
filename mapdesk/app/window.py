"""The main window: panels around the map, and the roads between them.

Every action travels the same way: an `Action` or a gesture ends in a call here, which asks a service
through the jobs and hands the answer to the session; the map and the panels listen to that.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import partial

from PyQt6.QtCore import QSettings, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PyQt6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QSplitter,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.asking import Asking
from mapdesk.app.commands import Commands
from mapdesk.app.ending import Ending
from mapdesk.app.guard import Guard
from mapdesk.app.jobs import Jobs
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.memory import Memory
from mapdesk.app.parts import Parts
from mapdesk.app.plugins import PluginMenu
from mapdesk.app.pointing import Pointing
from mapdesk.app.purpose_field import PurposeField
from mapdesk.app.roads import Roads
from mapdesk.app.settings import settings
from mapdesk.app.window_parts import (
    ActionSet,
    DeskStatusBar,
    RadiusField,
    add_dock,
    close_dialogs,
    name_dock,
)
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.session import Session
from mapdesk.panels import theme as themes
from mapdesk.panels.card_panel import CardPanel
from mapdesk.panels.layers_panel import LayersPanel
from mapdesk.panels.message_bar import MessageBar
from mapdesk.panels.search_panel import SearchPanel
from mapdesk.panels.selection_panel import SelectionPanel
from mapdesk.panels.stream_wall import OpenSource, StreamWall
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.presenter import Presenter, ThreadPresenter
from mapdesk.store.database import BEHIND, Store

LOG = logging.getLogger(__name__)


class DeskWindow(QMainWindow):
    """The desk on one district.

    Signals
    -------
    leaving()
        It is about to let go of everything: threads that use the store end now.
    closed(DeskWindow)
        Everything it held is let go; the window itself went away before.

    Parameters
    ----------
    store : Store
        Open; the window closes it.
    open_source : OpenSource
        Makes the source of a camera's pictures: `Stream`, or a fake in tests.
    hardware : bool
        Draw with the graphics card, in a widget.
    memory : QSettings, optional
        Where layout, theme and view are remembered; the user's own by default.
    """

    closed = pyqtSignal(object)
    leaving = pyqtSignal()

    def __init__(
        self,
        store: Store,
        open_source: OpenSource,
        *,
        hardware: bool = False,
        memory: QSettings | None = None,
    ) -> None:
        super().__init__()
        self.store = store
        self.open_source = open_source
        self.settings = settings() if memory is None else memory
        self.memory = Memory(self.settings, store.folder)
        self.theme = str(self.settings.value("theme", "light"))
        self.session = Session(store.identity)
        self.jobs = Jobs(self)
        self.layers = LayerList()
        self.memory.restore_layers(self.layers)
        self._view_is_kept = False
        self.ending: Ending | None = None
        self.walls: list[StreamWall] = []
        self.loaded = False
        style = map_style(self.theme)
        self.map = MapView(self._presenter(hardware), style)
        self.loader = MapLoader(
            self.map,
            self.jobs,
            store,
            self.layers,
            style,
            on_first=self._on_first_picture,
            on_all=self._on_loaded,
            tell=self.tell,
        )
        self.asking = Asking(store, self.session, self.jobs)
        self.pointing = Pointing(self.map, style)
        self.commands = Commands(self)
        self._build()
        self._connect()
        self._roads = Roads(self)
        self.guard = Guard(self)
        self.parts = Parts(self)
        self.memory.restore_layout(self)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.asking.step_workers)
        self._retranslate()
        if store.is_behind:
            self.tell(BEHIND)
        self.loader.load()

    def _presenter(self, hardware: bool) -> Presenter:
        if hardware:
            from mapdesk.scene3d.interactor import InteractorPresenter

            return InteractorPresenter(self.store.district.origin, self)
        return ThreadPresenter(self.store.district.origin, self)

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        style = map_style(self.theme)
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.messages = MessageBar()
        box.addWidget(self.messages)
        self.maps = QSplitter()
        self.maps.setChildrenCollapsible(False)
        self.maps.addWidget(self.map)
        box.addWidget(self.maps, 1)
        self.setCentralWidget(middle)
        self.layers_panel = LayersPanel(self.layers, style)
        self.search_panel = SearchPanel()
        self.card_panel = CardPanel(dict(style.unit_use))
        self.selection_panel = SelectionPanel()
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        # Who is in a row of the table below stays beside it: the card keeps the height of the window.
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        self.docks = {
            "Search": add_dock(self, "Search", self.search_panel, left),
            "Layers": add_dock(self, "Layers", self.layers_panel, left),
            "Card": add_dock(self, "Card", self.card_panel, right),
            "Selection": add_dock(self, "Selection", self.selection_panel, right),
        }
        self.resizeDocks(
            [self.docks["Search"], self.docks["Card"]], [270, 350], Qt.Orientation.Horizontal
        )
        for upper, lower, sizes in (
            ("Search", "Layers", [430, 360]),
            ("Card", "Selection", [660, 200]),
        ):
            docks = [self.docks[upper], self.docks[lower]]
            self.resizeDocks(docks, sizes, Qt.Orientation.Vertical)
        for name, width in (("Search", 240), ("Layers", 240), ("Card", 350), ("Selection", 350)):
            panel = self.docks[name].widget()
            if panel is not None:
                panel.setMinimumWidth(width)
        self.actions_table = ActionSet(self, self.commands.run)
        self.plugins = PluginMenu(self)
        self.tool_bar = QToolBar()
        self.tool_bar.setObjectName("Tools")
        self.tool_bar.setMovable(False)
        self.addToolBar(self.tool_bar)
        self.radius, self.purpose = RadiusField(), PurposeField()
        self._purpose_label = QLabel()
        self.actions_table.fill_tool_bar(self.tool_bar)
        self.tool_bar.addSeparator()
        for widget in (self.radius, self._purpose_label, self.purpose):
            self.tool_bar.addWidget(widget)
        self.status = DeskStatusBar(self.jobs.cancel)
        self.setStatusBar(self.status)
        self.resize(1440, 900)

    def _connect(self) -> None:
        self.card_panel.followed.connect(self.commands.follow)
        self.card_panel.commanded.connect(self.commands.run_id)
        self.card_panel.purpose_wanted.connect(self.commands.ask_purpose)
        self.selection_panel.followed.connect(self.commands.follow)
        self.selection_panel.commanded.connect(self.commands.run_id)
        self.selection_panel.grouped.connect(self.commands.run_on_group)
        self.jobs.failed.connect(self.tell)
        self.jobs.progressed.connect(self.status.show_work)
        self.jobs.ended.connect(self.status.end_work)
        LANGUAGE.changed.connect(self._on_language)

    # ------------------------------------------------------------------ loading

    def _on_first_picture(self) -> None:
        bounds = self.loader.bounds()
        self.map.hurry()
        view = self.map.viewpoint if self._view_is_kept else self.memory.view(bounds)
        if view is None:
            self.map.look_at_all(bounds)
        else:
            self.map.look(view)

    def _on_loaded(self) -> None:
        self.loaded = True
        self.asking.begin()
        counts = self.map.content.counts()
        self.layers_panel.set_counts(counts)
        if not any(counts.values()):
            self.tell(tr("This district is empty: File, Import brings data in."))
        self._second.start()
        self.parts.base.restore()
        self.parts.time.read_soon()
        self.parts.overview.renew()

    def reload(self) -> None:
        """Read the district anew after an import."""
        self.loaded = False
        self._view_is_kept = True
        self.parts.inside.close()
        self.messages.hide()
        self.loader.rebase(self.store.district.origin)
        self.loader.load()
        self.parts.second.reload()

    def refresh_points(self, nouns: Collection[str]) -> None:
        """Read points of some nouns anew on both maps, and nothing else."""
        self.loader.refresh_points(nouns)
        self.parts.second.refresh_points(nouns)

    # ------------------------------------------------------------------ what listeners do

    def tell(self, error: Exception | str) -> None:
        """Say a failure: the world's in its own sentence, ours with a pointer to the log."""
        if isinstance(error, (WorldError, str)):
            self.messages.say(tr_sentence(str(error)))
            return
        LOG.error("The desk erred", exc_info=error)
        self.messages.say(
            tr("The desk erred ({error}); details are in its log.", error=type(error).__name__)
        )

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, and say so."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
        self.tell(tr("Copied: {text}", text=text))

    # ------------------------------------------------------------------ language, theme, end

    def set_theme(self, theme: str) -> None:
        """Dress the window and the map in "light" or "dark"."""
        self.theme = theme
        self.settings.setValue("theme", theme)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            themes.apply(application, theme)
        style = map_style(theme)
        self.actions_table.paint_icons()
        self.layers_panel.set_style(style)
        self.loader.set_style(style)
        self.pointing.set_style(style)
        self.parts.inside.set_style()

    def _on_language(self, code: str) -> None:
        self.settings.setValue("language", code)
        close_dialogs(self)
        self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(f"{self.store.district.name} — mapdesk")
        for dock in self.docks.values():
            name_dock(dock)
        self._purpose_label.setText(f"  {tr('Purpose')} ")
        self.actions_table.retranslate()
        bar = self.menuBar()
        if bar is not None:
            self.actions_table.fill_menus(bar)
            plugins = bar.addMenu(tr("Plugins"))
            if plugins is not None:
                self.plugins.fill(plugins)
        self.actions_table.show_tool(self.session.tool)
        self.purpose.retranslate()
        self.radius.retranslate()
        self.guard.refresh()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Name the tools where there is room."""
        super().resizeEvent(event)
        self.actions_table.name_tools(self.tool_bar)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Remember the layout, end every stream, job and timer, and go; a thread lets go of the rest."""
        if self.ending is not None:
            return
        self._second.stop()
        self.guard.close()
        self.leaving.emit()
        self.memory.keep(self, self.layers, self.map.viewpoint)
        for wall in list(self.walls):
            wall.close()
        LANGUAGE.changed.disconnect(self._on_language)
        for panel in (self.layers_panel, self.search_panel, self.card_panel, self.selection_panel):
            panel.close_panel()
        self.loader.close()
        self.jobs.stop()
        self.map.close_presenter()
        self.ending = Ending(
            self.jobs.close,
            self.map.wait_closed,
            self.parts.street.wait_closed,
            self.parts.second.wait_closed,
            self.parts.base.view.wait_closed,
            self.store.close,
        )
        self.ending.ended.connect(partial(self.closed.emit, self))
        self.ending.begin()
        super().closeEvent(event)

    def wait_closed(self) -> None:
        """Wait until everything a closed window held is let go."""
        if self.ending is not None:
            self.ending.wait()
