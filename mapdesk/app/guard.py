"""Who is at the desk: locking and unlocking it, and showing only what their role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QByteArray, QObject, pyqtSignal
from PyQt6.QtWidgets import QDialog, QToolBar, QWidget

from mapdesk.app.idle import IdleWatch
from mapdesk.app.jobs import InlineJobs, Progress, Runner
from mapdesk.app.lock_screen import LockScreen
from mapdesk.model.access import Access
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.rights import USER_ROLES, Right
from mapdesk.model.users import Credentials, title_of_role
from mapdesk.services import signing_in

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

MINUTES = 10
"""Without key or mouse before the desk locks itself, unless the user chose others."""
FEWEST, MOST = 1, 60
SETTING = "idle_minutes"


class Guard(QObject):
    """Locks one window; GUI thread only.

    Signals
    -------
    locked()
        The window is about to be covered: whatever is personal leaves it.
    unlocked()
        It shows again what was hidden.
    """

    locked = pyqtSignal()
    unlocked = pyqtSignal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._layout: QByteArray | None = None
        self._hidden: list[QWidget] = []
        self.screen: LockScreen | None = None
        self.watch = IdleWatch(self.minutes * 60, self)
        self.watch.expired.connect(self.lock)
        self.refresh()

    @property
    def minutes(self) -> int:
        """Minutes without key or mouse before the desk locks itself; setting them remembers them."""
        try:
            kept = round(float(self._window.settings.value(SETTING, MINUTES)))
        except (TypeError, ValueError):
            kept = MINUTES
        return min(max(kept, FEWEST), MOST)

    @minutes.setter
    def minutes(self, minutes: int) -> None:
        self._window.settings.setValue(SETTING, minutes)
        self.watch.limit = self.minutes * 60.0

    @property
    def has_user(self) -> bool:
        """Whether somebody signed in; a district without users has nobody to unlock for."""
        return self._window.store.identity.role in USER_ROLES

    def refresh(self) -> None:
        """Take in who is signed in now."""
        window = self._window
        identity = window.store.identity
        if (
            window.session.access.user != identity.user
            or window.session.access.role != identity.role
        ):
            window.session.set_access(identity.having(window.session.access.purpose))
        window.actions_table.show_rights(identity if self.screen is None else None)
        window.purpose.setEnabled(identity.may(Right.PEOPLE) or identity.may(Right.CAMERAS))
        role = title_of_role(identity.role, LANGUAGE.code)
        name = signing_in.name_of(window.store)
        window.status.show_user(f"{name} · {role}" if self.has_user else "")
        if self.has_user and self.screen is None:
            self.watch.begin()

    def lock(self) -> None:
        """Cover the window; streams end, dialogs close, and no key reaches what is below."""
        window = self._window
        if not self.has_user:
            owner = tr(
                "The owner of a district on a server is no user: sign in as one to lock the desk."
            )
            none = tr("This district has no users, so nobody could unlock it: File, Users…")
            window.tell(owner if window.store.is_shared else none)
            return
        if self.screen is not None:
            return
        self.watch.end()
        self.locked.emit()
        for wall in list(window.walls):
            wall.close()
        for dialog in window.findChildren(QDialog):
            dialog.reject()
        self._layout = window.saveState()
        self._hidden = [part for part in self._parts() if not part.isHidden()]
        for part in self._hidden:
            part.hide()
        window.actions_table.show_rights(None)
        window.plugins.set_enabled(enabled=False)
        name = signing_in.name_of(window.store)
        self.screen = LockScreen(name, name, window)
        self.screen.form.entered.connect(self._unlock)
        self.screen.left.connect(window.close)

    def _parts(self) -> list[QWidget]:
        window = self._window
        around = [window.menuBar(), window.statusBar(), window.centralWidget()]
        return [
            *(part for part in around if part is not None),
            *window.docks.values(),
            *window.findChildren(QToolBar),
        ]

    def _unlock(self, credentials: Credentials) -> None:
        screen = self.screen
        if screen is None:
            return
        store = self._window.store

        def work(_progress: Progress) -> Access:
            return signing_in.prove(store, credentials)

        screen.form.show_busy(True)
        self._window.jobs.run("unlock", work, self._unlocked, self._not_unlocked)

    @property
    def runner(self) -> Runner:
        """Where users are asked for: a server may take long to answer, a folder does not."""
        return self._window.jobs if self._window.store.is_shared else InlineJobs()

    def _not_unlocked(self, error: Exception) -> None:
        screen = self.screen
        if screen is None:
            return
        screen.form.show_busy(False)
        if not isinstance(error, WorldError):
            raise error
        screen.form.refuse(error)

    def _unlocked(self, access: Access) -> None:
        if self.screen is None:
            return
        self._window.store.identity = access
        self.uncover()
        self._window.plugins.set_enabled(enabled=True)
        self.refresh()
        self._window.map.setFocus()

    def uncover(self) -> None:
        """Show again what was hidden, as it lay."""
        if self.screen is None:
            return
        self.screen.form.stop()
        self._window.removeEventFilter(self.screen)
        self.screen.hide()
        self.screen.deleteLater()
        self.screen = None
        for part in self._hidden:
            part.show()
        if self._layout is not None:
            self._window.restoreState(self._layout)
        self.unlocked.emit()

    def close(self) -> None:
        """Watch no more; the layout is put back, so that it is remembered as it was."""
        self.watch.end()
        screen = self.screen
        if screen is not None:
            screen.form.stop()
            if self._layout is not None:
                self._window.restoreState(self._layout)
