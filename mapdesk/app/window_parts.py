"""Pieces of the main window that only show things: docks, status bar, menus and tool bar."""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Collection
from pathlib import Path
from typing import cast

from PyQt6.QtCore import QByteArray, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QColor,
    QIcon,
    QKeySequence,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QDockWidget,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenuBar,
    QProgressBar,
    QStatusBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from mapdesk.app.actions import ACTIONS, MENUS, Action
from mapdesk.app.jobs import UNKNOWN
from mapdesk.model.access import Access
from mapdesk.model.language import LANGUAGE, tr, tr_sentence
from mapdesk.model.rights import ROLES, USER_ROLES, Right
from mapdesk.model.users import title_of_role

SCREEN_DPI = 96
"""Dots per inch the printed scale is reckoned with, nearly the OGC's rendering pixel."""

LENT_UP_TO = 320
"""Pixels: a selection's buttons and six rows."""


def close_dialogs(window: QWidget) -> None:
    """Close what is open and cannot say itself in another language (has no method `retranslate`)."""
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible() and not hasattr(dialog, "retranslate"):
            dialog.reject()


def add_dock(
    window: QMainWindow, name: str, widget: QWidget, area: Qt.DockWidgetArea
) -> QDockWidget:
    """Dock a panel; `name` is its English title and the key its place is remembered by."""
    dock = QDockWidget(window)
    dock.setObjectName(name)
    name_dock(dock)
    dock.setWidget(widget)
    window.addDockWidget(area, dock)
    return dock


def name_dock(dock: QDockWidget) -> None:
    """Say what a dock and the buttons of its title are, in the language in force."""
    title = tr(dock.objectName())
    dock.setWindowTitle(title)
    for button, tip in (
        ("float", tr("Into a window of its own, or back: {dock}", dock=title)),
        ("close", tr("Close: {dock}", dock=title)),
    ):
        found = dock.findChild(QAbstractButton, f"qt_dockwidget_{button}button")
        if found is not None:
            found.setToolTip(tip)
            found.setAccessibleName(tip)


