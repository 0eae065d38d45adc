"""GeoJSON geometries for files made in tests."""

from __future__ import annotations

from typing import Any


def square(west: float = 117.0, south: float = 39.0, side: float = 0.001) -> dict[str, Any]:
    """Return a GeoJSON square, degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def point(longitude: float = 117.0, latitude: float = 39.0) -> dict[str, Any]:
    """Return a GeoJSON point, degrees."""
    return {"type": "Point", "coordinates": [longitude, latitude]}
