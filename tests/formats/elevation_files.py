"""Elevation models for tests, written by rasterio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.transform import Affine


def slope(rows: int = 80, columns: int = 100) -> np.ndarray:
    """Heights (rows, columns) that rise by a tenth of a metre a pixel to the east, and a fifth to the south."""
    row, column = np.mgrid[:rows, :columns]
    return (20.0 + 0.1 * column + 0.2 * row).astype(np.float32)


def write_heights(
    path: Path,
    heights: np.ndarray,
    crs: str | None,
    centre: tuple[float, float],
    size: float = 10.0,
    *,
    driver: str = "GTiff",
    units: str = "",
    transform: Affine | None = None,
    **more: Any,
) -> Path:
    """Write one band around a centre with pixels of a size, in metres or whatever the CRS counts."""
    rows, columns = heights.shape
    left, upper = centre[0] - columns / 2 * size, centre[1] + rows / 2 * size
    with rasterio.open(
        path,
        "w",
        driver=driver,
        width=columns,
        height=rows,
        count=1,
        dtype=heights.dtype,
        crs=crs,
        transform=transform or Affine(size, 0.0, left, 0.0, -size, upper),
        **more,
    ) as file:
        file.write(heights, 1)
        if units:
            file.units = (units,)
    return path
