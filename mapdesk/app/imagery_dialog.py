"""The rasters of a district in the window: their order, how they are shown, adding and forgetting them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from mapdesk.app.add_raster_dialog import AddRasterDialog
from mapdesk.app.dialog_parts import button, refusal, say
from mapdesk.app.imagery import Imagery
from mapdesk.app.jobs import Progress, Runner
from mapdesk.layers.rasters import DARKEST, LIGHTEST, LONGEST_ATTRIBUTION, RasterLayer
from mapdesk.model.errors import WorldError
from mapdesk.model.language import tr, tr_sentence
from mapdesk.model.rights import Right
from mapdesk.services import imagery
from mapdesk.store.database import Store

KEY = "rasters"
_KEEP_AFTER = 400
"""Milliseconds after which a slider that rests is written to the district."""


def _nothing(_answer: object) -> None:
    return


class ImageryDialog(QDialog):
    """The uppermost raster first, with a tick for what is drawn; opacity and brightness of the chosen one.

    Signals
    -------
    shown_wanted()
        The imagery base map is to be shown.
    swipe_wanted(str, str)
        Two rasters are to be compared: left and right of a line.

    Parameters
    ----------
    changed : callable
        Called when what is kept was changed, also where that came to pass after closing.
    """

    shown_wanted = pyqtSignal()
    swipe_wanted = pyqtSignal(str, str)
    forgotten = pyqtSignal(object)

    def __init__(
        self,
        store: Store,
        jobs: Runner,
        drawn: Imagery,
        changed: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._store, self._jobs, self._drawn, self._changed = store, jobs, drawn, changed
        self._is_closed = False
        self._layers: list[RasterLayer] = []
        self.setWindowTitle(tr("Imagery"))
        self.resize(560, 430)
        self.list = QListWidget()
        self.list.setObjectName("Rasters")
        self.list.currentRowChanged.connect(self._on_current)
        self.list.itemChanged.connect(self._on_ticked)
        self.empty = QLabel(
            tr(
                "No pictures yet. Add a GeoTIFF, MBTiles or PMTiles file, or the tiles of a server "
                "(XYZ, WMTS)."
            )
        )
        self.empty.setObjectName("FieldLabel")
        self.empty.setWordWrap(True)
        self.opacity = _slider(0, 100)
        self.brightness = _slider(round(DARKEST * 100), round(LIGHTEST * 100))
        self.attribution = QLineEdit()
        self.attribution.setMaxLength(LONGEST_ATTRIBUTION)
        self.attribution.setPlaceholderText(tr("whose it is; stands on every map"))
        self.taken = QLineEdit()
        self.taken.setMaxLength(40)
        self.taken.setPlaceholderText(tr("when: 2024, 2024-05 or 2024-05-12 (optional)"))
        self.taken.editingFinished.connect(self._on_taken)
        self.source = QLabel()
        self.source.setObjectName("FieldLabel")
        self.source.setWordWrap(True)
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.opacity.valueChanged.connect(self._on_look)
        self.brightness.valueChanged.connect(self._on_look)
        self.attribution.editingFinished.connect(self._on_attribution)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_KEEP_AFTER)
        self._rest.timeout.connect(self._keep_look)
        self.problem = refusal()
        self._buttons()
        self._lay_out()
        self._enable()
        self.read()

    def _buttons(self) -> None:
        self.add = button(tr("Add…"), self._on_add)
        self.up = button(tr("Higher"), self._on_up)
        self.down = button(tr("Lower"), self._on_down)
        self.forget = button(tr("Forget"), self._on_forget)
        self.swipe = button(tr("Compare"), self._on_swipe)
        self.swipe.setToolTip(tr("Draw this one left of a line and the one above it right of it"))
        self.show_map = button(tr("Show imagery"), self.shown_wanted)
        self.show_map.setObjectName("Primary")
        self.close_it = button(tr("Close"), self.accept)

    def _lay_out(self) -> None:
        beside = QVBoxLayout()
        for one in (self.add, self.up, self.down, self.forget, self.swipe):
            beside.addWidget(one)
        beside.addStretch(1)
        upper = QHBoxLayout()
        upper.addWidget(self.list, 1)
        upper.addLayout(beside)
        form = QFormLayout()
        form.addRow(tr("Opacity"), self.opacity)
        form.addRow(tr("Brightness"), self.brightness)
        form.addRow(tr("Attribution"), self.attribution)
        form.addRow(tr("Taken"), self.taken)
        form.addRow(tr("From"), self.source)
        lower = QHBoxLayout()
        lower.addStretch(1)
        lower.addWidget(self.show_map)
        lower.addWidget(self.close_it)
        box = QVBoxLayout(self)
        box.addWidget(self.empty)
        box.addLayout(upper, 1)
        box.addLayout(form)
        box.addWidget(self.problem)
        box.addLayout(lower)

    # ------------------------------------------------------------------ what is kept

    def read(self) -> None:
        """Read the rasters anew."""
        self._run(lambda: imagery.layers(self._store), self._show, self._jobs.run)

    def _show(self, layers: list[RasterLayer]) -> None:
        if self._is_closed:
            return
        current = self._current()
        self._layers = layers
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for layer in reversed(layers):
            item = QListWidgetItem(layer.name)
            item.setData(Qt.ItemDataRole.UserRole, layer.name)
            item.setToolTip(layer.source_shown)
            item.setCheckState(Qt.CheckState.Checked if layer.shown else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        names = [layer.name for layer in reversed(layers)]
        row = names.index(current.name) if current is not None and current.name in names else 0
        self.list.setCurrentRow(row if names else -1)
        blocker.unblock()
        self.empty.setVisible(not layers)
        self._on_current()

    def _current(self) -> RasterLayer | None:
        item = self.list.currentItem()
        name = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return next((layer for layer in self._layers if layer.name == name), None)

    def _on_current(self, _row: int = -1) -> None:
        self._keep_look()
        layer = self._current()
        for slider, value in (
            (self.opacity, 1.0 if layer is None else layer.opacity),
            (self.brightness, 1.0 if layer is None else layer.brightness),
        ):
            blocker = QSignalBlocker(slider)
            slider.setValue(round(value * 100))
            slider.setToolTip(f"{slider.value()} %")
            blocker.unblock()
        self.attribution.setText("" if layer is None else layer.attribution)
        self.taken.setText("" if layer is None else layer.taken)
        self.source.setText("" if layer is None else layer.source_shown)
        self._enable()

    def _enable(self) -> None:
        layer = self._current()
        able = self._store.identity.may(Right.EDIT_PLACES)
        at = self.list.currentRow()
        self.add.setEnabled(able)
        self.forget.setEnabled(able and layer is not None)
        self.attribution.setEnabled(able and layer is not None)
        self.taken.setEnabled(able and layer is not None)
        self.up.setEnabled(able and at > 0)
        self.down.setEnabled(able and 0 <= at < len(self._layers) - 1)
        self.swipe.setEnabled(layer is not None and at > 0)
        self.opacity.setEnabled(layer is not None)
        self.brightness.setEnabled(layer is not None)
        self.show_map.setEnabled(bool(self._layers))

    # ------------------------------------------------------------------ what is done

    def _on_add(self) -> None:
        dialog = AddRasterDialog(self._store, self._jobs, self)
        dialog.added.connect(self._on_added)
        dialog.open()

    def _on_added(self) -> None:
        self._changed()
        if not self._is_closed:
            self.read()

    def _on_forget(self) -> None:
        layer = self._current()
        if layer is not None:
            name = layer.name
            self._write(lambda: imagery.remove(self._store, name), self.forgotten.emit)

    def _on_up(self) -> None:
        self._swap(1)

    def _on_down(self) -> None:
        self._swap(-1)

    def _swap(self, by: int) -> None:
        layer = self._current()
        if layer is None:
            return
        names = [one.name for one in self._layers]
        at = names.index(layer.name)
        names[at], names[at + by] = names[at + by], names[at]
        self._write(lambda: imagery.reorder(self._store, names))

    def _on_ticked(self, item: QListWidgetItem) -> None:
        name = str(item.data(Qt.ItemDataRole.UserRole))
        shown = item.checkState() == Qt.CheckState.Checked
        self._write(lambda: imagery.change(self._store, name, shown=shown))

    def _on_attribution(self) -> None:
        layer = self._current()
        text = self.attribution.text().strip()
        if layer is not None and text != layer.attribution:
            name = layer.name
            self._write(lambda: imagery.change(self._store, name, attribution=text))

    def _on_taken(self) -> None:
        layer = self._current()
        text = self.taken.text().strip()
        if layer is not None and text != layer.taken:
            name = layer.name
            self._write(lambda: imagery.change(self._store, name, taken=text))

    def _on_swipe(self) -> None:
        layer = self._current()
        if layer is None:
            return
        names = [one.name for one in self._layers]
        above = names[names.index(layer.name) + 1]
        drawn = {one.name for one in self._drawn.layers}
        if not {layer.name, above} <= drawn:
            self._refuse(tr("Tick both and show imagery first; then they can be compared."))
            return
        self._refuse("")
        self.swipe_wanted.emit(layer.name, above)

    def _on_look(self, _value: int) -> None:
        """Show it on the map at once; the district keeps what the slider rests at."""
        layer = self._current()
        if layer is None:
            return
        changed = replace(
            layer,
            opacity=self.opacity.value() / 100,
            brightness=self.brightness.value() / 100,
        )
        self.opacity.setToolTip(f"{self.opacity.value()} %")
        self.brightness.setToolTip(f"{self.brightness.value()} %")
        self._layers = [changed if one.name == layer.name else one for one in self._layers]
        self._drawn.restyle(changed)
        self._unkept = changed
        self._rest.start()

    _unkept: RasterLayer | None = None

    def _keep_look(self) -> None:
        """Write what the sliders were left at, if this user may."""
        self._rest.stop()
        layer, self._unkept = self._unkept, None
        if layer is None or not self._store.identity.may(Right.EDIT_PLACES):
            return

        def keep() -> RasterLayer:
            return imagery.change(
                self._store, layer.name, opacity=layer.opacity, brightness=layer.brightness
            )

        self._run(keep, _nothing, self._jobs.run_write)

    def done(self, result: int) -> None:
        """Keep what is not kept yet, and close; what is under way is written, but not listed."""
        self._keep_look()
        self._is_closed = True
        super().done(result)

    def _write(self, work: Callable[[], Any], then: Callable[[Any], None] = _nothing) -> None:
        def written(answer: object) -> None:
            self._on_added()
            then(answer)

        self._run(work, written, self._jobs.run_write)

    def _run(
        self, work: Callable[[], Any], then: Callable[[Any], None], run: Callable[..., None]
    ) -> None:
        def do(_progress: Progress) -> Any:
            return work()

        def fail(error: Exception) -> None:
            if not isinstance(error, WorldError):
                raise error
            if self._is_closed:
                return
            self._refuse(tr_sentence(str(error)))
            self.read()

        self._refuse("")
        run(KEY, do, then, fail)

    def _refuse(self, sentence: str) -> None:
        say(self.problem, sentence)


def _slider(low: int, high: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setValue(100)
    slider.setPageStep(10)
    return slider
