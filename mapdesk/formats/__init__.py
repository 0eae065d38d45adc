"""Files in and out: one module per format, one function ``read`` for all of them.

Everything a reader returns is in the district's CRS, typed as the model says, and accounted for: a row
is kept, or refused with a reason. Nothing here knows the store.

What stands here is loaded when it is first asked for: whoever reads one format does not wait for the
libraries of all.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_MODULES = {
    "read": "dispatch",
    "feature_collection": "writing",
    "write_geojson": "writing",
    "gcj02_to_wgs84": "gcj02",
    "wgs84_to_gcj02": "gcj02",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'reading')}"), name)
