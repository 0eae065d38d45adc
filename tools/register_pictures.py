"""Pictures of the register for its guide, on a copy of the demo district with users; see `pictures`.

Every picture is of the real window, signed in as whoever does that work.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import picture_files
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import QDialog

from mapdesk.app import main as desk
from mapdesk.app.edit_dialog import EditDialog
from mapdesk.app.export_dialog import Wish
from mapdesk.app.history_dialogs import HistoryDialog
from mapdesk.app.register_wizard import RegisterWizard
from mapdesk.app.requests_dialog import RequestsDialog
from mapdesk.app.sign_in_dialog import SignInDialog
from mapdesk.app.unlock_dialog import UnlockDialog
from mapdesk.app.window import DeskWindow
from mapdesk.model.filters import Condition, Filter
from mapdesk.model.selection import Ref
from mapdesk.model.users import Credentials, User
from mapdesk.panels import theme
from mapdesk.scene3d.viewpoint import Viewpoint
from mapdesk.services import catalogue, districts, homes, purposes, sealing, signing_in
from mapdesk.store import people, places

SIZE = (1280, 800)
PASSWORD = "a quiet harbour at dawn"  # noqa: S105 - of a district that lives for one run
PURPOSE = "visits to the old"
USERS = (
    User("li.na", "administrator", "Li Na"),
    User("wang.min", "analyst", "Wang Min"),
    User("sun.lei", "registrar", "Sun Lei"),
    User("zhao.qiang", "auditor", "Zhao Qiang"),
    User("chen.jie", "security", "Chen Jie"),
)
TURNING_80 = Filter("person", "all", (Condition("turning", "turns", (80, 60)),))
EVERYONE_OVER_80 = Filter("person", "all", (Condition("age", "at least", (80,)),))


class RegisterPictures:
    """Makes the pictures ``register-*.png``.

    Parameters
    ----------
    demo : Path
        The demo district; left as it is.
    work : Path
        Where the copy lies.
    out : Path
        Folder of the pictures.
    """

    def __init__(self, demo: Path, work: Path, out: Path) -> None:
        self._out = out
        self._work = work
        self._place = work / "register"
        shutil.rmtree(self._place, ignore_errors=True)
        shutil.copytree(demo, self._place)
        with districts.open_district(self._place) as store:
            for text in (PURPOSE, "check of fire exits", "register of May"):
                purposes.add(store, store.identity, text)
            for user in USERS:
                signing_in.add_user(store, user, PASSWORD)
        for user in USERS[1:]:
            # Who was given a password has to choose another one at the first sign-in.
            districts.open_district(
                self._place, Credentials(user.name, PASSWORD, new_password=PASSWORD + "!")
            ).close()

    def make(self) -> None:
        """Make all of them."""
        theme.apply(desk.make_application(["mapdesk"]), "light")
        self._as("wang.min", self._analyst)
        self._as("sun.lei", self._registrar)
        self._as("chen.jie", self._security)
        self._as("zhao.qiang", self._auditor)
        self._as("wang.min", self._in_chinese)
        catalogue.speak("en")
        theme.apply(desk.make_application(["mapdesk"]), "light")
        self._doors_to_the_desk()

    # ------------------------------------------------------------------ means

    def _as(self, user: str, work: Callable[[DeskWindow], None]) -> None:
        store = districts.open_district(self._place, Credentials(user, PASSWORD + "!"))
        desk.picture_of_window(store, SIZE, work)

    def save(self, name: str, picture: QPixmap) -> None:
        """Save a picture of the register."""
        picture_files.save(picture, self._out / f"register-{name}.png")

    def _window(self, name: str, window: DeskWindow) -> None:
        desk.settle(window)
        self.save(name, window.grab())

    def _dialog(self, name: str, dialog: QDialog, window: DeskWindow) -> None:
        dialog.show()
        desk.settle(window)
        self.save(name, dialog.grab())

    # ------------------------------------------------------------------ the analyst

    def _analyst(self, window: DeskWindow) -> None:
        window.commands.set_purpose(PURPOSE)
        tower = self._tower(window)
        window.asking.card(Ref("building", tower))
        desk.settle(window)
        _look_at_focus(window)
        self._window("building", window)
        self._person(window, tower)
        self._search(window, tower)
        self._filter(window)
        self._makeup(window)
        self._paper(window)
        self._ask_for_approval(window)

    def _tower(self, window: DeskWindow) -> str:
        """Return a house of six floors and several stairs with units of most uses."""
        found = [
            str(row["id"])
            for row in places.where(window.store, "building", "use", ["residential"])
            if row["floors"] == 6
        ][:40]
        uses = {
            key: len(
                {row["use"] for row in places.where(window.store, "unit", "building_id", [key])}
            )
            for key in found
        }
        return max(found, key=uses.__getitem__)

    def _person(self, window: DeskWindow, building: str) -> None:
        """A person's card, masked and unmasked, side by side."""
        living = people.of_building(window.store, building)
        grown = next(row for row in living if row["relation"] == "spouse")
        window.asking.card(Ref("person", grown["id"]))
        desk.settle(window)
        panel = window.card_panel
        masked = panel.grab()
        panel.unmask_bar.ask_reason()
        panel.unmask_bar.given.emit("her daughter asks us to call her")
        desk.settle(window)
        self.save("person", picture_files.beside((masked, panel.grab())))
        panel.unmask_bar.end()

    def _search(self, window: DeskWindow, building: str) -> None:
        """Search by pinyin initials."""
        window.asking.card(Ref("building", building))
        window.search_panel.text.setText("wjg")
        self._window("search", window)
        window.search_panel.text.clear()

    def _filter(self, window: DeskWindow) -> None:
        """Who turns 80 within 60 days: the builder, its table and the map."""
        filters = window.parts.filters
        window.actions_table.run("edit.filter")
        desk.settle(window)
        filters.panel.show_filter(TURNING_80)
        filters.panel.show_table.click()
        desk.settle(window)
        filters.panel.show_map.click()
        self._window("filter", window)
        for dock in (filters.filter_dock, filters.table_dock):
            dock.hide()
        window.asking.clear()

    def _makeup(self, window: DeskWindow) -> None:
        """The make-up of a grid beside the whole district."""
        grid = self._grid(window)
        window.asking.card(Ref("grid", grid))
        desk.settle(window)
        window.docks["Selection"].hide()
        window.actions_table.run("select.makeup")
        self._window("makeup", window)
        window.docks["Make-up"].hide()
        window.docks["Selection"].show()

    def _grid(self, window: DeskWindow) -> str:
        """Return the residential grid of the third level with most people."""
        rows = places.where(window.store, "grid", "level", [3])
        counts = {
            str(row["id"]): people.count_of_grid(window.store, row["id"])
            for row in rows
            if row["kind"] == "residential"
        }
        return max(counts, key=counts.__getitem__)

    def _paper(self, window: DeskWindow) -> None:
        """The sheet of a grid, and a door list."""
        sheet, doors = self._work / "sheet.pdf", self._work / "doors.pdf"
        sheet.unlink(missing_ok=True)
        grid = self._grid(window)
        window.parts.outgoing.write_sheet(grid, sheet)
        while not sheet.is_file():  # its map is drawn beside the window
            desk.settle(window)
        desk.settle(window)
        self.save("sheet", picture_files.page(sheet))
        communities = places.where(window.store, "grid", "level", [2])[:4]
        here = Condition("grid", "within", tuple(str(row["id"]) for row in communities))
        turning = Filter("person", "all", (*TURNING_80.parts, here))
        window.parts.outgoing.write_doors(turning, doors)
        desk.settle(window)
        self.save("doors", picture_files.page(doors))

    def _ask_for_approval(self, window: DeskWindow) -> None:
        """Everyone of 80 and more is more than may leave on one person's word."""
        filters, outgoing = window.parts.filters, window.parts.outgoing
        filters.ask(EVERYONE_OVER_80)
        desk.settle(window)
        outgoing.asked_for.connect(outgoing.ask)
        outgoing.write(Wish("", self._work / "over-80.xlsx", ""))
        desk.settle(window)
        for dialog in window.findChildren(QDialog):
            dialog.reject()

    # ------------------------------------------------------------------ the others

    def _registrar(self, window: DeskWindow) -> None:
        """The wizard's pages, a correction and its history."""
        window.commands.set_purpose("register of May")
        listed = people.of_building(window.store, self._tower(window))
        living = [people.person(window.store, row["id"]) or row for row in listed]
        file = self._work / "register of May.csv"
        self._write_register(window, living, file)
        wizard = RegisterWizard(window.store, window.session.access, window.jobs, window)
        wizard.show()
        wizard.take_file(file)
        self._dialog("import-columns", wizard, window)
        wizard.read.click()
        desk.settle(window)
        wizard.changes.show_status("changed")
        desk.settle(window)
        wizard.changes.model.tick_all(ticked=True)
        self._dialog("import-changes", wizard, window)
        wizard.changes.show_status("doubtful")
        desk.settle(window)
        wizard.changes.view.selectRow(0)
        self._dialog("import-doubtful", wizard, window)
        wizard.changes.show_status("changed")
        desk.settle(window)
        wizard.accept_ticked.click()
        desk.settle(window)
        wizard.close()
        self._correct(window, living[3]["id"])

    def _correct(self, window: DeskWindow, person: str) -> None:
        store, access, jobs = window.store, window.session.access, window.jobs
        ref = Ref("person", person)
        dialog = EditDialog(store, access, jobs, ref, window)
        dialog.show()
        desk.settle(window)
        phone: Any = dialog.editors["phone"]
        phone.setText("138 and then?")
        phone.editingFinished.emit()
        desk.settle(window)
        wrong = dialog.grab()
        phone.setText("13800006688")
        dialog.save.click()
        desk.settle(window)
        history = HistoryDialog(store, access, jobs, [ref], window)
        history.show()
        desk.settle(window)
        self.save("correct", picture_files.beside((wrong, history.grab())))
        history.reject()

    def _write_register(
        self, window: DeskWindow, living: Sequence[dict[str, Any]], file: Path
    ) -> None:
        """A register with changes, newcomers, doubts and a row without a name."""
        told = homes.texts_of(window.store, [row["unit_id"] for row in living])
        rows = [
            [
                row["name"],
                row["identity_number"] or "",
                f"1380000{number:04d}" if number % 11 == 3 else row["phone"] or "",
                told[row["unit_id"]],
            ]
            for number, row in enumerate(living)
        ]
        first = told[living[0]["unit_id"]]
        rows += [[f"新来{word}", "", f"1390000{at:04d}", first] for at, word in enumerate("甲乙丙")]
        street, _space, _door = first.rpartition(" ")
        rows += [
            [f"周{word}", "", "", f"{street} {room}"]
            for word, room in zip("辰巳", ("102", "3-301"))
        ]
        rows.append(["", "", "13900001111", first])
        with file.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([["姓名", "身份证号", "电话", "地址"], *rows])

    def _security(self, window: DeskWindow) -> None:
        """What waits for a second person."""
        dialog = RequestsDialog(window.store, window.session.access, window, deciding=True)
        dialog.table.selectRow(0)
        self._dialog("approvals", dialog, window)
        dialog.reject()

    def _auditor(self, window: DeskWindow) -> None:
        """The record, verified."""
        window.actions_table.run("file.record")
        panel = window.parts.record.panel
        panel.search.click()
        desk.settle(window)
        panel.verify.click()
        self._window("record", window)

    def _in_chinese(self, window: DeskWindow) -> None:
        """The dark desk in Chinese, and locked."""
        catalogue.speak("zh_CN")
        window.set_theme("dark")
        window.commands.set_purpose("走访高龄老人")
        window.asking.card(Ref("building", self._tower(window)))
        desk.settle(window)
        _look_at_focus(window)
        self._window("building-zh", window)
        filters = window.parts.filters
        window.actions_table.run("edit.filter")
        desk.settle(window)
        filters.panel.show_filter(TURNING_80)
        filters.panel.show_table.click()
        self._window("filter-zh", window)
        window.guard.lock()
        desk.settle(window)
        self.save("locked-zh", window.grab())
        window.guard.uncover()

    def _doors_to_the_desk(self) -> None:
        """Signing in, and unlocking an encrypted district."""
        signing = SignInDialog(self._place, districts.title_of(self._place), "wang.min")
        sealed = self._work / "harbour"
        shutil.rmtree(sealed, ignore_errors=True)
        sealing.create_encrypted_district(sealed, "Harbour", "EPSG:4548", PASSWORD).close()
        unlocking = UnlockDialog(sealing.lock_of(sealed))
        self.save(
            "sign-in",
            picture_files.beside([picture_files.grabbed(one) for one in (signing, unlocking)]),
        )


def _look_at_focus(window: DeskWindow) -> None:
    place = window.map.overlay.marks.focus_xy
    if place is not None:
        window.map.look(Viewpoint(place[0], place[1], 420.0, 25.0, 34.0))
