"""Meshes as VTK actors: unlit triangles whose light is baked into the colours of their points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pyvista as pv
from numpy.typing import NDArray
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from mapdesk.analysis.extrude import Mesh

Colours = NDArray[np.uint8]


def triangles(mesh: Mesh, colours: Colours) -> tuple[vtkActor, vtkUnsignedCharArray, Colours]:
    """Return an actor of a mesh, the colour array VTK draws from and the memory behind it.

    Parameters
    ----------
    colours : ndarray of uint8, shape (k, 3)
        RGB by owner of the mesh.
    """
    # PyVista keeps float32 and int32 as they are; its annotation says Python numbers.
    data = pv.PolyData.from_regular_faces(cast("Any", mesh.points), cast("Any", mesh.triangles))
    pixels = shaded(mesh, colours)
    to_vtk: Callable[..., vtkUnsignedCharArray] = numpy_support.numpy_to_vtk
    array = to_vtk(pixels)
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
