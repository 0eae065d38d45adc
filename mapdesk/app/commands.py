"""What the actions do. One method an action; the table in `actions` names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog, QMessageBox

from mapdesk import __version__
from mapdesk.app.actions import Action
from mapdesk.app.filter_actions import FilterCommands
from mapdesk.app.import_dialog import ImportDialog
from mapdesk.app.jobs import Progress
from mapdesk.app.keys_dialog import KeysDialog
from mapdesk.app.new_dialog import NewDistrictDialog
from mapdesk.app.picture_door import save_picture
from mapdesk.app.sign_in_actions import SignInActions
from mapdesk.app.window_parts import ask_file
from mapdesk.model.errors import CancelledError, WorldError
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.nouns import NOUNS
from mapdesk.model.selection import Ref
from mapdesk.panels.palette import CommandPalette
from mapdesk.panels.stream_wall import MOST_TILES, CameraStream, StreamWall
from mapdesk.services import cameras, catalogue, copying, selecting
from mapdesk.services.cameras import CameraAddress
from mapdesk.services.finding import Found
from mapdesk.services.register_cards import REGISTER
from mapdesk.store.database import Place

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

FOUND_DISTANCE = 420.0
"""Metres from which a thing found is looked at."""


class Commands(FilterCommands):
    """Commands of one window; GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window
        self._palette: CommandPalette | None = None
        self._parts = (self, SignInActions(window))

    def run(self, action: Action) -> None:
        """Run an action; ground tools share one method."""
        if action.tool:
            self.use_tool(action.tool)
            return
        self.method_of(action)()

    def method_of(self, action: Action) -> Callable[[], None]:
        """Return what an action runs: a method of the part of the window it names, or of a part here."""
        part, _dot, name = action.run.rpartition(".")
        owner = getattr(self._window.parts, part) if part else _having(name, self._parts)
        method: Callable[[], None] = getattr(owner, name)
        return method

    def run_id(self, command: str) -> None:
        """Run an action or a card's button by its id."""
        if command in self._window.plugins.actions:
            self._window.plugins.run(command)
            return
        own = {"card.fly": self.fly_to_focus, "card.stream": self.open_focus}
        if command in own:
            own[command]()
        else:
            self._window.actions_table.run(command)

    # ------------------------------------------------------------------ file

    def new_district(self) -> None:
        """Ask for a folder, a name and a CRS, and open the new district in another window."""
        dialog = NewDistrictDialog(self._window)
        dialog.made.connect(self.open_other)
        dialog.open()

    def choose_district(self) -> None:
        """Open another district in another window."""
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Open district…"))
        if chosen:
            self.open_other(Path(chosen))

    def open_other(self, folder: Place) -> None:
        """Open a district in another window, once whoever may has signed in."""
        from mapdesk.app.main import ask_and_open

        try:
            ask_and_open(folder)
        except WorldError as error:
            self._window.tell(error)
        except CancelledError:  # the question for its passphrase was closed
            return

    def import_file(self) -> None:
        """Show the import dialog."""
        window = self._window
        dialog = ImportDialog(window.store, window.jobs, window)
        dialog.imported.connect(window.reload)
        dialog.open()

    def back_up(self) -> None:
        """Ask where to and write the backup."""
        name = f"{self._window.store.district.name}.mapdesk.zip"
        chosen, _filter = QFileDialog.getSaveFileName(self._window, tr("Back up…"), name)
        if not chosen:
            return
        store = self._window.store

        def work(progress: Progress) -> int:
            return copying.backup(store, Path(chosen), progress)

        def done(size: int) -> None:
            self._window.tell(
                tr("Backed up to {file} ({size} MB)", file=chosen, size=f"{size / 1e6:.1f}")
            )

        self._window.jobs.run("backup", work, done)

    def save_picture(self) -> None:
        """Ask for a file and save the map as it stands, attribution included."""
        file = ask_file(self._window, tr("Save picture…"), "map.png", "PNG (*.png)")
        if file is not None:
            save_picture(self._window, file)

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    # ------------------------------------------------------------------ edit and select

    def undo_selection(self) -> None:
        """Go back to the selection before."""
        self._window.asking.step_history(-1)

    def redo_selection(self) -> None:
        """Go forth to the selection after."""
        self._window.asking.step_history(1)

    def clear_selection(self) -> None:
        """Select nothing."""
        self._window.asking.clear()
        self._window.pointing.forget_floors()
        self.forget_nearest()

    def forget_nearest(self) -> None:
        """Take the lines to the nearest workers off the map."""
        self._window.asking.nearest_from = None
        self._window.session.set_nearest(())

    def run_on_group(self, what: str, noun: str) -> None:
        """Look at one group of the selection, or keep only it."""
        if what == "keep":
            self._window.asking.keep_only(noun)
            return
        window = self._window
        ids = window.session.selection.ids(noun)

        def work(_progress: Progress) -> tuple[float, float, float, float]:
            return selecting.bounds_of(window.store, noun, ids)

        window.jobs.run("place", work, window.map.fly_to_all)

    def show_search(self) -> None:
        """Put the cursor into the search field."""
        self._window.docks["Search"].show()
        self._window.search_panel.text.setFocus()
        self._window.search_panel.text.selectAll()

    def ask_purpose(self) -> None:
        """Put the cursor into the purpose field."""
        self._window.purpose.setFocus()
        self._window.purpose.selectAll()

    def set_purpose(self, purpose: str) -> None:
        """Put a purpose in force."""
        self._window.purpose.setText(purpose)
        self._window.session.set_access(self._window.store.identity.having(purpose))

    def use_tool(self, tool: str) -> None:
        """Make a ground tool the active one; Escape first drops a gesture, then closes a building."""
        if tool == "pan":
            if self._window.map.cancel_gesture():
                return
            if self._window.map.overlay.open is not None:
                self._window.parts.inside.close()
                return
            self.forget_nearest()
        self._window.session.set_tool(tool)
        self._window.map.setFocus()

    def select_inside(self) -> None:
        """Select everything inside the area whose card is shown."""
        focus = self._window.session.focus
        if focus is None or NOUNS[focus.noun].geometry != "polygon":
            self._window.tell(tr("Click a building or a grid first."))
        else:
            self._window.asking.select_inside(focus)

    def nearest_to_focus(self) -> None:
        """Find the nearest workers to the thing whose card is shown."""
        place = self._window.map.overlay.marks.focus_xy
        if place is None:
            self._window.tell(tr("Click a place or an incident first."))
        else:
            self._window.asking.nearest(place[0], place[1])

    # ------------------------------------------------------------------ going there

    def follow(self, ref: Ref) -> None:
        """Show the card of a linked thing and fly to it."""
        self._window.asking.card(ref)
        if ref.noun not in REGISTER:
            window = self._window

            def go(answer: tuple[float | None, float | None]) -> None:
                if answer[0] is not None and answer[1] is not None:
                    window.map.fly_to(answer[0], answer[1])

            window.jobs.run("place", partial(_place, window, ref), go)

    def go_to_found(self, found: Found) -> None:
        """Show what was found and fly to it; a person's home marks its floor."""
        self._window.asking.card(found.ref)
        if found.x is not None and found.y is not None and found.ref.noun != "person":
            self._window.map.fly_to(found.x, found.y, FOUND_DISTANCE)
        self._window.map.setFocus()

    def fly_to_focus(self) -> None:
        """Fly to the thing whose card is shown."""
        place = self._window.map.overlay.marks.focus_xy
        if place is not None:
            self._window.map.fly_to(place[0], place[1], FOUND_DISTANCE)

    # ------------------------------------------------------------------ streams

    def open_focus(self) -> None:
        """Open the thing whose card is shown: a camera's stream, a building; anything else is flown to."""
        focus = self._window.session.focus
        if self._window.parts.inside.enter():
            return
        if focus is not None and focus.noun == "camera":
            self.open_streams([focus.id])
        elif focus is not None and focus.noun == "building":
            self._window.parts.inside.open(focus.id)
        else:
            self.fly_to_focus()

    def open_selected_streams(self) -> None:
        """Open the selected cameras side by side."""
        ids = list(self._window.session.selection.ids("camera"))
        if ids:
            self.open_streams(ids)
        else:
            self._window.tell(tr("Select cameras first: draw a circle (C) or a lasso (L)."))

    def open_streams(self, ids: list[str]) -> None:
        """Open cameras; needs a purpose, and each one is put on record first."""
        window = self._window
        access = window.session.access

        def work(_progress: Progress) -> list[CameraAddress]:
            return cameras.open_cameras(window.store, access, ids[:MOST_TILES])

        window.jobs.run("streams", work, partial(self._show_wall, len(ids)), self._streams_refused)

    def _show_wall(self, asked: int, found: list[CameraAddress]) -> None:
        window = self._window
        if asked > MOST_TILES:
            window.tell(tr("{count} more are not shown", count=asked - MOST_TILES))
        streams = [CameraStream(one.id, one.name, one.main, one.sub) for one in found]
        wall = StreamWall(streams, window.open_source)
        wall.closed.connect(self._forget_wall)
        window.walls.append(wall)
        wall.show()

    def _streams_refused(self, error: Exception) -> None:
        self._window.tell(error)
        if isinstance(error, WorldError):
            self.ask_purpose()

    def _forget_wall(self, wall: StreamWall) -> None:
        self._window.walls.remove(wall)
        wall.deleteLater()

    # ------------------------------------------------------------------ view

    def look_at_all(self) -> None:
        """See the whole district."""
        self._window.map.look_at_all(self._window.loader.bounds())

    def north_up(self) -> None:
        """Turn north up."""
        self._window.map.fly(replace(self._window.map.viewpoint, bearing=0.0))

    def look_down(self) -> None:
        """Look straight down."""
        self._window.map.fly(replace(self._window.map.viewpoint, pitch=90.0))

    def look_oblique(self) -> None:
        """Look obliquely."""
        self._window.map.fly(replace(self._window.map.viewpoint, pitch=42.0))

    def switch_theme(self) -> None:
        """Change between light and dark."""
        self._window.set_theme("dark" if self._window.theme == "light" else "light")

    def switch_language(self) -> None:
        """Change between English and Chinese."""
        catalogue.speak("zh_CN" if LANGUAGE.code == "en" else "en")

    def switch_full_screen(self) -> None:
        """Enter or leave full screen."""
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def show_palette(self) -> None:
        """Show the command palette over the map."""
        commands = self._window.actions_table.commands() + self._window.plugins.commands()
        self._palette = CommandPalette(commands, self._window)
        self._palette.chosen.connect(self.run_id)
        view = self._window.map
        corner = view.mapToGlobal(view.rect().topLeft())
        self._palette.move(
            corner.x() + (view.width() - self._palette.width()) // 2, corner.y() + 40
        )
        self._palette.show()
        self._palette.text.setFocus()

    # ------------------------------------------------------------------ help

    def show_keys(self) -> None:
        """List keys and gestures."""
        KeysDialog(self._window).open()

    def show_about(self) -> None:
        """Say what this is."""
        text = tr("The map a city sub-district runs on. Free software, GPL-3.0-or-later.")
        box = QMessageBox(self._window)
        box.setWindowTitle(tr("About mapdesk"))
        box.setText(f"<h3>mapdesk {__version__}</h3><p>{text}</p>")
        box.open()


def _place(window: DeskWindow, ref: Ref, _progress: Progress) -> tuple[float | None, float | None]:
    from mapdesk.services.finding import place_of

    return place_of(window.store, ref)


def _having(name: str, parts: Iterable[object]) -> object:
    return next(part for part in parts if hasattr(part, name))
