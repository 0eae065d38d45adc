"""The map in 3D: viewpoint, scene, presenters, picking and ground tools."""
