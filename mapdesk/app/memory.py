"""What a window remembers: its layout, what it shows, and where it looks, by district."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings
from PyQt6.QtWidgets import QMainWindow

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
        """Put docks and tool bars where they were."""
        for key, restore in (
            ("geometry", window.restoreGeometry),
            ("state", window.restoreState),
        ):
            saved = self.settings.value(key)
            if isinstance(saved, QByteArray):
                restore(saved)

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
        self.settings.setValue("geometry", window.saveGeometry())
        self.settings.setValue("state", window.saveState())
        self.settings.setValue("layers", ",".join(layers.visible()))
        self.settings.setValue(self._view_key, place)
        self.settings.sync()
