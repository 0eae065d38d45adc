"""Shapes in and rows out for scripts: longitude and latitude outside, metres inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from mapdesk.model.errors import InputError, NotFoundError
from mapdesk.model.shapes import Area, Circle
from mapdesk.store.database import Store


def circle_at(store: Store, lon: float, lat: float, metres: float) -> Circle:
    """Return a circle around a place in degrees.

    Raises
    ------
    InputError
        The radius is not above 0.
    """
    x, y = store.district.from_lonlat(lon, lat)
    return Circle(float(x), float(y), metres)


def area_from_geojson(store: Store, path: Path) -> Area:
    """Read the polygons of a GeoJSON file (EPSG:4326, as the format says) as one area.

    Raises
    ------
    NotFoundError, InputError
        No such file, no GeoJSON, or nothing in it has an area.
    """
    try:
        content = json.loads(path.read_text("utf-8-sig"))
        shapes = shapely.union_all([shapely.from_geojson(text) for text in _geometries(content)])
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.") from error
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is not GeoJSON; draw the polygon anew and export it as GeoJSON."
        ) from error
    except shapely.errors.GEOSException as error:
        raise InputError(f"{path} holds a broken geometry ({error}); draw it anew.") from error
    if shapely.is_empty(shapes) or shapely.get_dimensions(shapes) != 2:
        raise InputError(f"{path} has no polygon in it.")

    def to_metres(lonlat: Any) -> Any:
        x, y = store.district.from_lonlat(lonlat[:, 0], lonlat[:, 1])
        return shapely.get_coordinates(shapely.points(x, y))

    return Area.from_geometry(shapely.transform(shapely.force_2d(shapes), to_metres))


def _geometries(content: dict[str, Any]) -> list[str]:
    if content["type"] == "FeatureCollection":
        found = [feature["geometry"] for feature in content["features"]]
    elif content["type"] == "Feature":
        found = [content["geometry"]]
    else:
        found = [content]
    return [json.dumps(geometry) for geometry in found if geometry]


def feature_collection(store: Store, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return rows as one GeoJSON FeatureCollection in EPSG:4326; `kind` says which noun each is."""
    import geopandas as gpd

    from mapdesk import formats

    features: list[Any] = []
    for noun, group in rows.items():
        if group:
            frame = gpd.GeoDataFrame(group, geometry="geometry", crs=store.district.crs)
            frame.insert(1, "noun", noun)
            features += formats.feature_collection(frame)["features"]
    return {"type": "FeatureCollection", "features": features}
