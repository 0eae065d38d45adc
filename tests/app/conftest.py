"""A desk on the town, and a hand that works it with real mouse and key events, counting its steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PyQt6.QtGui import QCursor, QInputMethodEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mapdesk.app import main
from mapdesk.app.errand_dialog import ErrandDialog
from mapdesk.app.jobs import Jobs
from mapdesk.app.settings import settings
from mapdesk.app.window import DeskWindow
from mapdesk.model.selection import Ref
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import districts
from mapdesk.store import places
from mapdesk.video.source import StillSource
from tests.app.plain_map import Plain, plain_map

PURPOSE = "checking fire exits"


def open_desk(
    qtbot: QtBot, folder: Path, source: Callable[..., object] = StillSource
) -> DeskWindow:
    """Open a desk and wait until all of it is there."""
    main.make_application([])
    window = DeskWindow(districts.open_district(folder), source)
    window.map.flight_seconds = 0.0
    window.resize(1300, 820)
    window.show()
    qtbot.waitUntil(lambda: window.loaded and not window.jobs.busy, timeout=60_000)
    return window


def answered(widget: QWidget) -> None:
    """Wait until what was entered in a dialog or a window has been worked on, on its thread."""
    window = widget.window()
    work = window.jobs if isinstance(window, DeskWindow) else window
    assert isinstance(work, Jobs | ErrandDialog)
    while work.busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


@pytest.fixture(autouse=True)
def sheets(coarse_sheets: None) -> None:
    """Print as coarsely as may be."""


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Let no test begin with what another one's window remembered."""
    settings().clear()


@pytest.fixture(autouse=True)
def pointer_in_the_corner(qapp: QApplication) -> None:
    """Begin with the pointer where no test wants it: moved to where it is, it tells nobody."""
    QCursor.setPos(0, 0)


COARSE = 0.25
"""Pixels of the map to a point, along each side, where no test looks at one."""


@pytest.fixture
def all_pixels() -> None:
    """For tests that look at the pixels of a map: it is drawn in all of them."""


@pytest.fixture(autouse=True)
def coarse_pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw maps in a sixteenth of the pixels otherwise: they are most of a desk's work."""
    if "all_pixels" not in request.fixturenames:
        monkeypatch.setattr(MapCanvas, "devicePixelRatioF", lambda _canvas: COARSE)


@pytest.fixture
def desk(qtbot: QtBot, town_folder: Path, no_leaks: None) -> Iterator[DeskWindow]:
    """The desk on the town, with a purpose in force."""
    window = open_desk(qtbot, town_folder)
    window.commands.set_purpose(PURPOSE)
    yield window
    window.close()
    window.wait_closed()
    QApplication.processEvents()


@pytest.fixture
def plain(qapp: QApplication, town_folder: Path, all_pixels: None) -> Iterator[Plain]:
    """A map of the town without a window."""
    with plain_map(town_folder) as found:
        yield found


@dataclass
class Hand:
    """Works a desk as a person does; every click, choice, typed field and key chord counts 1."""

    desk: DeskWindow
    qtbot: QtBot
    steps: int = 0
    log: list[str] = field(default_factory=list)

    def _step(self, what: str) -> None:
        self.steps += 1
        self.log.append(what)

    def key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key or chord where the focus is."""
        self._step(f"key {key.name}")
        target: QWidget = QApplication.focusWidget() or self.desk.map
        QTest.keyClick(target, key, modifiers)

    def shortcut(self, action: str) -> None:
        """Press an action's key chord. Windows are not active off screen, so it is triggered itself."""
        self._step(f"chord {action}")
        self.desk.actions_table.qt[action].trigger()

    def type(self, widget: QWidget, text: str) -> None:
        """Type into a field."""
        self._step(f"type {text!r}")
        # As an input method does: QTest's keys know Latin letters only.
        committed = QInputMethodEvent()
        committed.setCommitString(text)
        QApplication.sendEvent(widget, committed)

    def press_button(self, widget: QWidget) -> None:
        """Click a button."""
        self._step(f"click {widget.objectName()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def click(
        self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Click the map."""
        self._step(f"click map {at.x()},{at.y()}")
        QTest.mouseClick(self.desk.map, Qt.MouseButton.LeftButton, modifiers, at)

    def double_click(self, at: QPoint) -> None:
        """Double-click the map: one gesture."""
        self._step(f"double-click map {at.x()},{at.y()}")
        # Qt tells of a double click by a click and then a double click in place of the second press.
        QTest.mouseClick(self.desk.map, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(self.desk.map, Qt.MouseButton.LeftButton, pos=at)

    def drag(
        self,
        *path: QPoint,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Drag along a path."""
        self._step(f"drag {len(path)} points")
        view = self.desk.map
        QTest.mousePress(view, button, modifiers, path[0])
        for point in path[1:]:
            move_with_button(view, point, button, modifiers)
        QTest.mouseRelease(view, button, modifiers, path[-1])

    # ------------------------------------------------------------------ looking, not counted

    def look_at(self, ref: Ref, distance: float = 350.0, pitch: float = 60.0) -> QPoint:
        """Bring a thing into view (not a step) and return the pixel it is seen at."""
        inside = places.row(self.desk.store, ref.noun, ref.id)["geometry"].representative_point()
        view = Viewpoint(inside.x, inside.y, distance, 0.0, pitch)
        with self.qtbot.waitSignal(self.desk.map.pictured, timeout=30_000):
            self.desk.map.look(view)
        self.qtbot.waitUntil(
            lambda: self.desk.map.shown.viewpoint == view.limited(), timeout=30_000
        )
        # Names of the picture before are pointed at until this one is painted.
        self.desk.map.repaint()
        return self.pixel_of(ref)

    def pixel_of(self, ref: Ref) -> QPoint:
        """Return the pixel a thing is seen at."""
        geometry = places.row(self.desk.store, ref.noun, ref.id)["geometry"]
        inside = geometry.representative_point()
        height = 0.0
        if ref.noun == "building":
            footprints = self.desk.map.content.footprints
            index = footprints.features.ids.tolist().index(ref.id)
            height = float(footprints.picker.top[index])
        return self.pixel_at(inside.x, inside.y, height)

    def pixel_at(self, x: float, y: float, z: float = 0.0) -> QPoint:
        """Return the pixel of a place in metres."""
        pixels, _depth = self.desk.map.shown.to_screen([[x, y]], z)
        return QPoint(round(pixels[0, 0]), round(pixels[0, 1]))

    def settled(self) -> None:
        """Wait until no job is under way."""
        self.qtbot.waitUntil(lambda: not self.desk.jobs.busy, timeout=30_000)


def move_with_button(
    view: QWidget, point: QPoint, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier
) -> None:
    """Send a move with a button held, which QTest.mouseMove cannot."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(view.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        button,
        modifiers,
    )
    QApplication.sendEvent(view, event)


@pytest.fixture
def hand(desk: DeskWindow, qtbot: QtBot) -> Hand:
    return Hand(desk, qtbot)


@pytest.fixture
def full_building(desk: DeskWindow) -> str:
    """The building most people live in."""
    from tests.store.test_store import places_of_people

    return places_of_people(desk.store).most_common(1)[0][0]
