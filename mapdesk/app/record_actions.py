"""The Record dock in the window: an auditor asks who looked at what, and whether the record is whole."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QFileDialog

from mapdesk.app.jobs import Progress
from mapdesk.app.window_parts import add_dock
from mapdesk.model.language import tr
from mapdesk.model.looks import AuditQuery, Verdict
from mapdesk.panels.audit_panel import AuditPanel
from mapdesk.services import auditing
from mapdesk.store.audit.heads import Head

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

HEIGHT = 360
"""Pixels of the dock when it is opened: some ten rows."""


class RecordDesk(QObject):
    """Owns the Record dock, hidden until an auditor asks for it. GUI thread only."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self.panel = AuditPanel()
        self.dock = add_dock(window, "Record", self.panel, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.tabifyDockWidget(window.docks["Table"], self.dock)
        self.dock.hide()
        window.docks["Record"] = self.dock
        self.panel.asked.connect(self._ask)
        self.panel.verify_asked.connect(self._verify)
        window.closed.connect(self._on_closed)

    def show(self) -> None:
        """Show the dock with the cursor in its first field."""
        fresh = not self.dock.isVisible()
        self.dock.show()
        self.dock.raise_()
        if fresh:
            self._window.resizeDocks([self.dock], [HEIGHT], Qt.Orientation.Vertical)
        self.panel.who.setFocus()

    def anchor(self) -> None:
        """Ask for the file that keeps signed heads of the record, and add one."""
        window = self._window
        # One file keeps every head: it is added to, never replaced.
        chosen, _filter = QFileDialog.getSaveFileName(
            window,
            tr("Anchor the record…"),
            str(window.settings.value("anchor", "record.anchor")),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not chosen:
            return
        window.settings.setValue("anchor", chosen)
        store, access = window.store, window.session.access

        def work(_progress: Progress) -> Head:
            return auditing.anchor(store, access, Path(chosen))

        window.jobs.run("audit", work, partial(self._anchored, chosen))

    def _anchored(self, file: str, head: Head) -> None:
        self._window.tell(
            tr("Row {number} of the record is signed in {file}", number=head.number, file=file)
        )

    def _ask(self, query: AuditQuery) -> None:
        store, access = self._window.store, self._window.session.access

        def work(_progress: Progress) -> list[dict[str, Any]]:
            return auditing.search(store, access, query)

        self._window.jobs.run("audit", work, self.panel.show_looks, self._failed)

    def _verify(self) -> None:
        store, access = self._window.store, self._window.session.access
        kept = str(self._window.settings.value("anchor", ""))
        anchor = Path(kept) if kept and Path(kept).is_file() else None

        def work(_progress: Progress) -> Verdict:
            return auditing.verify(store, access, anchor)

        self._window.jobs.run("audit", work, self.panel.show_verdict, self._failed)

    def _failed(self, error: Exception) -> None:
        self.panel.failed()
        self._window.tell(error)

    def _on_closed(self, _window: DeskWindow) -> None:
        self.panel.close_panel()
