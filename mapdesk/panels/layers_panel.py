"""The Layers dock: what the map shows."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mapdesk.layers.layers import LayerList
from mapdesk.layers.style import MapStyle
from mapdesk.model.language import LANGUAGE, tr, tr_sentence


class LayersPanel(QWidget):
    """A tick for each layer, the uppermost first, with its colour and the number of its rows.

    Below them one for the terrain everything stands on.
    """

    def __init__(self, layers: LayerList, style: MapStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = layers
        self._style = style
        self._counts: dict[str, int] = {}
        self.list = QListWidget()
        self.list.setObjectName("Layers")
        self.list.setIconSize(QSize(14, 14))
        self.list.itemChanged.connect(self._on_item)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.list)
        self.terrain = QCheckBox()
        self.terrain.setObjectName("Terrain")
        self._lacking = ""
        below = QHBoxLayout()
        below.setContentsMargins(11, 2, 8, 6)  # under the ticks of the list
        below.addWidget(self.terrain)
        box.addLayout(below)
        self.show_terrain(shown=False, lacking="")
        layers.changed.connect(self._on_layer)
        LANGUAGE.changed.connect(self._on_language)
        self.reset()

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show how many rows each layer has."""
        self._counts = counts
        self.reset()

    def show_terrain(self, *, shown: bool, lacking: str) -> None:
        """Tick what the map stands on, or say (English) why it cannot stand on terrain."""
        self._lacking = lacking
        self.terrain.setChecked(shown)
        self.terrain.setEnabled(not lacking)
        self.terrain.setText(tr("Terrain"))
        usual = tr("Everything stands on the ground's heights, or on a plane")
        self.terrain.setToolTip(tr_sentence(lacking) if lacking else usual)

    def set_style(self, style: MapStyle) -> None:
        """Show another theme's colours."""
        self._style = style
        self.reset()

    def reset(self) -> None:
        """Build the list anew."""
        self.list.blockSignals(True)
        self.list.clear()
        for layer in reversed(self._layers.layers):
            count = self._counts.get(layer.noun, 0)
            item = QListWidgetItem(self._swatch(layer.noun), f"{tr(layer.title)}  ({count:,})")
            item.setData(Qt.ItemDataRole.UserRole, layer.noun)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            shown = self._layers.is_visible(layer.noun)
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            if not count:
                item.setForeground(self.palette().placeholderText())
                item.setToolTip(tr("Nothing of this kind yet: File, Import brings some in."))
            self.list.addItem(item)
        self.list.blockSignals(False)

    def close_panel(self) -> None:
        """Stop listening."""
        self._layers.changed.disconnect(self._on_layer)
        LANGUAGE.changed.disconnect(self._on_language)

    def _swatch(self, noun: str) -> QIcon:
        fixed = {
            "building": self._style.building["commercial"],
            "grid": self._style.grid["2"],
            "road": self._style.road["trunk"],
            "railway": self._style.railway["rail"],
            "land_use": self._style.land_use["park"],
        }
        pixmap = QPixmap(28, 28)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fixed.get(noun) or self._style.symbol[noun]))
        if noun in fixed:
            painter.drawRoundedRect(3, 3, 22, 22, 5, 5)
        else:
            painter.drawEllipse(3, 3, 22, 22)
        painter.end()
        return QIcon(pixmap)

    def _on_item(self, item: QListWidgetItem) -> None:
        noun = item.data(Qt.ItemDataRole.UserRole)
        self._layers.set_visible(noun, item.checkState() == Qt.CheckState.Checked)

    def _on_layer(self, noun: str, visible: bool) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == noun:
                item.setCheckState(Qt.CheckState.Checked if visible else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)

    def _on_language(self, _code: str) -> None:
        self.show_terrain(shown=self.terrain.isChecked(), lacking=self._lacking)
        self.reset()
