"""Where and how a model stands: its fields beside the map, which shows it while they change."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mapdesk.model.language import tr
from mapdesk.services.landmarks import HIGHEST, LARGEST_SCALE, Landmark


class LandmarkDialog(QDialog):
    """Asks for name, heading, scale and base of a landmark; its place is clicked on the map.

    Signals
    -------
    changed(Landmark)
        A field or the place is another: show it so.
    """

    changed = pyqtSignal(object)

    def __init__(self, landmark: Landmark, *, movable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("3D model"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._landmark = landmark
        self.name = QLineEdit(landmark.name)
        self.heading = _number(-360.0, 720.0, 5.0, "°", landmark.heading)
        self.heading.setToolTip(tr("Degrees the model is turned clockwise"))
        self.scale = _number(0.0001, LARGEST_SCALE, 0.1, "", landmark.scale, decimals=4)
        self.scale.setToolTip(tr("Metres a unit of the file is: 0.001 for millimetres"))
        self.base = _number(-HIGHEST, HIGHEST, 0.5, " m", landmark.base)
        self.base.setToolTip(tr("Metres its lowest point lies above the ground"))
        hint = (
            tr("Click the map where it stands.")
            if movable
            else tr("The file says where it stands.")
        )
        self.hint = QLabel(hint)
        self.hint.setWordWrap(True)
        form = QFormLayout()
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Heading"), self.heading)
        form.addRow(tr("Scale"), self.scale)
        form.addRow(tr("Base"), self.base)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        for which, title in (
            (QDialogButtonBox.StandardButton.Ok, tr("Keep")),
            (QDialogButtonBox.StandardButton.Cancel, tr("Cancel")),
        ):
            button = buttons.button(which)
            if button is not None:
                button.setText(title)
        self.buttons = buttons
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addWidget(self.hint)
        box.addLayout(form)
        box.addWidget(buttons)
        for field in (self.heading, self.scale, self.base):
            field.valueChanged.connect(self._on_changed)

    @property
    def landmark(self) -> Landmark:
        """The landmark as the fields have it."""
        return replace(
            self._landmark,
            name=" ".join(self.name.text().split()) or self._landmark.name,
            heading=self.heading.value(),
            scale=self.scale.value(),
            base=self.base.value(),
        )

    def move_to(self, x: float, y: float) -> None:
        """Stand it elsewhere, metres."""
        self._landmark = replace(self._landmark, x=x, y=y)
        self._on_changed()

    def _on_changed(self, _value: float = 0.0) -> None:
        self.changed.emit(self.landmark)


def _number(
    low: float, high: float, step: float, unit: str, value: float, decimals: int = 2
) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setDecimals(decimals)
    field.setSingleStep(step)
    field.setSuffix(unit)
    field.setValue(value)
    return field
