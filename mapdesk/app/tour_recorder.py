"""A tour as a film: the window's own map shows frame after frame, a thread and a process write them."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QImage, QPainter

from mapdesk.app.base_maps import KEY as BASE_MAP
from mapdesk.app.jobs import Progress
from mapdesk.app.picture_door import shown
from mapdesk.app.terrain_view import KEY as TERRAIN
from mapdesk.app.view_state import bookmark_of, dress, viewpoint_of
from mapdesk.model.access import Access
from mapdesk.model.errors import BusyError
from mapdesk.model.language import tr
from mapdesk.scene3d.presenter import Shot
from mapdesk.scene3d.tour_path import TourPath
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import filming, printing
from mapdesk.services.bookmarks import Bookmark, Tour
from mapdesk.services.outgoing import watermark
from mapdesk.services.printing import Printout

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

JOB = "record tour"
_DRESSING = (
    BASE_MAP,
    TERRAIN,
    "imagery",
    "style",
    "style day",
    "times",
    "points",
    "dress",
)
"""Jobs a view may ask for: a picture waits for them."""
_LOOK_AGAIN = 20
"""Milliseconds after which a picture that waits for tiles is looked at again."""
_LONGEST_WAIT = 20.0
"""Seconds a picture waits for tiles."""
_LISTEN = 0.2
"""Seconds after which the writing thread looks whether it is to stop."""


def path_of(tour: Tour) -> TourPath:
    """Return the way the eye takes."""
    return TourPath(
        [viewpoint_of(stop.view) for stop in tour.stops],
        [stop.fly for stop in tour.stops],
        [stop.stay for stop in tour.stops],
    )


@dataclass(frozen=True)
class _Sight:
    """What a frame shows of people, and for whom and what for it may."""

    printout: Printout
    access: Access


@dataclass
class _Film:
    """The film under way: what is recorded, and how far it is.

    Parameters
    ----------
    frames : queue
        Frames in order, each after the sights that are to be let out before it; None ends it.
    seen : list of _Sight
        What the map has shown since the frame under way was asked for.
    let_out : list of _Sight
        What went by the door; one without people stands for all that show nobody.
    """

    tour: Tour
    path: TourPath
    file: Path
    fps: int
    size: tuple[int, int]
    before: Bookmark
    frames: queue.SimpleQueue[bytes | _Sight | None] = field(default_factory=queue.SimpleQueue)
    seen: list[_Sight] = field(default_factory=list)
    let_out: list[_Sight] = field(default_factory=list)
    at: int = 0
    stop: int = -1
    wanted: Viewpoint | None = None
    is_due: bool = False
    apart: Shot | None = None
    asked: float = 0.0
    frame: bytes = b""

    @property
    def total(self) -> int:
        """Pictures it takes."""
        return max(round(self.path.seconds * self.fps), 1)

    def is_let_out(self, sight: _Sight) -> bool:
        """Whether frames of this sight may be in it already."""
        if sight.printout.is_personal:
            return sight in self.let_out
        return any(not one.printout.is_personal for one in self.let_out)


class TourRecorder(QObject):
    """Records one tour at a time. GUI thread only; the film is written on a job's thread.

    Whenever a frame shows people who are not let out yet, or for another purpose, they go by the door
    before it is written; where they may not, nothing is left of the film.

    Signals
    -------
    recorded(Path, int)
        The film is there, of so many pictures.
    taken()
        One more frame is written.
    failed(Exception)
        It could not be written, or shows who may not leave.
    ended()
        It is recorded, failed or was stopped; the map shows again what it showed before.
    """

    recorded = pyqtSignal(object, int)
    failed = pyqtSignal(object)
    ended = pyqtSignal()
    taken = pyqtSignal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._film: _Film | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LOOK_AGAIN)
        self._later.timeout.connect(self._on_pictured)
        self.taken.connect(self._on_taken)
        window.map.pictured.connect(self._on_pictured)
        window.map.drawn_apart.connect(self._on_drawn_apart)
        window.leaving.connect(self.stop)
        window.jobs.ended.connect(self._on_ended)

    @property
    def is_recording(self) -> bool:
        """Whether a film is being made."""
        return self._film is not None

    def record(self, tour: Tour, file: Path, fps: int) -> None:
        """Make a film of a tour, in the size of the map.

        Raises
        ------
        BusyError
            One is being made.
        InputError
            The file cannot be a film.
        """
        if self.is_recording:
            raise BusyError("A tour is being recorded; stop it in the status bar first.")
        filming.check_film(file)
        window, view = self._window, self._window.map
        ratio = view.devicePixelRatioF()
        pixels = round(view.width() * ratio), round(view.height() * ratio)
        size, before = filming.even(pixels), bookmark_of(window, "before")
        film = _Film(tour, path_of(tour), file, fps, size, before)
        self._film, store = film, window.store

        def coming(progress: Progress, doors: ExitStack) -> Iterator[bytes]:
            count = 0
            while True:
                try:
                    frame = film.frames.get(timeout=_LISTEN)
                except queue.Empty:
                    progress("Recording the tour", count / film.total)
                    continue
                if frame is None:
                    return
                if isinstance(frame, _Sight):
                    doors.enter_context(printing.leaving(store, frame.access, frame.printout))
                    continue
                yield frame
                count += 1
                self.taken.emit()

        def work(progress: Progress) -> int:
            with ExitStack() as doors:
                frames = coming(progress, doors)
                return filming.film(file, film.size, fps, frames, film.total, progress)

        def done(count: int) -> None:
            self.recorded.emit(file, count)

        # Whoever moved the map meanwhile would be in the film.
        view.setEnabled(False)
        view.overlay.tools.watermark = watermark(window.store, window.session.access).line
        window.jobs.run(JOB, work, done, self.failed.emit)
        self._show()

    def stop(self) -> None:
        """Stop; nothing is left of the film."""
        self._window.jobs.cancel(JOB)

    def _show(self) -> None:
        """Ask the map for the picture of this frame; one that is as the last is taken again."""
        film = self._film
        if film is None:
            return
        stop, viewpoint = film.path.at(film.at / film.fps)
        viewpoint = viewpoint.limited()
        sight = self._sight(film)
        if stop == film.stop and viewpoint == film.wanted and film.seen == [sight]:
            film.frames.put(film.frame)
            return
        if film.seen and film.seen[-1].printout.is_personal and not sight.printout.is_personal:
            self._window.tell(tr("Nobody is shown any more: the film goes on without people."))
        film.seen = [sight]
        if stop != film.stop:
            film.stop = stop
            dress(self._window, film.tour.stops[stop].view)
        film.wanted, film.is_due, film.asked = viewpoint, True, time.monotonic()
        self._window.map.look(viewpoint)

    def _on_pictured(self) -> None:
        film, view = self._film, self._window.map
        if film is None or not film.is_due or view.is_waiting:
            return
        window = self._window
        is_loading = window.parts.base.view.imagery.is_busy or any(
            window.jobs.is_under_way(key) for key in _DRESSING
        )
        if is_loading and time.monotonic() < film.asked + _LONGEST_WAIT:
            self._later.start()
        elif view.shown.viewpoint != film.wanted:
            # Something moved the map: back to where the film is.
            if film.wanted is not None:
                view.look(film.wanted)
        elif view.presenter.backdrop is None:
            self._take(film, view.composed())
        else:
            # The widget shows the picture itself: none came with `pictured`.
            film.is_due = False
            film.apart = Shot(film.wanted, *film.size)
            view.draw_apart(film.apart)

    def _on_drawn_apart(self, image: QImage, shot: Shot) -> None:
        film = self._film
        if film is None or shot is not film.apart:
            return
        film.apart = None
        whole = QImage(image)
        painter = QPainter(whole)
        painter.drawImage(whole.rect(), self._window.map.composed())
        painter.end()
        self._take(film, whole)

    def _sight(self, film: _Film) -> _Sight:
        return _Sight(shown(self._window, film.file), self._window.session.access)

    def _take(self, film: _Film, image: QImage) -> None:
        """Give a frame to be written, after who came onto the map since it was asked for."""
        film.is_due = False
        sight = self._sight(film)
        if sight not in film.seen:
            film.seen.append(sight)
        for one in film.seen:
            if not film.is_let_out(one):
                film.let_out.append(one)
                film.frames.put(one)
        film.frame = _pixels(image, film.size)
        film.frames.put(film.frame)

    def _on_taken(self) -> None:
        film = self._film
        if film is None:
            return
        film.at += 1
        if film.at < film.total:
            self._show()
        else:
            film.frames.put(None)

    def _on_ended(self, key: str) -> None:
        film = self._film
        if key != JOB or film is None:
            return
        self._film = None
        view = self._window.map
        view.setEnabled(True)
        view.overlay.tools.watermark = ""
        dress(self._window, film.before)
        view.look(viewpoint_of(film.before))
        view.setFocus()
        self.ended.emit()


def _pixels(image: QImage, size: tuple[int, int]) -> bytes:
    """Return the pixels of an image, BGRA without gaps, cut to `size`; one of another is scaled to it."""
    width, height = size
    if not (0 <= image.width() - width <= 1 and 0 <= image.height() - height <= 1):
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    plain = image.convertToFormat(QImage.Format.Format_RGB32).copy(0, 0, width, height)
    bits = plain.constBits()
    return bits.asstring(plain.sizeInBytes())
