"""Meshes as VTK actors: unlit triangles whose light is baked into the colours of their points.

Arrays are handed to VTK as they are, which keeps them. PyVista would do the same, but importing it takes
as long as drawing the first picture of a district.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from mapdesk.analysis.extrude import Mesh

Colours = NDArray[np.uint8]


def polygons(points: NDArray[Any], corners: NDArray[Any]) -> vtkPolyData:
    """Return polygons `corners` (m, k) of indices into `points` (n, 3); k is 3 for triangles."""
    data = vtkPolyData()
    data.SetPoints(_points(points))
    data.SetPolys(_cells(corners))
    return data


def segments(points: NDArray[Any], pairs: NDArray[Any]) -> vtkPolyData:
    """Return line segments `pairs` (m, 2) of indices into `points` (n, 3)."""
    data = vtkPolyData()
    data.SetPoints(_points(points))
    data.SetLines(_cells(pairs))
    return data


def to_vtk(array: NDArray[Any]) -> Any:
    """Return an array of VTK's on the same memory."""
    make: Callable[..., Any] = numpy_support.numpy_to_vtk
    return make(np.ascontiguousarray(array))


def _points(points: NDArray[Any]) -> vtkPoints:
    made = vtkPoints()
    made.SetData(to_vtk(points))
    return made


def _cells(corners: NDArray[Any]) -> vtkCellArray:
    cells: Any = vtkCellArray()
    cells.Use32BitStorage()
    cells.SetData(corners.shape[1], to_vtk(np.asarray(corners, np.int32).ravel()))
    found: vtkCellArray = cells
    return found


def strokes(points: NDArray[Any], pairs: NDArray[Any], colour: Colours, width: float) -> vtkActor:
    """Return an actor of line segments in one colour (3,), `width` pixels wide."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(segments(points, pairs))
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.LightingOff()
    look.SetLineWidth(width)
    look.SetColor(*(colour / 255.0).tolist())
    return actor


def triangles(mesh: Mesh, colours: Colours) -> tuple[vtkActor, vtkUnsignedCharArray, Colours]:
    """Return an actor of a mesh, the colour array VTK draws from and the memory behind it.

    Parameters
    ----------
    colours : ndarray of uint8, shape (k, 3)
        RGB by owner of the mesh.
    """
    data = polygons(mesh.points, mesh.triangles)
    pixels = shaded(mesh, colours)
    array: vtkUnsignedCharArray = to_vtk(pixels)
    data.GetPointData().SetScalars(array)
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(data)
    mapper.SetColorModeToDirectScalars()
    mapper.SetStatic(True)
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.LightingOff()
    look.BackfaceCullingOn()
    return actor, array, pixels


def shaded(mesh: Mesh, colours: Colours) -> Colours:
    """Return the colour of each point of a mesh, the light baked in."""
    return np.ascontiguousarray((colours[mesh.owner] * mesh.shade[:, None] + 0.5).astype(np.uint8))
