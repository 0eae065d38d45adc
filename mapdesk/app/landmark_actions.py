"""Landmarks in the window: a model is chosen, put where one clicks, turned and scaled in sight, and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QFileDialog

from mapdesk.app.jobs import Progress
from mapdesk.app.landmark_dialog import LandmarkDialog
from mapdesk.app.steps import Step, Steps
from mapdesk.layers.style import map_style
from mapdesk.model.language import tr
from mapdesk.scene3d.models import in_light
from mapdesk.scene3d.scene import Scene
from mapdesk.services import landmarks
from mapdesk.services.landmarks import KINDS, Landmark, Removed

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow
    from mapdesk.formats.solids import Solid

DRAFT = "landmark/draft"
"""What a model that is not kept yet is called in the scene."""
TOOL = "landmark"
WRITE = "landmark"
"""What its writes are called among the jobs."""
SEEN_FROM = 3.0
"""Times its size from which a model that was placed is looked at."""


class LandmarkDesk(QObject):
    """Places models and takes them back. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._solid: Solid | None = None
        self._origin = window.store.district.origin
        self.steps = Steps(window.jobs, WRITE, self._on_done, window.tell, _nothing)
        self.dialog: LandmarkDialog | None = None
        window.map.dropped.connect(self._on_dropped)
        window.jobs.ended.connect(self._on_job_ended)

    # ------------------------------------------------------------------ placing

    def choose(self) -> None:
        """Ask for a model's file."""
        kinds = " ".join(f"*{ending}" for ending in KINDS)
        chosen, _filter = QFileDialog.getOpenFileName(
            self._window, tr("Place 3D model…"), "", f"CityJSON, glTF, OBJ ({kinds})"
        )
        if chosen:
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Read a model and show it as a draft, at the middle of the map or where it says itself."""
        window = self._window
        here = window.map.viewpoint

        def work(progress: Progress) -> Solid:
            progress(f"Reading {path.name}", 0.1)
            return landmarks.read_model(window.store, path)

        def show(solid: Solid) -> None:
            place = solid.at or (here.x, here.y)
            draft = Landmark("", path.stem, "", *place)
            self._begin(draft, solid, movable=solid.at is None)
            if self.dialog is not None:
                self.dialog.accepted.connect(lambda: self._keep_new(path, solid))

        window.jobs.run("landmark", work, show)

    def edit(self) -> None:
        """Stand the landmark of the card elsewhere, or otherwise."""
        window, focus = self._window, self._window.session.focus
        models = window.map.models
        if focus is None or focus.noun != "landmark" or models is None:
            window.tell(tr("Click a landmark first."))
            return

        def work(_progress: Progress) -> tuple[Landmark, Solid]:
            from mapdesk.formats.solids import Solid
            from mapdesk.store import media

            found = landmarks.landmark_of(window.store, focus.id)
            return found, Solid.unpacked(media.of_map(window.store, found.file))

        def show(answer: tuple[Landmark, Solid]) -> None:
            self._begin(*answer, movable=True)
            if self.dialog is not None:
                self.dialog.accepted.connect(lambda: self._keep_changed(answer[0]))

        window.jobs.run("landmark", work, show)

    def _begin(self, landmark: Landmark, solid: Solid, *, movable: bool) -> None:
        if self.dialog is not None:
            self.dialog.reject()
        self._solid = solid
        self.dialog = LandmarkDialog(landmark, movable=movable, parent=self._window)
        self.dialog.changed.connect(self._draw_draft)
        self.dialog.finished.connect(self._end)
        self._hide_kept(landmark.id, hidden=True)
        self._draw_draft(landmark)
        self._window.session.set_tool(TOOL if movable else "pan")
        self.dialog.show()
        if not movable:
            self._fly_to(landmark)

    def _on_dropped(self, x: float, y: float) -> None:
        if self.dialog is not None:
            self.dialog.move_to(x, y)

    def _draw_draft(self, landmark: Landmark) -> None:
        window, solid = self._window, self._solid
        if solid is None:
            return
        style = map_style(window.theme)

        def change(scene: Scene) -> None:
            drawn = landmarks.stand(landmark, solid, scene.origin)
            scene.set_solid(
                DRAFT, drawn.mesh, in_light(drawn.palette, style), both_sides=True, stands="whole"
            )

        window.map.change_scene(change)

    def _end(self, _result: int) -> None:
        self._solid = None
        kept = "" if self.dialog is None else self.dialog.landmark.id
        self.dialog = None
        self._hide_kept(kept, hidden=False)
        self._window.map.change_scene(lambda scene: scene.remove(DRAFT))
        if self._window.session.tool == TOOL:
            self._window.session.set_tool("pan")

    def _hide_kept(self, key: str, *, hidden: bool) -> None:
        """Leave the landmark that is being changed out of the picture: its draft stands for it."""
        if key:
            name = f"{TOOL}/{key}"
            shown = not hidden and self._window.layers.is_visible("landmark")
            self._window.map.change_scene(lambda scene: scene.set_visible(name, shown))

    def _fly_to(self, landmark: Landmark) -> None:
        if self._solid is not None:
            corners = self._solid.corners.reshape(-1, 3) * landmark.scale
            across = float((corners.max(axis=0) - corners.min(axis=0)).max())
            self._window.map.fly_to(landmark.x, landmark.y, max(SEEN_FROM * across, 60.0))

    # ------------------------------------------------------------------ keeping and taking back

    def _keep_new(self, path: Path, solid: Solid) -> None:
        if self.dialog is None:
            return
        one, store = self.dialog.landmark, self._window.store

        def add() -> Step:
            at = None if solid.at is not None else (one.x, one.y)
            made = landmarks.put(store, path, solid, one.name, at, one.heading, one.scale, one.base)
            return _removing(self._window, made)

        self._do(add)

    def _keep_changed(self, before: Landmark) -> None:
        if self.dialog is not None and self.dialog.landmark != before:
            self._do(_changing(self._window, before, self.dialog.landmark))

    def remove(self) -> None:
        """Take the landmark of the card out."""
        window, focus = self._window, self._window.session.focus
        if focus is None or focus.noun != "landmark":
            window.tell(tr("Click a landmark first."))
            return

        def take_out() -> Step:
            return _removing(window, landmarks.landmark_of(window.store, focus.id))()

        self._do(take_out)
        window.session.set_focus(None)
        window.card_panel.show_nothing()

    def undo(self) -> None:
        """Take back what was done to landmarks last."""
        self._origin = self._window.store.district.origin
        self.steps.undo()

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._origin = self._window.store.district.origin
        self.steps.redo()

    def _do(self, step: Step) -> None:
        self._origin = self._window.store.district.origin
        self.steps.do(step)

    def _on_done(self) -> None:
        if self._window.store.district.origin != self._origin:
            self._window.reload()
        else:
            self._window.refresh_points(["landmark"])

    def _on_job_ended(self, key: str) -> None:
        if key == "points":
            self._window.layers_panel.set_counts(self._window.map.content.counts())


def _nothing() -> str:
    return tr("Nothing was done to landmarks that could be undone.")


def _removing(window: DeskWindow, landmark: Landmark) -> Step:
    def step() -> Step:
        return _restoring(window, landmarks.remove(window.store, landmark))

    return step


def _restoring(window: DeskWindow, removed: Removed) -> Step:
    def step() -> Step:
        return _removing(window, landmarks.restore(window.store, removed))

    return step


def _changing(window: DeskWindow, before: Landmark, after: Landmark) -> Step:
    def step() -> Step:
        made = landmarks.change(window.store, replace(after, id=before.id))
        return _changing(window, made, before)

    return step
