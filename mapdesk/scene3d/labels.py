"""Names over the picture: chosen for the view, painted, and found again under the pointer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QPainter

from mapdesk.analysis.picking import PrismPicker
from mapdesk.layers import placement
from mapdesk.layers.names import BELOW_GROUND, MapNames, NameStyles, PlaceNames, name_styles
from mapdesk.layers.placement import Candidates, Floats, Ints, Occupied
from mapdesk.layers.standing import (
    FlatNames,
    NamedLines,
    NamesAlong,
    ReadyNames,
    below,
    by_kind,
    gathered,
    on_its_side,
)
from mapdesk.model.selection import Ref
from mapdesk.scene3d import lettering
from mapdesk.scene3d.content import Footprints
from mapdesk.scene3d.name_painting import Piece, paint_along, paint_flat
from mapdesk.scene3d.seen import in_view, near_enough, whole
from mapdesk.scene3d.viewpoint import Projection

TOO_LARGE = 1.4
"""Times the picture that a grid may be across and still be named."""
OVER_BUILDINGS = 1.6
"""Metres per pixel above which the names of streets are written over buildings that hide them."""
DIRECTION = 4.0
"""Degrees to which directions of view are rounded where hidden places are remembered."""
MOST_HIDDEN = 50_000
"""Hidden places remembered."""
BELOW = 17.0
"""Pixels from the middle of a symbol to the top of the name of its thing."""
EDGE = 6.0
"""Pixels from the middle of a letter to the edge of the picture."""


@dataclass(frozen=True)
class Written:
    """A name on the picture.

    Parameters
    ----------
    boxes : ndarray, shape (k, 4)
        What it covers: left, top, right, bottom; pixels.
    """

    ref: Ref
    text: str
    boxes: Floats


@dataclass
class Labels:
    """The names of a map. One thread: fonts are measured here.

    Parameters
    ----------
    names : MapNames
    shown : bool
        Names are written at all.
    written : list of Written
        What the picture painted last shows.
    """

    shown: bool = True
    written: list[Written] = field(default_factory=list)
    _places: PlaceNames = field(default_factory=lambda: MapNames.empty().places)
    _same: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    _lines: NamedLines = field(default_factory=lambda: NamedLines.of(MapNames.empty().lines))
    _held: set[tuple[str, int]] = field(default_factory=set)
    _pickers: tuple[PrismPicker, PrismPicker] | None = None
    _buildings: Footprints | None = None
    _hidden: dict[tuple[int, int, int, bool], bool] = field(default_factory=dict)
    _over: list[Piece] = field(default_factory=list)

    def set_names(self, names: ReadyNames) -> None:
        """Write these names from now on."""
        self._places, self._same, self._lines = names.places, names.same, names.lines
        self._held, self._hidden = set(), {}

    def stand_among(self, buildings: Footprints, before: Footprints | None = None) -> None:
        """Write no name on a street that these buildings hide, and theirs on their roofs as they stand.

        Parameters
        ----------
        before : Footprints, optional
            Those that stand left of the line between two times.
        """
        self._pickers = (before or buildings).picker, buildings.picker
        self._buildings, self._hidden = buildings, {}

    def apart(self) -> Labels:
        """Return the same names, to be written on another picture in another thread."""
        names = self._places, self._same, self._lines
        return Labels(self.shown, [], *names, _buildings=self._buildings)

    def at(self, px: float, py: float) -> Written | None:
        """Return the name under a pixel."""
        for one in reversed(self.written):
            left, top, right, bottom = one.boxes.T
            if ((left <= px) & (px <= right) & (top <= py) & (py <= bottom)).any():
                return one
        return None

    def clear(self) -> None:
        """Forget what the picture before showed."""
        self.written, self._over = [], []

    def paint_over(self, painter: QPainter, symbols: Floats) -> None:
        """Paint the most important names again where symbols (k, 4) painted later cover them."""
        if not self._over:
            return
        edges = [one.box.getCoords() for one in self._over]
        left, top, right, bottom = np.array(edges).T[:, :, None]
        west, north, east, south = symbols.T
        covered = (west < right) & (east > left) & (north < bottom) & (south > top)
        for number, at in np.argwhere(covered).tolist():
            piece, one = self._over[number], symbols[at].tolist()
            painter.save()
            painter.setClipRect(QRectF(QPointF(*one[:2]), QPointF(*one[2:])))
            painter.drawPixmap(piece.box.topLeft(), piece.image)
            painter.restore()

    def paint(
        self,
        painter: QPainter,
        projection: Projection,
        ratio: float,
        *,
        theme: str,
        visible: list[str],
        symbols: Floats,
        covered: Floats | None = None,
        line: float = 0.0,
    ) -> None:
        """Choose the names that fit and paint them.

        Parameters
        ----------
        ratio : float
            Device pixels per pixel.
        symbols : ndarray, shape (k, 4)
            Boxes of what lesser names keep clear of, pixels.
        covered : ndarray, shape (k, 4), optional
            Boxes of what is painted over all names: none of them is written there.
        line : float
            Pixel at which the line between two times is; without one nothing is left of it.
        """
        self.clear()
        if not self.shown:
            return
        styles = name_styles(theme)
        flat, along = (
            self._flat(projection, styles, visible, line),
            self._along(projection, styles, visible, line),
        )
        occupied = Occupied(projection.width, projection.height)
        for span in occupied.spans(np.empty((0, 4)) if covered is None else covered):
            occupied.take(span)
        written = self._choose(occupied, flat, along, symbols)
        paint_along(painter, styles, ratio, self._lines, along, written[1])
        self._over = paint_flat(painter, styles, ratio, self._places, flat, written[0])

    # ------------------------------------------------------------------ what might be written

    def _flat(
        self, projection: Projection, styles: NameStyles, visible: list[str], line: float
    ) -> FlatNames:
        names = self._places
        limit = below(names, styles, visible)
        which = near_enough(projection, names.xy, names.z, limit)
        pixels, depth = projection.in_sight(names.xy[which], self._heights(projection, which))
        scale = projection.metres_per_pixel * depth / projection.viewpoint.distance
        across = names.across[which] / np.maximum(scale, 1e-9)
        with np.errstate(invalid="ignore"):
            chosen = (scale < limit[which]) & in_view(pixels, projection, 0.0)
            largest = TOO_LARGE * max(projection.width, projection.height)
            chosen &= ~((names.nouns[which] == "grid") & (across > largest))
        which, pixels, across = which[chosen], pixels[chosen], across[chosen]
        texts, kinds = names.texts[which].tolist(), names.kinds[which].tolist()
        size = np.array(
            [
                lettering.size_of(text, styles.kinds[kind])
                for text, kind in zip(texts, kinds, strict=True)
            ]
        ).reshape(-1, 2)
        room = np.array([styles.kinds[kind].room for kind in kinds])
        with np.errstate(invalid="ignore"):
            fits = np.isnan(across) | (across >= room * size[:, 0])
        which, size, middle, across = which[fits], size[fits], pixels[fits], across[fits]
        # The name of a point stands under its symbol.
        middle[:, 1] += np.where(names.kinds[which] == "point", BELOW + size[:, 1] / 2, 0.0)
        placed, moved = whole(middle, size, projection)
        # As far as it still stands on its thing: a name is never cut by the picture's edge.
        kept = (moved <= np.nan_to_num(across) / 2) & in_view(placed, projection, 0.0)
        kept &= on_its_side(names.side[which], placed[:, 0], size[:, 0] / 2, line)
        which, size, placed, across = which[kept], size[kept], placed[kept], across[kept]
        return FlatNames(which, size, placed, np.nan_to_num(across))

    def _heights(self, projection: Projection, which: Ints) -> Floats:
        """Return the heights of names from the ground below them: on a slope a roof's are others."""
        names, stand = self._places, self._buildings
        heights = names.z[which]
        if projection.terrain is None or stand is None:
            return heights
        at = np.flatnonzero(names.nouns[which] == "building")
        ids, xy = names.ids[which[at]], names.xy[which[at]]
        heights[at] += stand.lift(ids.tolist(), xy, projection.terrain)
        return heights

    def _along(
        self, projection: Projection, styles: NameStyles, visible: list[str], line: float
    ) -> NamesAlong:
        lines = self._lines
        names = lines.names
        limit = below(names, styles, visible)[lines.line]
        which = near_enough(projection, lines.xy, 0.0, limit)
        pixels, depth = projection.in_sight(lines.xy[which])
        scale = projection.metres_per_pixel * depth / projection.viewpoint.distance
        with np.errstate(invalid="ignore", divide="ignore"):
            chosen = (scale < limit[which]) & in_view(pixels, projection, 0.0)
            chosen &= (lines.halving[which] == 0) | (lines.spans[which] / scale > 150.0)
        which, scale, is_left = which[chosen], scale[chosen], pixels[chosen, 0] < line
        if not len(which):
            return NamesAlong.empty()
        corners, place = gathered(names, np.unique(lines.line[which]))
        xy, _depth = projection.to_screen(names.xy[corners])
        owner = lines.line[which]
        first, last = place[names.start[owner]], place[names.start[owner + 1] - 1]
        set_in = [
            lettering.advances_of(str(names.texts[at]), styles.kinds[names.kinds[at]])
            for at in owner.tolist()
        ]
        offsets = np.concatenate([offset for offset, _width in set_in])
        advances = np.concatenate([width for _offset, width in set_in])
        count = [len(width) for _offset, width in set_in]
        start, name_of = (
            np.concatenate([[0], np.cumsum(count)]),
            np.repeat(np.arange(len(count)), count),
        )
        piece = place[lines.piece[which]]
        letters = placement.along(
            xy, first, last, piece, lines.part[which], offsets, advances, start
        )
        cut = name_of[~in_view(letters.xy, projection, -EDGE)]
        letters.fits[cut] = False
        if "building" in visible:
            near = letters.fits & (scale < OVER_BUILDINGS)
            # What runs below buildings would be written on their roofs.
            letters.fits[near & (names.kinds[owner] == BELOW_GROUND)] = False
            near &= letters.fits
            letters.fits[near] = ~self._behind(projection, which[near], is_left[near])
        return NamesAlong(which, letters, advances, lines.spans[which])

    def _behind(
        self, projection: Projection, which: Ints, is_left: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Say of places along lines whether a building of their side hides them from the eye.

        Answers serve again as long as the place is seen from about the same direction.
        """
        if self._pickers is None:
            return np.zeros(len(which), bool)
        eye, xy = projection.eye, self._lines.xy[which]
        away = eye[:2] - xy
        bearing = np.degrees(np.arctan2(away[:, 0], away[:, 1])) / DIRECTION
        pitch = np.degrees(np.arctan2(eye[2], np.hypot(*away.T))) / DIRECTION
        keys = list(
            zip(
                which.tolist(),
                np.round(bearing).astype(int).tolist(),
                np.round(pitch).astype(int).tolist(),
                is_left.tolist(),
                strict=True,
            )
        )
        new = np.array([key not in self._hidden for key in keys], bool)
        if new.any():
            if len(self._hidden) > MOST_HIDDEN:
                self._hidden = {}
                new[:] = True
            for picker, of_side in zip(self._pickers, (is_left, ~is_left), strict=True):
                asked = np.flatnonzero(new & of_side)
                if len(asked):
                    ground = projection.ground_at(xy[asked])
                    answers = picker.hides(xy[asked], eye, ground=ground).tolist()
                    fresh = [keys[at] for at in asked.tolist()]
                    self._hidden |= dict(zip(fresh, answers, strict=True))
        return np.array([self._hidden[key] for key in keys], bool)

    # ------------------------------------------------------------------ choosing

    def _choose(
        self, occupied: Occupied, flat: FlatNames, along: NamesAlong, symbols: Floats
    ) -> tuple[list[int], list[int]]:
        styles = name_styles("light").kinds
        names, lines = self._places, self._lines
        ranks = {kind: style.rank for kind, style in styles.items()}
        sizes = {kind: float(style.size) for kind, style in styles.items()}
        fit = np.flatnonzero(along.letters.fits)
        kinds = lines.names.kinds[lines.line[along.which]]
        count = np.diff(along.letters.start)
        height = np.repeat(by_kind(kinds, sizes) + 2.0, count)
        letter_boxes = placement.letter_boxes(along.letters, along.advances, height)
        picked = np.concatenate(
            [np.arange(*along.letters.start[at : at + 2]) for at in fit.tolist()]
            or [np.empty(0, np.int64)]
        )
        boxes = np.concatenate([flat.boxes, letter_boxes[picked]])
        ends = np.concatenate([np.ones(len(flat.which), np.int64), count[fit]])
        start = np.concatenate([[0], np.cumsum(ends)])
        rank = np.concatenate(
            [by_kind(names.kinds[flat.which], ranks), by_kind(kinds[fit], ranks)]
        ).astype(np.int64)
        keys = [("place", at) for at in flat.which.tolist()]
        keys += [("line", at) for at in along.which[fit].tolist()]
        halving = lines.halving[along.which[fit]]
        candidates = Candidates(
            boxes,
            start,
            rank,
            np.concatenate([flat.across, along.spans[fit] - 1e7 * halving]),
            np.array([key in self._held for key in keys], bool),
            np.arange(len(keys)),
            np.concatenate(
                [
                    self._same[flat.which],
                    lines.same[lines.line[along.which[fit]]] + len(names.texts),
                ]
            ),
        )
        written = placement.served(candidates, occupied, symbols)
        self._held = {keys[at] for at in written}
        plain = len(flat.which)
        for at in written:
            own, index = (names, keys[at][1]) if at < plain else (lines.names, 0)
            if at >= plain:
                index = int(lines.line[keys[at][1]])
            self.written.append(
                Written(
                    Ref(str(own.nouns[index]), str(own.ids[index])),
                    str(own.texts[index]),
                    boxes[start[at] : start[at + 1]],
                )
            )
        return (
            [at for at in written if at < plain],
            [int(fit[at - plain]) for at in written if at >= plain],
        )
