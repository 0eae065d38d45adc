"""Bringing the landmarks of a district onto the map, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from mapdesk.app.jobs import Progress, Runner
from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.map_view import MapView
from mapdesk.scene3d.models import Models, show_models
from mapdesk.services import landmarks
from mapdesk.store import places
from mapdesk.store.database import Store


class ModelLoader:
    """Reads landmarks and shows them on a map view. GUI thread only.

    Parameters
    ----------
    tell : callable
        Called with a sentence for each landmark that cannot be drawn; the others are.
    """

    def __init__(
        self,
        view: MapView,
        runner: Runner,
        store: Store,
        style: MapStyle,
        tell: Callable[[str], None],
    ) -> None:
        self._view = view
        self._runner = runner
        self._store = store
        self._style = style
        self._tell = tell

    def load(self) -> None:
        """Read all landmarks and show them in place of those there were."""
        store, origin = self._store, self._store.district.origin

        def work(_progress: Progress) -> tuple[Models, list[str], list[str]]:
            standing, failed = landmarks.standing(store, origin)
            return Models.of(standing, origin), failed, places.attributions(store)

        self._runner.run("models", work, self._show)

    def _show(self, answer: tuple[Models, list[str], list[str]]) -> None:
        models, failed, sources = answer
        before = self._view.models
        self._view.models = models
        # Whose a model is that was placed a moment ago stands on the map with it.
        self._view.content.attributions = self._view.overlay.attributions = sources
        if models.standing or before is not None:
            show_models(self._view, self._style, before, models)
        for sentence in failed:
            self._tell(sentence)

    def set_style(self, style: MapStyle) -> None:
        """Show them in another theme's light."""
        self._style = style
        if self._view.models is not None:
            show_models(self._view, style, None, self._view.models)
