"""The buildings of a scene: tiles of actors, each drawn as fine as its place on the screen deserves.

A tile has its whole mesh and simpler ones; what the eye is near to is drawn whole, what is far away as
blocks. Actors are made when they are first wanted. Everything here belongs to the thread that renders.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkRenderer

from mapdesk.analysis.massing import Tile, level_of
from mapdesk.analysis.standing import lifted
from mapdesk.analysis.terrain import Terrain
from mapdesk.scene3d.meshes import Colours, shaded, triangles
from mapdesk.scene3d.shown_tile import Drawn, ShownTile, Standing
from mapdesk.scene3d.sides import Side, Sides
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Viewpoint

MADE_AT_ONCE = 2
"""Actors of levels that a moving picture may stop to make; where more are wanted others stand in."""

MARGIN = 40.0
"""Metres added around a tile's blocks, which may be narrower than what they stand for."""


class City:
    """Draws buildings into a renderer."""

    def __init__(self, renderer: vtkRenderer, sides: Sides) -> None:
        self._renderer, self._sides = renderer, sides
        self._shown: list[ShownTile] = []
        self._colours: Colours | None = None
        self._before: Colours | None = None
        self._highlighted: NDArray[np.int64] = np.empty(0, np.int64)
        self._highlight: Colours = np.zeros(3, np.uint8)
        self._visible = True
        self._height = self._tone = 1.0
        self._hidden: int | None = None
        self._terrain: Terrain | None = None
        self._origin = (0.0, 0.0)
        self.simplify = True

    @property
    def drawn_levels(self) -> list[int]:
        """The level each tile is drawn at, -1 where it is out of sight."""
        return [one.level for one in self._shown]

    def show(self, tiles: Sequence[Tile], colours: Colours, before: Colours | None = None) -> None:
        """Show these tiles and no others, in the colours (n, 3) given; see `recolour`.

        A tile whose meshes are shown already keeps its actors; what is lit up stays so unless there are
        other buildings now.
        """
        known = {id(one.tile.simpler): one for one in self._shown}
        if self._colours is None or len(self._colours) != len(colours):
            self._highlighted = np.empty(0, np.int64)
        self._colours, self._before = colours, before
        kept: list[ShownTile] = []
        for tile in tiles:
            if not tile.simpler or not len(tile.members):
                continue
            one = known.pop(id(tile.simpler), None)
            if one is None:
                one = ShownTile(tile, *self._bounds(tile), colours[tile.members])
            one.tile = tile
            lit = np.isin(tile.members, self._highlighted) if len(self._highlighted) else None
            self._paint(one, lit)
            kept.append(one)
        for gone in known.values():
            for level in list(gone.drawn):
                self._drop(gone, level)
        self._shown = kept
        self.hide(self._hidden)

    def recolour(self, colours: Colours, before: Colours | None = None) -> None:
        """Give buildings new colours (n, 3), with nothing lit up.

        Parameters
        ----------
        before : ndarray of uint8, shape (n, 3), optional
            Those left of the line; `colours` are those right of it then.
        """
        self._colours, self._before = colours, before
        self._highlighted = np.empty(0, np.int64)
        for one in self._shown:
            self._paint(one, None)

    def highlight(self, buildings: NDArray[np.int64], colour: Colours) -> None:
        """Light up these buildings and no others; only tiles that change are uploaded."""
        if self._colours is None:
            return
        after = np.asarray(buildings, np.int64)
        changed = np.union1d(self._highlighted, after)
        self._highlighted, self._highlight = after, colour
        for one in self._shown:
            members = one.tile.members
            if np.isin(members, changed).any():
                self._paint(one, np.isin(members, after))

    def hide(self, building: int | None) -> None:
        """Leave one building out of its tile, which is drawn whole then; None shows all."""
        self._hidden = building
        for one in self._shown:
            at = None
            if building is not None:
                found = np.flatnonzero(one.tile.members == building)
                at = int(found[0]) if len(found) else None
            if at != one.hidden:
                one.hidden = at
                self._drop(one, 0)

    def show_standing(self, stands: Standing | None, stood: Standing | None = None) -> None:
        """Draw, at every distance, those buildings (n,) alone that stand; None shows all.

        Parameters
        ----------
        stood : ndarray of bool, shape (n,), optional
            Those to be drawn left of the line; `stands` are those right of it then.
        """
        if stood is not None and stands is None:
            stands = np.ones(len(stood), bool)
        for one in self._shown:
            members = one.tile.members
            now = None if stands is None else stands[members]
            then = None if stood is None else stood[members]
            if then is None and now is not None and now.all():
                now = None
            if not (_same(one.stands, now) and _same(one.stood, then)):
                for level in list(one.drawn):
                    self._drop(one, level)
            one.stands, one.stood = now, then

    def set_height(self, part: float) -> None:
        """Draw all heights times `part`; buildings that lie flat have the tone of footprints."""
        before, self._height = self._footprint_tone, part
        for one in self._shown:
            for sides in one.drawn.values():
                for drawn in sides:
                    drawn.actor.SetScale(1.0, 1.0, part)
        self._repaint_from(before)

    def set_tone(self, tone: float) -> None:
        """Draw footprints so many times as bright as roofs: they have no walls to stand out by."""
        before, self._tone = self._footprint_tone, tone
        self._repaint_from(before)

    @property
    def _footprint_tone(self) -> float:
        return self._tone if self._height != 1.0 else 1.0

    def _repaint_from(self, tone: float) -> None:
        if tone != self._footprint_tone:
            for one in self._shown:
                self._upload(one)

    def stand_on(self, terrain: Terrain | None, origin: tuple[float, float]) -> None:
        """Let buildings stand on a terrain, or on a plane again."""
        if terrain is self._terrain and origin == self._origin:
            return
        self._terrain, self._origin = terrain, origin
        for one in self._shown:
            for level in list(one.drawn):
                self._drop(one, level)
            one.low, one.high = self._bounds(one.tile)

    def _bounds(self, tile: Tile) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return corners (3,) that hold the tile at every level, metres from the origin."""
        low, high = (np.array(corner, float) for corner in tile.bounds)
        if self._terrain is not None:
            reach = self._terrain.within(low[:2] + self._origin, high[:2] + self._origin)
            low[2], high[2] = low[2] + reach[0], high[2] + reach[1]
        return low - MARGIN, high + MARGIN

    def _drop(self, one: ShownTile, level: int) -> None:
        """Let go of the actor of a level."""
        for drawn in one.drawn.pop(level, ()):
            self._renderer.RemoveActor(drawn.actor)
        if one.level == level:
            one.level = -1

    def set_visible(self, visible: bool) -> None:
        """Show or hide all of it."""
        self._visible = visible
        for one in self._shown:
            self._let_see(one)

    def _let_see(self, one: ShownTile) -> None:
        """Show the actors of a tile that are in sight, and hide the others."""
        for level, sides in one.drawn.items():
            for drawn in sides:
                is_here = level == one.level and drawn.side not in one.away
                drawn.actor.SetVisibility(self._visible and is_here)

    def look(
        self,
        view: Viewpoint,
        eye: NDArray[np.float64],
        size: tuple[int, int],
        *,
        hurry: bool,
    ) -> None:
        """Choose how fine each tile is drawn in a picture of `size` pixels.

        Parameters
        ----------
        eye : ndarray, shape (3,)
            Metres from the origin.
        hurry : bool
            Make few new actors, drawing what is there meanwhile.
        """
        if not self._visible or not self._shown:
            return
        corners = self._corners()
        pixels = _pixels(corners - eye, view, size)
        least, most = self._sides.reach(corners)
        allowance = MADE_AT_ONCE if hurry else len(self._shown)
        # The nearest first: where not all can be made, they are.
        for at in np.argsort(pixels, kind="stable").tolist():
            one = self._shown[at]
            level = -1
            if np.isfinite(pixels[at]):
                is_simple = self.simplify and one.hidden is None
                wanted = level_of(float(pixels[at])) if is_simple else 0
                level = _nearest(one.levels(), wanted)
                if level not in one.drawn and one.drawn and allowance <= 0:
                    level = _nearest(sorted(one.drawn), level)
                elif level not in one.drawn:
                    allowance -= 1
                    self._make(one, level)
            # A tile that the line does not cross is drawn once.
            away: frozenset[Side] = frozenset()
            if least[at] > 0:
                away = frozenset((-1,))
            elif most[at] < 0:
                away = frozenset((1,))
            if (level, away) != (one.level, one.away):
                one.level, one.away = level, away
                self._let_see(one)

    def _corners(self) -> NDArray[np.float64]:
        """Return the corners (n, 8, 3) of what holds each tile, metres from the origin."""
        ends = np.array([(one.low, one.high) for one in self._shown])
        which = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
        return np.stack([ends[:, which[:, axis], axis] for axis in range(3)], axis=-1)

    def _make(self, one: ShownTile, level: int) -> None:
        one.drawn[level] = []
        for there, side in one.sides():
            mesh = one.mesh(level, there)
            if not len(mesh.triangles):
                continue
            if self._terrain is not None:
                blocks = one.tile.simpler[level - 1].blocks if level else None
                mesh = lifted(mesh, self._terrain, self._origin, by_points=blocks)
            actor, array, pixels = triangles(mesh, self._parts(one, level, side))
            self._sides.keep(actor, side)
            actor.SetVisibility(False)
            actor.SetScale(1.0, 1.0, self._height)
            one.drawn[level].append(Drawn(side, mesh, actor, array, pixels))
            self._renderer.AddActor(actor)

    def _parts(self, one: ShownTile, level: int, side: Side) -> Colours:
        """Return the colour of each part of a level; a part is lit up as soon as a member is."""
        colours, lit = one.colours, one.lit
        if side < 0 and one.before is not None:
            colours = one.before
        if self._footprint_tone != 1.0:
            toned = np.minimum(colours * np.float32(self._footprint_tone), 255.0)
            colours = toned.astype(np.uint8)
        if level == 0:
            if lit is None:
                return colours
            colours = colours.copy()
            colours[lit] = self._highlight
            return colours
        simpler = one.tile.simpler[level - 1]
        mixed = simpler.mixed(colours)
        if lit is not None:
            mixed[simpler.part[lit]] = self._highlight
        return mixed

    def _paint(self, one: ShownTile, lit: NDArray[np.bool_] | None) -> None:
        """Write a tile's colours into the arrays VTK holds and tell it and its mappers."""
        if self._colours is None:
            return
        colours = self._colours[one.tile.members]
        before = None if self._before is None else self._before[one.tile.members]
        lit = lit if lit is not None and lit.any() else None
        is_same = np.array_equal(colours, one.colours) and _same(before, one.before)
        if lit is None and one.lit is None and is_same:
            return
        is_parted_anew = (before is None) != (one.before is None)
        one.colours, one.before, one.lit = colours, before, lit
        if is_parted_anew:
            for level in list(one.drawn):
                self._drop(one, level)
        else:
            self._upload(one)

    def _upload(self, one: ShownTile) -> None:
        for level, sides in one.drawn.items():
            for drawn in sides:
                drawn.pixels[:] = shaded(drawn.mesh, self._parts(one, level, drawn.side))
                drawn.array.Modified()
                mapper: Any = drawn.actor.GetMapper()
                mapper.GetInput().Modified()
                mapper.Modified()


def _pixels(
    places: NDArray[np.float64], view: Viewpoint, size: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the metres a pixel spans at the nearest corner of each box; inf out of sight.

    Parameters
    ----------
    places : ndarray, shape (n, 8, 3)
        Corners, metres from the eye.
    """
    tangent = np.tan(np.radians(FIELD_OF_VIEW / 2))
    depth = places @ view.forward
    up, right = places @ view.up, places @ view.right
    reach = depth * tangent
    wide = reach * size[0] / max(size[1], 1)
    outside = np.zeros(len(places), bool)
    for beyond in (up > reach, up < -reach, right > wide, right < -wide):
        outside |= beyond.all(axis=1)
    outside |= (depth <= 0).all(axis=1)
    near = np.maximum(depth.min(axis=1), 1.0)
    return np.where(outside, np.inf, near * tangent * 2 / max(size[1], 1))


def _same(one: NDArray[Any] | None, other: NDArray[Any] | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def _nearest(levels: list[int], wanted: int) -> int:
    """Return the level nearest to the one wanted; of two the finer."""
    return min(levels, key=lambda level: (abs(level - wanted), level))
