"""Say what holds the GUI thread for longer than a frame: ``python tools/holds.py [DISTRICT]``.

Works the real window through the everyday gestures and the parts of the map, off screen, and prints every
event that took more than 16 ms by the clock and 8 of the GUI thread's own CPU time, and where it was. On a
busy machine the clock also counts other programs and other threads: CPU time says what is ours to mend.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["MAPDESK_CONFIG"] = tempfile.mkdtemp(prefix="mapdesk-holds-")

import map_holds
import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from mapdesk.app import main as desk
from mapdesk.app.register_wizard import RegisterWizard
from mapdesk.app.sign_in_dialog import SignInDialog
from mapdesk.app.user_dialog import UserDialog
from mapdesk.app.users_dialog import UsersDialog
from mapdesk.model.filters import Filter
from mapdesk.model.selection import Ref
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import catalogue, demo, districts, residents
from mapdesk.store import places
from mapdesk.store.database import Store

HAND: Any = QTest
"""Its annotations forget that its functions are static."""

FRAME = 0.016
"""Seconds the GUI thread may be held."""
OWN = 0.008
"""Seconds of the GUI thread's own work below which others held it."""
_LOOK_EVERY = 0.002
_LINES = 4
"""Lines of our own code shown of a hold."""
_ROOT = str(Path(__file__).resolve().parent.parent)


@dataclass
class Hold:
    """One event that took long.

    Parameters
    ----------
    step : str
        What was being done.
    wall, cpu : float
        Seconds by the clock, and of the GUI thread's own work.
    where : str
        The lines of our code most often seen during it, innermost first.
    """

    step: str
    wall: float
    cpu: float
    where: str


@dataclass
class Watch:
    """Times what the GUI thread does between two looks at its queue.

    A thread looks at the GUI thread's stack while something takes long. What holds Python's lock all
    the while is not seen: only what comes after it.
    """

    step: str = ""
    holds: list[Hold] = field(default_factory=list)
    _gui: int = field(default_factory=threading.get_ident)
    _began: float = 0.0
    _depth: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._look, name="holds", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    @contextmanager
    def timing(self, what: str = "") -> Iterator[None]:
        """Time one event; those it sends itself are part of it."""
        self._depth += 1
        if self._depth > 1:
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._seen = Counter()
        cpu, self._began = time.thread_time(), time.perf_counter()
        try:
            yield
        finally:
            wall, cpu = time.perf_counter() - self._began, time.thread_time() - cpu
            self._depth, self._began = 0, 0.0
            if wall > FRAME and cpu > OWN:
                where = self._seen.most_common(1)[0][0] if self._seen else what
                self.holds.append(Hold(self.step, wall, cpu, where))

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            began = self._began
            if began and time.perf_counter() - began > _LOOK_EVERY:
                self._seen[_lines_of(sys._current_frames()[self._gui])] += 1  # noqa: SLF001


def _lines_of(frame: FrameType) -> str:
    own = [
        one
        for one in reversed(traceback.extract_stack(frame))
        if one.filename.startswith(_ROOT) and not one.filename.endswith("holds.py")
    ]
    return " < ".join(f"{Path(one.filename).stem}:{one.lineno} {one.name}" for one in own[:_LINES])


def _table(holds: list[Hold]) -> str:
    """Return one line a step and place, the worst first."""
    groups: dict[tuple[str, str], list[Hold]] = {}
    for one in holds:
        groups.setdefault((one.step, one.where), []).append(one)
    order = sorted(groups.items(), key=lambda item: -max(one.cpu for one in item[1]))
    lines = [f"{'step':22}{'count':>6}{'wall ms':>9}{'cpu ms':>8}  where"]
    for (step, where), some in order:
        wall, cpu = max(one.wall for one in some), max(one.cpu for one in some)
        lines.append(f"{step:22}{len(some):6}{wall * 1e3:9.0f}{cpu * 1e3:8.0f}  {where}")
    return "\n".join(lines)


