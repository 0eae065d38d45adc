"""Pictures of the ground: files read by GDAL, PMTiles, and tiles of a server.

Each is a `Raster`: a pyramid of tiles with a place on earth. Opening one says in a sentence what is
wrong with it; a tile that is not there is None, and never an error.
"""
