"""The layers of the map, in drawing order, with what is shown of each."""

from __future__ import annotations

from dataclasses import dataclass

from psygnal import Signal

from mapdesk.model.nouns import NOUNS

SHOWN_FIRST = (
    *("land_use", "road", "railway", "grid", "building", "landmark"),
    *("camera", "worker", "organisation"),
)
"""Layers visible until the user chooses others."""

ORDER = (
    "land_use",
    "road",
    "railway",
    "grid",
    "building",
    "component",
    "address",
    "landmark",
    "panorama",
    "resource",
    "sensor",
    "organisation",
    "incident",
    "camera",
    "worker",
)
"""Every layer from below to above."""

CLOSE_UP = {"component": 1.2, "address": 1.2, "panorama": 4.0, "incident": 12.0, "sensor": 12.0}
"""Point layers that appear only below this many metres per pixel."""


@dataclass(frozen=True)
class Layer:
    """One layer: a noun drawn on the map."""

    noun: str

    @property
    def title(self) -> str:
        """English title, a key for `tr`."""
        return NOUNS[self.noun].title


class LayerList:
    """The layers and which of them are visible. GUI thread only."""

    changed = Signal(str, bool)

    def __init__(self) -> None:
        self.layers = tuple(Layer(noun) for noun in ORDER)
        self._visible = dict.fromkeys(ORDER, False) | dict.fromkeys(SHOWN_FIRST, True)

    def is_visible(self, noun: str) -> bool:
        """Say whether a layer is shown."""
        return self._visible[noun]

    def set_visible(self, noun: str, visible: bool) -> None:
        """Show or hide a layer; listeners hear only of changes."""
        if self._visible[noun] != visible:
            self._visible[noun] = visible
            self.changed.emit(noun, visible)

    def show_only(self, nouns: list[str]) -> None:
        """Show these layers and no others."""
        for noun in ORDER:
            self.set_visible(noun, noun in nouns)

    def visible(self) -> list[str]:
        """Return the nouns shown, from below to above."""
        return [noun for noun in ORDER if self._visible[noun]]
