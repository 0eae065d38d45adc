"""What a window remembers: its layout, what it shows, and where it looks, by district."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from PyQt6.QtCore import QByteArray, QRect, QSettings
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QWidget

from mapdesk.app.screens import Rect, arrangement_key, placed
from mapdesk.layers.layers import LayerList
from mapdesk.scene3d.viewpoint import Viewpoint


class Memory:
    """Reads and writes the settings of one window.

    Parameters
    ----------
    settings : QSettings
    folder : Path
        The district's: a view is remembered for the folder, whatever its name.
    """

    def __init__(self, settings: QSettings, folder: Path) -> None:
        self.settings = settings
        key = blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
        self._view_key = f"view/{key}"

    def restore_layout(self, window: QMainWindow) -> None:
        """Put window, docks and tool bars where they were with these screens, or as they were last."""
        for key, restore in (
            ("geometry", window.restoreGeometry),
            ("state", window.restoreState),
        ):
            saved = self._of_screens(key)
            if saved is not None:
                restore(saved)
        bring_within_reach(window)
        for dock in window.findChildren(QDockWidget):
            if dock.isFloating():
                bring_within_reach(dock)

    def restore_frame(self, frame: QWidget, name: str) -> None:
        """Put a window beside the main one where it stood with these screens, or where it stood last."""
        saved = self._of_screens(f"frame {name}")
        if saved is not None:
            frame.restoreGeometry(saved)
        bring_within_reach(frame)

    def keep_frame(self, frame: QWidget, name: str) -> None:
        """Remember where a window beside the main one stands."""
        self._keep_of_screens(f"frame {name}", frame.saveGeometry())

    def _of_screens(self, key: str) -> QByteArray | None:
        """Return what was kept with the screens there are, else what was kept last."""
        for name in (f"{key}/{_screens_key()}", key):
            saved = self.settings.value(name)
            if isinstance(saved, QByteArray):
                return saved
        return None

    def _keep_of_screens(self, key: str, value: QByteArray) -> None:
        self.settings.setValue(key, value)
        self.settings.setValue(f"{key}/{_screens_key()}", value)

    def restore_layers(self, layers: LayerList) -> None:
        """Show the layers that were shown."""
        saved = self.settings.value("layers")
        if saved:
            layers.show_only(str(saved).split(","))

    def view(self, bounds: tuple[float, float, float, float]) -> Viewpoint | None:
        """Return the remembered viewpoint; None where there is none that looks at `bounds` (m)."""
        saved = self.settings.value(self._view_key)
        parts = saved if isinstance(saved, list) else str(saved or "").split(",")
        try:
            view = Viewpoint(*(float(part) for part in parts)).limited()
        except (TypeError, ValueError):
            return None
        margin = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
        near_x = bounds[0] - margin <= view.x <= bounds[2] + margin
        near_y = bounds[1] - margin <= view.y <= bounds[3] + margin
        return view if near_x and near_y else None

    def keep(self, window: QMainWindow, layers: LayerList, view: Viewpoint) -> None:
        """Write layout, layers and viewpoint."""
        place = f"{view.x!r},{view.y!r},{view.distance!r},{view.bearing!r},{view.pitch!r}"
        self._keep_of_screens("geometry", window.saveGeometry())
        self._keep_of_screens("state", window.saveState())
        self.settings.setValue("layers", ",".join(layers.visible()))
        self.settings.setValue(self._view_key, place)
        self.settings.sync()


def bring_within_reach(window: QWidget) -> None:
    """Move a window that stands on a screen that is gone onto one that is there."""
    frame = _rect(window.frameGeometry())
    x, y, width, height = placed(frame, free_screens())
    if (x, y, width, height) == frame:
        return
    edges = window.frameGeometry().size() - window.size()
    window.resize(width - edges.width(), height - edges.height())
    window.move(x, y)


def free_screens() -> list[Rect]:
    """Return what is free on each screen, the main one first."""
    main = QGuiApplication.primaryScreen()
    others = [screen for screen in QGuiApplication.screens() if screen is not main]
    return [_rect(one.availableGeometry()) for one in (main, *others) if one is not None]


def _screens_key() -> str:
    """Return a short key of the arrangement of screens."""
    said = arrangement_key(
        (screen.name(), _rect(screen.geometry())) for screen in QGuiApplication.screens()
    )
    return blake2b(said.encode(), digest_size=6).hexdigest()


def _rect(rect: QRect) -> Rect:
    return rect.x(), rect.y(), rect.width(), rect.height()
