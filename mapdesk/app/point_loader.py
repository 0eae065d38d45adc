"""Points of a map: read off the GUI thread, dressed for a style and a time, and shown with their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from psygnal import Signal

from mapdesk.app import map_reading
from mapdesk.app.jobs import Progress, Runner
from mapdesk.layers.names import MapNames
from mapdesk.layers.standing import NamedLines, ReadyNames
from mapdesk.model.nouns import POINTS
from mapdesk.scene3d.content import Gone, PointLayer
from mapdesk.scene3d.map_view import MapView
from mapdesk.services.timeline import NOW_ONLY
from mapdesk.store.database import Store

Dress = Callable[[PointLayer], PointLayer]
"""Changes how points look, or leaves some out; any thread."""
Points = Mapping[str, PointLayer]


@dataclass(frozen=True)
class Shown:
    """Points as the map shows them.

    Parameters
    ----------
    read : mapping of str to PointLayer
        All of them, by noun.
    dressed : mapping of str to PointLayer
        What is drawn.
    names : ReadyNames or None
        With theirs; None where the names on the map stand as they are.
    before : dict of str to PointLayer or None
        What is drawn left of a line between two times; None without one.
    worn : tuple of dict of str to Dress
        What they were dressed in, and what else left of the line.
    gone : mapping of str to Gone
        Grids and buildings, by noun, whose names are left out.
    """

    read: Points
    dressed: Points
    names: ReadyNames | None
    before: dict[str, PointLayer] | None
    worn: tuple[dict[str, Dress], dict[str, Dress]]
    gone: Mapping[str, Gone]


class PointLoader:
    """Loads the points of one map view. GUI thread, but for `read`.

    Signals
    -------
    refreshed(tuple of str)
        Points of these nouns were read anew.
    """

    refreshed = Signal(tuple)

    def __init__(self, view: MapView, runner: Runner, store: Store) -> None:
        self._view, self._runner, self._store = view, runner, store
        self._dresses: dict[str, Dress] = {}
        self._before: dict[str, Dress] = {}
        self._left: tuple[Points, dict[str, Dress], dict[str, PointLayer]] | None = None
        self._stale: set[str] = set()
        self._readings = map_reading.Readings()
        self._waiting: list[Callable[[], None]] = []
        self.named_lines: NamedLines | None = None
        self._named_without: Mapping[str, Gone] = {}

    # ------------------------------------------------------------------ all of them

    def read(self, names: MapNames) -> Shown:
        """Read the points of every noun; `names` are those of everything else. Any thread."""
        return self._made(
            {noun: map_reading.point_layer(self._store, noun) for noun in POINTS}, names
        )

    def begin(self) -> int:
        """Return the number of a reading that begins now."""
        return self._readings.begin()

    def show_all(self, reading: int, shown: Shown) -> None:
        """Show what `read` found, but for what was read later."""
        newer = self._readings.newer(reading, shown.read)
        self._show(reading, shown, newer)
        if newer:
            self.refresh(newer)  # their names are not among those just shown

    def _show(self, reading: int, shown: Shown, but: Collection[str] = ()) -> None:
        """Show points in place of those there were; a reading of 0 reads none anew."""
        content, overlay = self._view.content, self._view.overlay
        dressed = {noun: layer for noun, layer in shown.dressed.items() if noun not in but}
        where = map_reading.where_they_are(dressed, overlay.points, content.points)
        overlay.points, overlay.before = overlay.points | where, shown.before
        if reading:
            read = {noun: layer for noun, layer in shown.read.items() if noun not in but}
            self._readings.show(reading, read)
            content.points = content.points | read
        if shown.names is not None:
            overlay.labels.set_names(shown.names)
            self._named_without = shown.gone
        self._view.refresh()
        if shown.worn != (self._dresses, self._before) or shown.gone != self._view.content.gone:
            self._redress()

    # ------------------------------------------------------------------ some anew

    def refresh(self, nouns: Collection[str]) -> None:
        """Read points of some nouns anew, and nothing else."""
        self._stale |= set(nouns)
        content, reading = self._view.content, self._readings.begin()
        # This reading stops the one before it, whose points are not shown yet.
        stale = sorted(self._stale)

        def work(_progress: Progress) -> Shown:
            fresh = {noun: map_reading.point_layer(self._store, noun) for noun in stale}
            made = self._made(content.points | fresh, content.names)
            return replace(made, read=fresh, dressed={noun: made.dressed[noun] for noun in stale})

        def done(shown: Shown) -> None:
            if self._readings.newer(reading, stale):
                self.refresh(stale)  # all was read meanwhile: names too are others
                return
            self._stale -= set(stale)
            self._show(reading, shown)
            self.refreshed.emit(tuple(stale))

        self._runner.run("points", work, done)

    # ------------------------------------------------------------------ dressed

    def wear(
        self,
        name: str,
        dress: Dress | None,
        then: Callable[[], None] | None = None,
        *,
        before: Dress | None = None,
    ) -> None:
        """Dress points from now on, or undress them of what they wear by that name.

        Parameters
        ----------
        then : callable, optional
            Called once it is seen, or what came after it.
        before : Dress, optional
            Worn in its place left of the line between two times; there is one as long as "time" has this.
        """
        had = dict(self._dresses), dict(self._before)
        for worn, new in ((self._dresses, dress), (self._before, before)):
            if new is None:
                worn.pop(name, None)
            else:
                worn[name] = new
        if then is not None:
            self._waiting.append(then)
        if (self._dresses, self._before) != had and self._view.content.points:
            self._redress()
        else:
            self._seen()

    def _seen(self) -> None:
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()

    def _redress(self) -> None:
        content = self._view.content
        points, overlay = content.points, self._view.overlay
        before = overlay.points, overlay.before

        def work(_progress: Progress) -> Shown:
            return self._made(points, content.names, before)

        def done(shown: Shown) -> None:
            if content.points is not points:
                self._redress()
                return
            self._show(0, shown)
            self._seen()

        self._runner.run("dress", work, done)

    def _made(
        self,
        points: Points,
        names: MapNames,
        before: tuple[Points, Points | None] | None = None,
    ) -> Shown:
        """Dress points and make ready all names; not those that stand already beside `before`."""
        worn, gone = (dict(self._dresses), dict(self._before)), dict(self._view.content.gone)
        dressed, left = _dressed(points, worn[0]), self._dressed_left(points, *worn)
        if (
            gone == self._named_without
            and before is not None
            and left is before[1]
            and all(
                noun in before[0] and before[0][noun].ids is layer.ids
                for noun, layer in dressed.items()
                if noun in map_reading.NAMED_POINTS
            )
        ):
            return Shown(points, dressed, None, left, worn, gone)
        for noun, sides in gone.items():
            names = MapNames(names.places.without(noun, *sides), names.lines)
        ready = map_reading.names_with_points(names, dressed, left or {}, self.named_lines)
        return Shown(points, dressed, ready, left, worn, gone)

    def _dressed_left(
        self, points: Points, worn: dict[str, Dress], before: dict[str, Dress]
    ) -> dict[str, PointLayer] | None:
        """Return points as they are left of the line, those from last time where nothing is new; any thread."""
        if "time" not in before:
            return None
        worn, last = worn | before, self._left
        if last is not None and last[0] is points and last[1] == worn:
            return last[2]
        dressed = {
            noun: layer for noun, layer in _dressed(points, worn).items() if noun not in NOW_ONLY
        }
        self._left = points, worn, dressed
        return dressed


def _dressed(points: Points, worn: Mapping[str, Dress]) -> Points:
    for dress in worn.values():
        points = {noun: dress(layer) for noun, layer in points.items()}
    return points
