"""Reading points and footprints for the map; any thread."""

from __future__ import annotations

import numpy as np

from mapdesk.analysis.picking import PrismPicker
from mapdesk.layers.points import CLUSTERED_ABOVE, Clusters, point_looks
from mapdesk.scene3d.content import Footprints, PointLayer
from mapdesk.services import scenery
from mapdesk.store import places
from mapdesk.store.database import Store


def point_layer(store: Store, noun: str) -> PointLayer:
    """Return the symbols of a noun."""
    title = {"incident": "title", "address": "text", "component": "kind"}.get(noun, "name")
    table = point_looks()
    fields = table.fields(noun)
    features = places.features(store, noun, [*dict.fromkeys([title, *fields])])
    names = [
        str(name or key)
        for name, key in zip(features.columns[title].tolist(), features.ids.tolist(), strict=True)
    ]
    columns = {name: features.columns[name] for name in fields}
    looks, look = table.of(noun, columns, len(features))
    clusters = Clusters(features.xy) if len(features) > CLUSTERED_ABOVE else None
    return PointLayer(
        noun, features.ids, np.array(names, object), features.xy, looks, look, clusters
    )


def read_footprints(store: Store) -> Footprints:
    """Return the buildings for picking and hovering."""
    features = places.features(store, "building", ["name", "address", "height", "floors", "base"])
    base, top = scenery.roofs(features)
    floors = np.nan_to_num(np.asarray(features.columns["floors"], float))
    floors = np.where(floors > 0, floors, np.maximum((top - base) / scenery.FLOOR_HEIGHT, 1))
    return Footprints(features, PrismPicker.of(features.placed, base, top), floors)
