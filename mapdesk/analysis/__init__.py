"""Geometry and graph algorithms on arrays: no Qt, VTK, SQL or files."""
