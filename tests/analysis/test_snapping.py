"""Edges a pointer can be caught by."""

from __future__ import annotations

import numpy as np
import shapely

from mapdesk.analysis.snapping import SnapLayer, Snapper


def test_edges_of_buildings_stand_at_foot_and_roof_those_of_streets_on_the_ground():
    houses = np.array([shapely.box(0, 0, 10, 10), shapely.box(100, 0, 110, 10)], object)
    tree = shapely.STRtree(houses)
    raised = SnapLayer(houses, tree, np.array([[0.0, 30.0], [0.0, 9.0]]))
    street = SnapLayer.flat(np.array([shapely.LineString([(-5, -5), (50, -5), (50, 60)])], object))
    near = shapely.Point(1, -2)
    edges = Snapper(raised, (street,)).segments(near, near, 5.0)
    assert edges.shape == (2 + 2 * 4, 2, 3)
    assert sorted(np.unique(edges[..., 2]).tolist()) == [0.0, 30.0]
    assert edges[:2, :, 1].min() == -5


def test_holes_and_parts_have_edges_too():
    ring = shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [shapely.box(3, 3, 6, 6).exterior])
    both = shapely.MultiPolygon([ring, shapely.box(20, 0, 21, 1)])
    layer = SnapLayer.flat(np.array([both], object))
    assert len(layer.segments(shapely.Point(0, 0), 1.0)) == 12


def test_nothing_near_is_nothing():
    layer = SnapLayer.flat(np.array([shapely.box(0, 0, 1, 1)], object))
    far = shapely.Point(500, 500)
    assert len(Snapper(layer, (layer,)).segments(far, far, 5.0)) == 0
    assert len(Snapper(None).segments(far, far, 5.0)) == 0