def ask_file(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Ask where to write to; None where nothing was chosen.

    Parameters
    ----------
    kinds : str
        As Qt has them, "PNG (*.png);;PDF (*.pdf)"; a name without a suffix gets that of the chosen one.
    """
    chosen, kind = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not chosen:
        return None
    suffix = (kind or kinds).partition("*")[2].partition(")")[0]
    return Path(chosen if Path(chosen).suffix else chosen + suffix)


NAMES_FROM = 1600
"""Pixels of a window from which its tools are named in the tool bar."""


class LentRoom:
    """Height that one dock lends the one below it while that has something to list."""

    def __init__(self, window: QMainWindow, lender: QDockWidget, borrower: QDockWidget) -> None:
        self._window = window
        self._docks = [lender, borrower]
        self._lent = 0

    def lend(self, wanted: bool) -> None:
        """Let the lower dock be `LENT_UP_TO` high where it was left lower, or take that back."""
        lender, borrower = self._docks
        by = max(LENT_UP_TO - borrower.height(), 0) if wanted else -self._lent
        self._lent = self._lent + by if wanted else 0
        if by:
            heights = [lender.height() - by, borrower.height() + by]
            self._window.resizeDocks(self._docks, heights, Qt.Orientation.Vertical)


class ActionSet:
    """The actions table as Qt actions, with menus and tool bar made from it.

    Parameters
    ----------
    run : callable
        Called with the `Action` that was triggered.
    """

    def __init__(self, window: QMainWindow, run: Callable[[Action], None]) -> None:
        self._window = window
        self._run = run
        self.qt: dict[str, QAction] = {}
        for action in ACTIONS:
            qt_action = QAction(window)
            qt_action.setObjectName(action.id)
            if action.keys:
                qt_action.setShortcut(QKeySequence(action.keys))
            qt_action.setCheckable(bool(action.tool or action.base))
            qt_action.triggered.connect(self._on_triggered)
            window.addAction(qt_action)
            self.qt[action.id] = qt_action
        self._by_id = {action.id: action for action in ACTIONS}
        self._access: Access | None = None
        self._lacking: dict[str, str] = {}
        self.retranslate()

    def retranslate(self) -> None:
        """Show titles and tips in the language in force."""
        for action in ACTIONS:
            title, tip = tr(action.title), tr(action.tip) if action.tip else tr(action.title)
            keys = f" ({action.keys})" if action.keys else ""
            self.qt[action.id].setText(title)
            self.qt[action.id].setToolTip(tip + keys)
        if self._access is not None:
            self.show_rights(self._access)

    def show_rights(self, access: Access | None) -> None:
        """Enable what the role of who is signed in may do, and say of the rest who may; None: nothing."""
        self._access = access
        for action in ACTIONS:
            able = access is not None and (action.right is None or access.may(action.right))
            self.qt[action.id].setEnabled(able)
            if not able and action.right is not None:
                self.qt[action.id].setToolTip(_who_may(action.right))
        for action_id, reason in self._lacking.items():
            self.qt[action_id].setEnabled(False)
            self.qt[action_id].setToolTip(tr_sentence(reason))

    def lack(self, actions: Collection[str], reason: str) -> None:
        """Disable actions that the district has nothing for, saying why (a sentence); none enables them."""
        before = dict(self._lacking)
        for action_id in actions:
            self._lacking.pop(action_id, None)
            if reason:
                self._lacking[action_id] = reason
        if before != self._lacking:
            self.retranslate()

    def fill_menus(self, bar: QMenuBar) -> None:
        """Build the menus anew."""
        bar.clear()
        for title in MENUS:
            menu = bar.addMenu(tr(title))
            if menu is None:
                continue
            menu.setToolTipsVisible(True)
            for action in ACTIONS:
                if action.menu == title:
                    menu.addAction(self.qt[action.id])
            if title == "View":
                menu.addSeparator()
                for dock in self._window.findChildren(QDockWidget):
                    menu.addAction(dock.toggleViewAction())

    def fill_tool_bar(self, bar: QToolBar) -> None:
        """Put in the actions that have an icon."""
        bar.setIconSize(QSize(18, 18))
        for action in ACTIONS:
            if action.icon:
                bar.addAction(self.qt[action.id])
        self.paint_icons()

    def name_tools(self, bar: QToolBar) -> None:
        """Write the names of ground tools beside their icons where there is room.

        The purpose and its end stand at the other end of the bar, and never leave it.
        """
        style = Qt.ToolButtonStyle
        wide = self._window.width() >= NAMES_FROM
        for action in ACTIONS:
            button = bar.widgetForAction(self.qt[action.id]) if action.icon else None
            if action.menu == "Select" and isinstance(button, QToolButton):
                shown = style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly
                button.setToolButtonStyle(shown)

    def paint_icons(self) -> None:
        """Draw the icons in the colours of the theme: of text, and on the accent where ticked."""
        for action in ACTIONS:
            if action.icon:
                self.qt[action.id].setIcon(icon_of(action.icon, self._window.palette()))

    def show_tool(self, tool: str) -> None:
        """Tick the action of the active ground tool."""
        for action in ACTIONS:
            if action.tool:
                self.qt[action.id].setChecked(action.tool == tool)

    def show_base(self, base: str) -> None:
        """Tick the action of the base map that is shown."""
        for action in ACTIONS:
            if action.base:
                self.qt[action.id].setChecked(action.base == base)

    def run(self, action_id: str) -> None:
        """Run an action by its id, unless it is disabled."""
        if self.qt[action_id].isEnabled():
            self._run(self._by_id[action_id])

    def commands(self) -> list[tuple[str, str, str]]:
        """Return (id, title, keys) of each action that may be run, for the palette."""
        return [
            (action.id, tr(action.title), action.keys)
            for action in ACTIONS
            if self.qt[action.id].isEnabled()
        ]

    def _on_triggered(self) -> None:
        sender = self._window.sender()
        for key, qt_action in self.qt.items():
            if qt_action is sender:
                self._run(self._by_id[key])
                return


def _who_may(right: Right) -> str:
    """Return whose work an action is."""
    roles = [title_of_role(key, LANGUAGE.code) for key in USER_ROLES if right in ROLES[key].rights]
    return tr("Only for: {roles}", roles=", ".join(roles))


def icon_of(name: str, palette: QPalette) -> QIcon:
    """Return an icon of ``data/icons`` in the colours of a palette: of text, and on the accent where ticked."""
    icon = QIcon()
    icon.addPixmap(_drawn(name, palette.buttonText().color()))
    ticked = _drawn(name, palette.highlightedText().color())
    icon.addPixmap(ticked, QIcon.Mode.Normal, QIcon.State.On)
    return icon


def _drawn(name: str, colour: QColor) -> QPixmap:
    """Return an icon of ``data/icons`` in one colour, drawn once for all windows."""
    key = f"{name} {colour.name()}"
    kept = cast("QPixmap | None", QPixmapCache.find(key))  # its annotation knows no None
    if kept is not None:
        return kept
    svg = (importlib.resources.files("mapdesk_data") / "icons" / f"{name}.svg").read_text("utf-8")
    pixmap = QPixmap(40, 40)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    coloured = svg.replace("#000", colour.name()).encode()
    QSvgRenderer(QByteArray(coloured)).render(painter, QRectF(0, 0, 40, 40))
    painter.end()
    QPixmapCache.insert(key, pixmap)
    return pixmap


class DeskStatusBar(QStatusBar):
    """Position under the pointer, scale, and work under way with a button to stop it.

    Signals
    -------
    system_wanted()
        The position was clicked: in which system it is shown is to be chosen.
    """

    system_wanted = pyqtSignal()

    def __init__(self, stop: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lonlat, self.projected, self.scale = QToolButton(), QLabel(), QLabel()
        self.lonlat.setAutoRaise(True)
        self.lonlat.hide()
        self.lonlat.clicked.connect(self.system_wanted)
        self.user = QLabel()
        self._stop = stop
        self._key = ""
        self.work = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setMaximumWidth(140)
        self.bar.setTextVisible(False)
        self.cancel = QToolButton()
        self.cancel.setText("✕")
        self.cancel.clicked.connect(self._on_cancel)
        # Beside the messages, not below them: both are read.
        for widget in (self.work, self.bar, self.cancel):
            self.addPermanentWidget(widget)
            widget.hide()
        for widget in (self.lonlat, self.projected, self.scale, self.user):
            self.addPermanentWidget(widget)
        self.user.hide()

    def show_user(self, text: str) -> None:
        """Show who is signed in, in which role; empty for nobody."""
        self.user.setText(text)
        self.user.setVisible(bool(text))

    def show_projected(self, crs: str, x: float, y: float) -> None:
        """Show a place in metres."""
        self.projected.setText(f"{crs}  {x:,.1f}  {y:,.1f} m")

    def show_place(self, said: str) -> None:
        """Show a place in the system chosen."""
        self.lonlat.setText(said)
        self.lonlat.setToolTip(tr("Click to choose the system; Ctrl+Shift+C copies"))
        self.lonlat.setVisible(bool(said))

    def show_scale(self, metres_per_pixel: float) -> None:
        """Show the scale at the point looked at: two figures of it, a screen tells no more."""
        scale = float(f"{metres_per_pixel * SCREEN_DPI / 0.0254:.2g}")
        self.scale.setText(f"1 : {scale:,.0f}")

    def show_work(self, key: str, text: str, part: float) -> None:
        """Show how far a job is, or that it goes on without saying so: then it cannot be stopped."""
        self._key = key
        is_known = part != UNKNOWN
        self.work.setText(tr(text))
        self.bar.setRange(0, 100 if is_known else 0)
        self.bar.setValue(round(part * 100))
        self.cancel.setToolTip(tr("Stop"))
        for widget in (self.work, self.bar):
            widget.show()
        self.cancel.setVisible(is_known)

    def end_work(self, key: str) -> None:
        """Take a job away that has ended."""
        if key == self._key:
            for widget in (self.work, self.bar, self.cancel):
                widget.hide()

    def _on_cancel(self) -> None:
        self._stop(self._key)


class RadiusField(QDoubleSpinBox):
    """Radius that a click with the circle tool takes, metres.

    Signals
    -------
    entered()
        Enter was pressed.
    """

    entered = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(1, 50_000)
        self.setDecimals(0)
        self.setSingleStep(50)
        self.setValue(300)
        self.setSuffix(" m")
        field = self.lineEdit()
        if field is not None:
            field.returnPressed.connect(self.entered)
        self.retranslate()

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.setToolTip(tr("Radius a click with the circle tool takes"))
