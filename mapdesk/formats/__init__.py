"""Files in and out: one module per format, one function ``read`` for all of them.

Everything a reader returns is in the district's CRS, typed as the model says, and accounted for: a row
is kept, or refused with a reason. Nothing here knows the store.
"""

from mapdesk.formats.dispatch import read
from mapdesk.formats.gcj02 import gcj02_to_wgs84, wgs84_to_gcj02
from mapdesk.formats.reading import Progress, ReadOptions, ReadResult, Refusal
from mapdesk.formats.writing import feature_collection, write_geojson

__all__ = [
    "Progress",
    "ReadOptions",
    "ReadResult",
    "Refusal",
    "feature_collection",
    "gcj02_to_wgs84",
    "read",
    "wgs84_to_gcj02",
    "write_geojson",
]