class _Watched(QApplication):
    """An application whose events are timed."""

    watch = Watch()

    def notify(self, receiver: QObject | None, event: QEvent | None) -> bool:
        """Deliver an event."""
        with self.watch.timing():
            return super().notify(receiver, event)


class Drive:
    """A hand that works the window, one named step after another."""

    def __init__(self, watch: Watch, folder: Path, scratch: Path) -> None:
        self.watch, self.folder, self.scratch = watch, folder, scratch
        watch.step = "open"
        with watch.timing("open"):
            self.window = desk.show_desk(districts.open_district(folder))
            self.window.resize(1500, 940)
        desk.settle(self.window)

    def step(self, name: str, do: Callable[[], object]) -> None:
        """Do something as the GUI thread would, and wait until the desk is at rest."""
        self.watch.step = name
        with self.watch.timing(name):
            do()
        desk.settle(self.window)

    def until(self, reached: Callable[[], bool]) -> None:
        """Let events happen until something is so, half a minute at most."""
        end = time.monotonic() + 30
        while not reached() and time.monotonic() < end:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def run(self) -> None:
        """Everything, in turn."""
        window, store = self.window, self.window.store
        self.step("purpose", partial(window.commands.set_purpose, "check of fire exits"))
        for text in ("1", "12", "12 "):
            self.step("search", partial(window.search_panel.text.setText, text))
        self._cards(str(places.where(store, "building", "floors", [18])[0]["id"]))
        self._map()
        grid = str(places.where(store, "grid", "level", [2])[0]["id"])
        self.step("select inside", partial(window.asking.select_inside, Ref("grid", grid)))
        self.step("clear selection", window.commands.clear_selection)
        filters = window.parts.filters
        self.step("filter dock", filters.show)
        for noun in ("building", "person"):
            self.step(f"filter {noun}", partial(filters.ask, Filter(noun)))
        self.step("filter on map", partial(filters.show_on_map, Filter("building")))
        self.step("grid card", partial(window.asking.card, Ref("grid", grid)))
        self.step("make-up", window.parts.makeup.show_here)
        self._looks()
        file = self.scratch / "sheet.pdf"
        self.step("print sheet", partial(window.parts.outgoing.write_sheet, grid, file))
        self.until(file.exists)
        map_holds.work(self)
        self._register()
        self._streams()
        self._users()

    def _cards(self, tower: str) -> None:
        window, store = self.window, self.window.store
        inside = places.row(store, "building", tower)["geometry"].representative_point()
        view = Viewpoint(inside.x, inside.y, 350.0, 0.0, 60.0)
        self.step("look near", partial(window.map.look, view))
        pixels, _depth = window.map.shown.to_screen([[inside.x, inside.y]], 20.0)
        at = QPoint(round(pixels[0, 0]), round(pixels[0, 1]))
        self.step("hover", partial(HAND.mouseMove, window.map, at))
        left = Qt.MouseButton.LeftButton
        self.step("click building", partial(HAND.mouseClick, window.map, left, pos=at))
        for index in range(window.card_panel.tabs.count()):
            self.step("card tab", partial(window.card_panel.tabs.setCurrentIndex, index))
        people = residents.people_of_building(store, window.session.access, tower)
        self.step("person card", partial(window.asking.card, Ref("person", people[0]["id"])))

    def _map(self) -> None:
        window, view = self.window, self.window.map
        self.step("whole district", partial(view.look_at_all, window.loader.bounds()))
        for noun in ("incident", "sensor", "component", "address"):
            self.step("layers", partial(window.layers.set_visible, noun, True))
        for _ in range(3):
            self.step("pan", partial(HAND.keyClick, view, Qt.Key.Key_Right))
        window.session.set_tool("lasso")
        around = np.linspace(0, 2 * np.pi, 60)
        ring = np.column_stack([250 * np.cos(around), 200 * np.sin(around)]).round().astype(int)
        path = [view.rect().center() + QPoint(x, y) for x, y in ring.tolist()]
        left = Qt.MouseButton.LeftButton
        self.step("lasso", partial(HAND.mousePress, view, left, pos=path[0]))
        for point in path[1:]:
            HAND.mouseMove(view, point)
            QApplication.processEvents()
        self.step("lasso", partial(HAND.mouseRelease, view, left, pos=path[-1]))
        window.session.set_tool("pan")

    def _looks(self) -> None:
        window = self.window
        for dock in ("Make-up", "Filter", "Table"):
            self.step("docks away", window.docks[dock].hide)
        for name in ("dark", "light"):
            self.step("theme", partial(window.set_theme, name))
        for code in ("zh_CN", "en"):
            self.step("language", partial(catalogue.speak, code))

    def _register(self) -> None:
        file = self.scratch / "register.csv"
        with file.open("w", encoding="utf-8") as written:
            written.write("姓名,电话,地址\n")
            for number in range(20_000):
                address = f"不存在路9号1单元{number}室" if number % 10 == 0 else ""
                written.write(f"甲{number},13{number:09d},{address}\n")
        part = self.window.parts.register
        self.step("wizard", part.import_register)
        wizard = part.dialog
        if not isinstance(wizard, RegisterWizard):
            raise TypeError("the wizard did not open")
        self.step("wizard file", partial(wizard.take_file, file))
        self.step("wizard compares", wizard.read.click)
        for status in ("doubtful", "new", "doubtful", "new"):
            self.step(f"wizard {status}", partial(wizard.changes.show_status, status))
        self.step("wizard closes", wizard.close)

    def _streams(self) -> None:
        window = self.window
        found = places.features(window.store, "camera", ["status"], geometry=False)
        online = found.ids[found.columns["status"] != "offline"][:16].tolist()
        for _ in range(2):
            self.step("16 streams", partial(window.commands.open_streams, online))
            wall = window.walls[-1]
            self.until(lambda wall=wall: all(tile.image is not None for tile in wall.tiles))  # type: ignore[misc]
            self.step("wall closes", wall.close)

    def _users(self) -> None:
        window, password = self.window, "a quiet harbour at dawn"
        self.step("users", window.actions_table.qt["file.users"].trigger)
        users = window.findChildren(UsersDialog)[-1]
        self.step("add user", users.add.click)
        form = users.findChildren(UserDialog)[-1]
        for line, text in ((form.name, "li"), (form.password, password), (form.again, password)):
            line.setText(text)
        enter = Qt.Key.Key_Return
        self.step("user added", partial(HAND.keyClick, form.again, enter))
        self.until(lambda: not form.busy)
        self.step("users closes", users.accept)
        self.step("lock", window.guard.lock)
        screen = window.guard.screen
        if screen is not None:
            screen.form.password.setText(password)
            self.step("unlock", partial(HAND.keyClick, screen.form.password, enter))
        self.watch.step = "close"
        with self.watch.timing("close"):
            window.close()
        window.wait_closed()
        dialog = SignInDialog(self.folder, "", "li")
        dialog.signed_in.connect(Store.close)
        dialog.show()
        dialog.form.password.setText(password)
        self.watch.step = "sign in"
        with self.watch.timing("sign in"):
            HAND.keyClick(dialog.form.password, enter)
        self.until(lambda: not dialog.busy)


def main() -> int:
    """Work the window on a copy of a district and print the table."""
    watch = _Watched.watch
    watch.start()
    setattr(desk, "QApplication", _Watched)  # noqa: B010 - the one the desk makes
    desk.make_application(["mapdesk"])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "district"
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], folder)
        else:
            demo.build_demo(folder, 30_000, 1, lambda _text, _part: None)
        Drive(watch, folder, Path(scratch)).run()
    watch.stop()
    print(_table(watch.holds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
