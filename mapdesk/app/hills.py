"""Hills of land use on a plane: stacked contours. On a terrain the ground itself rises."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mapdesk.layers.style import MapStyle
from mapdesk.scene3d.map_canvas import MapCanvas
from mapdesk.scene3d.scene import Scene

HILLS = "land_use/hills"
"""What they are called in the scene."""


def put_hills(view: MapCanvas, style: MapStyle, *, shown: bool) -> None:
    """Draw the hills of a map anew, or none where it stands on a terrain."""
    hills, is_plane = view.content.hills, view.terrain is None
    slope = style.land_colours(np.array(["hill"], object))

    def change(scene: Scene) -> None:
        scene.remove(HILLS)
        if hills is not None and is_plane:
            owners = int(hills.owner.max(initial=-1)) + 1
            scene.set_solid(HILLS, hills, _terraced(slope[0], owners))
            scene.set_visible(HILLS, shown)

    view.change_scene(change, redraw=False)


def _terraced(colour: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Return a colour for each contour, a little lighter towards the top."""
    lift = np.linspace(0.94, 1.10, max(count, 1))[:, None]
    return np.clip(colour * lift, 0, 255).astype(np.uint8)
