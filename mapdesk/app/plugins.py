"""Finding and running plugins: the shipped ones, trusted code that sees `mapdesk.api` only."""

from __future__ import annotations

import importlib
import importlib.resources
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QFileDialog, QMenu

from mapdesk.api import Desk
from mapdesk.app.jobs import Progress
from mapdesk.model.language import LANGUAGE, tr

if TYPE_CHECKING:
    from mapdesk.app.window import DeskWindow

_PACKAGE = "mapdesk_plugins"


@dataclass(frozen=True)
class Plugin:
    """One plugin's manifest."""

    id: str
    title: str
    title_zh: str
    tip: str
    keys: str

    def run(self, desk: Desk) -> None:
        """Import the plugin and run its command."""
        importlib.import_module(f"{_PACKAGE}.{self.id}").run(desk)


def installed() -> list[Plugin]:
    """Read the manifests of all plugins, by id; their code is not imported yet."""
    found = []
    for folder in importlib.resources.files(_PACKAGE).iterdir():
        manifest = folder / "plugin.toml"
        if folder.is_dir() and manifest.is_file():
            values = tomllib.loads(manifest.read_text("utf-8"))
            found.append(
                Plugin(
                    values["id"],
                    values["title"],
                    values.get("title_zh", values["title"]),
                    values.get("tip", ""),
                    values.get("keys", ""),
                )
            )
    return sorted(found, key=_id)


def _id(plugin: Plugin) -> str:
    return plugin.id


class PluginMenu:
    """The commands of plugins in a menu of their own.

    Parameters
    ----------
    window : DeskWindow
    """

    def __init__(self, window: DeskWindow) -> None:
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._plugins = {plugin.id: plugin for plugin in installed()}
        for plugin in self._plugins.values():
            action = QAction(window)
            action.setObjectName(plugin.id)
            action.setShortcut(QKeySequence(plugin.keys))
            action.triggered.connect(self._on_triggered)
            window.addAction(action)
            self.actions[plugin.id] = action

    def fill(self, menu: QMenu) -> None:
        """Put the commands into `menu`, in the language in force."""
        for key, action in self.actions.items():
            plugin = self._plugins[key]
            chinese = LANGUAGE.code.startswith("zh")
            action.setText(plugin.title_zh if chinese else plugin.title)
            action.setToolTip(tr(plugin.tip))
            menu.addAction(action)

    def commands(self) -> list[tuple[str, str, str]]:
        """Return (id, title, keys) of each command, for the palette."""
        return [
            (key, action.text(), self._plugins[key].keys) for key, action in self.actions.items()
        ]

    def set_enabled(self, *, enabled: bool) -> None:
        """Let the commands be run, or not."""
        for action in self.actions.values():
            action.setEnabled(enabled)

    def run(self, key: str) -> None:
        """Run a plugin's command on what is selected now."""
        window = self._window
        self._plugins[key].run(Desk(window.store, window.session.selection, _View(window)))

    def _on_triggered(self) -> None:
        sender = self._window.sender()
        for key, action in self.actions.items():
            if action is sender:
                self.run(key)


class _View:
    """A window as a plugin sees it; see `mapdesk.api.DeskView`."""

    def __init__(self, window: DeskWindow) -> None:
        self._window = window

    def say(self, sentence: str) -> None:
        self._window.tell(tr(sentence))

    def ask_where_to_save(self, title: str, name: str) -> Path | None:
        chosen, _filter = QFileDialog.getSaveFileName(self._window, tr(title), name)
        return Path(chosen) if chosen else None

    def work(self, key: str, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        def job(_progress: Progress) -> Any:
            return work()

        self._window.jobs.run(f"plugin.{key}", job, then)
