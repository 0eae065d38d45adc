"""A district's coordinates: the same as PROJ's, in every thread, there and back."""

from threading import Thread

import numpy as np
import pytest
from pyproj import Transformer

from mapdesk.model.district import District


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        ("EPSG:4548", 117.7, 39.0),  # CGCS2000: one way to WGS 84, written out
        ("EPSG:32650", 117.7, 39.0),
        ("EPSG:3067", 24.9, 60.2),
        ("EPSG:28992", 4.36, 52.01),  # several ways: PROJ chooses by place
    ],
)
def test_coordinates_are_projs(crs, lon, lat):
    district = District("Anywhere", crs)
    x, y = district.from_lonlat([lon, lon + 0.01], [lat, lat + 0.01])
    expected = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    assert np.allclose([x, y], expected.transform([lon, lon + 0.01], [lat, lat + 0.01]), atol=1e-6)
    answers = []
    thread = Thread(target=lambda: answers.append(district.to_lonlat(x, y)))
    thread.start()
    thread.join()
    assert np.allclose(answers, [[[lon, lon + 0.01], [lat, lat + 0.01]]], atol=1e-8)
