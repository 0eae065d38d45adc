"""Another map of the district, with its own layers, theme and tilt, beside the first or on another screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import (
    QComboBox,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.base_maps import BaseMapView
from mapdesk.app.ending import Ending
from mapdesk.app.jobs import Jobs
from mapdesk.app.map_loader import MapLoader
from mapdesk.app.pane_bar import PaneBar
from mapdesk.app.pane_style import PaneStyle
from mapdesk.app.pointing import Pointing
from mapdesk.app.timed_map import TimedMap
from mapdesk.layers.basemaps import BASE_MAP_NAMES, BASE_MAPS, BaseMap
from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import map_style
from mapdesk.model.access import Access
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.scene3d.map_view import Lock, MapView
from mapdesk.scene3d.presenter import ThreadPresenter
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.store.database import Store

THEMES = {"light": "Light", "dark": "Dark"}
PLAN_PITCH, OBLIQUE_PITCH = 90.0, 42.0


class MapPane(QWidget):
    """A map with what one chooses of it above. GUI thread only.

    Signals
    -------
    linked(bool)
        It is to go where the first map goes, or no more.
    apart(), full(), closing()
        It is to stand in a window of its own, or back; over a whole screen, or back; to go.
    resized()
        Its map has another size.
    refused(Exception or str)
        Something cannot be read or shown.
    timed_changed()
        Other layers or rasters are shown, which may have times.

    Parameters
    ----------
    layers : LayerList
        Its own; it changes no other map's.
    access : callable
        Returns who looks, and what for.
    """

    linked = pyqtSignal(bool)
    apart = pyqtSignal()
    full = pyqtSignal()
    closing = pyqtSignal()
    resized = pyqtSignal()
    refused = pyqtSignal(object)
    timed_changed = pyqtSignal()

    def __init__(
        self, store: Store, layers: LayerList, theme: str, access: Callable[[], Access]
    ) -> None:
        super().__init__()
        self._store, self.layers, self.theme, self.access = store, layers, theme, access
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self.refused)
        style = map_style(theme)
        self.view = MapView(ThreadPresenter(store.district.origin, self), style)
        self.loader = MapLoader(
            *(self.view, self.jobs, store, layers, style),
            on_first=_nothing,
            on_all=self._on_loaded,
            tell=self._on_told,
        )
        self.base = BaseMapView(self.view, layers, store, self.jobs)
        self.base.imagery.told.connect(self._on_told)
        self.base.changed.connect(self._on_base_changed)
        self.timed = TimedMap(self.view, self.loader, self.base.imagery)
        self.base.imagery.wanted_changed.connect(self.timed_changed)
        layers.changed.connect(self._on_ticked)
        self.styles = PaneStyle(
            *(self.view, self.loader, layers, store, self.jobs, access, lambda: self.theme)
        )
        self.styles.refused.connect(self.refused)
        self.pointing = Pointing(self.view, style)
        self.is_loaded = False
        self._closed = False
        self.ending: Ending | None = None
        self._build()
        LANGUAGE.changed.connect(self._on_language)
        self._retranslate()

    def _build(self) -> None:
        self.link = QToolButton()
        self.link.setCheckable(True)
        self.link.setChecked(True)
        self.link.toggled.connect(self.linked)
        self.layer_button = QToolButton()
        self.layer_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.layer_button.setMenu(self.menu)
        self.tilt = QToolButton()
        self.tilt.clicked.connect(self.switch_tilt)
        self.theme_button = QToolButton()
        self.theme_button.clicked.connect(self.switch_theme)
        self.base_choice = QComboBox()
        for one in BASE_MAPS:
            self.base_choice.addItem("", one.name)
        self.base_choice.activated.connect(self._on_base)
        self.window_button, self.full_button = QToolButton(), QToolButton()
        self.window_button.clicked.connect(self.apart)
        self.full_button.clicked.connect(self.full)
        self.close_button = QToolButton()
        self.close_button.clicked.connect(self.closing)
        pictures = {
            self.link: "link",
            self.layer_button: "layers",
            self.styles.button: "style",
            self.tilt: "tilt",
            self.theme_button: "theme",
            self.window_button: "window",
            self.full_button: "full",
            self.close_button: "close",
        }
        self.bar = PaneBar(self.base_choice, pictures, 3)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.bar)
        box.addWidget(self.view, 1)
        self.view.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Tell that the map has another size."""
        if event is not None and event.type() == QEvent.Type.Resize and watched is self.view:
            self.resized.emit()
        return False

    def _on_loaded(self) -> None:
        self.is_loaded = True
        self.styles.begin()

    def reload(self) -> None:
        """Read the district anew, and then what its style shows of it."""
        self.is_loaded = False
        self.loader.rebase(self._store.district.origin)
        self.loader.load()

    # ------------------------------------------------------------------ choices

    @property
    def is_linked(self) -> bool:
        """Whether it goes where the first map goes."""
        return self.link.isChecked()

    def follow(self, view: Viewpoint, height: int) -> None:
        """Look where another map looks, at its scale; the tilt stays this map's own.

        Parameters
        ----------
        height : int
            Pixels of the other map.
        """
        distance = view.distance * self.view.height() / max(height, 1)
        wanted = replace(view, distance=distance, pitch=self.view.viewpoint.pitch).limited()
        if wanted != self.view.viewpoint:
            self.view.look(wanted, moving=True)

    def switch_tilt(self) -> None:
        """Look straight down, or obliquely again."""
        view = self.view.viewpoint
        pitch = OBLIQUE_PITCH if view.pitch > 89.0 else PLAN_PITCH
        self.view.look(replace(view, pitch=pitch))
        self._retranslate()

    def set_wall(self, factor: float) -> None:
        """Show the map alone with signs so many times their size; 1 brings its choices back."""
        self.bar.setVisible(factor == 1.0)
        self.view.only_looks = factor != 1.0
        self.view.set_sign_scale(factor)

    def set_theme(self, theme: str) -> None:
        """Dress this map in "light" or "dark"."""
        if theme != self.theme:
            self.theme = theme
            style = map_style(theme)
            self.loader.set_style(style)
            self.pointing.set_style(style)
            self._retranslate()

    def switch_theme(self) -> None:
        """Dress this map in the other theme."""
        self.set_theme("light" if self.theme == "dark" else "dark")

    def show_base(self, name: str) -> None:
        """Show a base map; `refused` says why it cannot be."""
        self.base.choose(name, self._on_no_base)

    def _on_base(self) -> None:
        self.show_base(str(self.base_choice.currentData()))

    def _on_base_changed(self, chosen: BaseMap) -> None:
        self.base_choice.setCurrentIndex(BASE_MAP_NAMES.index(chosen.name))
        self._fill_layers()
        self.styles.redraw()

    def _on_told(self, sentence: str) -> None:
        self.refused.emit(sentence)

    def _on_no_base(self, error: Exception) -> None:
        self._on_base_changed(self.base.current)
        self.refused.emit(error)

    def forget_people(self) -> None:
        """Take exact counts of people off the map, what may become some, and floors found."""
        self.pointing.forget_floors()
        self.styles.forget_people()

    def keep_to(self, access: Access) -> None:
        """Take what is known of people off the map without a purpose; for another one ask anew."""
        if access.has_purpose:
            self.styles.keep_to(access)
        else:
            self.forget_people()

    def set_lock(self, lock: Lock, text: str) -> None:
        """Hold tilt and rotation, or all of the view, as the first map does; `text` says so on it."""
        self.view.lock = lock
        self.view.overlay.tools.lock = text
        self.tilt.setEnabled(not lock)
        self.view.refresh()

    def _on_ticked(self, _noun: str, _visible: bool) -> None:
        self.timed_changed.emit()

    def _on_layer(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self.layers.set_visible(str(sender.data()), sender.isChecked())

    # ------------------------------------------------------------------ language and end

    def _on_language(self, _code: str) -> None:
        self._retranslate()

    def _retranslate(self) -> None:
        self.link.setText(tr("Linked"))
        self.link.setToolTip(tr("Goes where the other map goes; each keeps its own tilt"))
        self.layer_button.setText(tr("Layers"))
        self.layer_button.setToolTip(tr("What this map shows"))
        self.styles.retranslate()
        self.base_choice.setToolTip(tr("What lies below everything else on this map"))
        self.theme_button.setText(tr(THEMES[self.theme]))
        self.theme_button.setToolTip(tr("Colours of this map"))
        self.tilt.setText(tr("Tilt"))
        self.tilt.setToolTip(tr("From above, or obliquely"))
        self.window_button.setAccessibleName(tr("Own window"))
        self.window_button.setToolTip(tr("In a window of its own, for another screen; or back"))
        self.full_button.setAccessibleName(tr("Full screen"))
        self.full_button.setToolTip(tr("Over the whole screen it is on; Esc leaves"))
        self.close_button.setToolTip(tr("Close the second map"))
        self.close_button.setAccessibleName(tr("Close the second map"))
        for place, base in enumerate(BASE_MAPS):
            self.base_choice.setItemText(place, tr(base.title))
        self._fill_layers()
        self.bar.measure()

    def _fill_layers(self) -> None:
        self.menu.clear()
        for layer in reversed(self.layers.layers):
            action = self.menu.addAction(tr(layer.title))
            if action is not None:
                action.setCheckable(True)
                action.setChecked(self.layers.is_visible(layer.noun))
                action.setData(layer.noun)
                action.triggered.connect(self._on_layer)

    def close_pane(self, *first: Callable[[], None]) -> None:
        """Let go of the map; its threads end behind it, when `first` is done."""
        if self._closed:
            return
        self._closed = True
        LANGUAGE.changed.disconnect(self._on_language)
        self.styles.close()
        self.layers.changed.disconnect(self._on_ticked)
        self.loader.close()
        self.base.close()
        self.jobs.stop()
        self.view.close_presenter()
        self.ending = Ending(*first, self._wait_closed)
        self.ending.begin()

    def _wait_closed(self) -> None:
        """Wait for the threads; the map stays until they are gone, for they use it."""
        self.jobs.close()
        self.base.wait_closed()
        self.view.wait_closed()


class MapWindow(QWidget):
    """A second map in a window of its own, with a frame: it can go to another screen and fill that.

    Signals
    -------
    closed()
        It was closed by whoever uses it.
    """

    closed = pyqtSignal()

    def __init__(self, pane: MapPane, title: str) -> None:
        super().__init__()
        self.setObjectName("Second map")
        self.setWindowTitle(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(pane)
        self.resize(900, 640)

    def switch_full(self) -> None:
        """Fill the screen it is on, or stop doing so."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Esc leaves the full screen; F11 enters and leaves it."""
        key = None if event is None else event.key()
        if key == Qt.Key.Key_F11 or (key == Qt.Key.Key_Escape and self.isFullScreen()):
            self.switch_full()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Tell that it is closed."""
        super().closeEvent(event)
        self.closed.emit()


def _nothing() -> None:
    return
