"""What was acknowledged survives ``kill -9``, and spatial answers after it are right."""

import os
import signal
import subprocess
import sys

import pytest

from mapdesk.model.shapes import Circle
from mapdesk.services import districts
from mapdesk.store import audit, places

WRITER = """
import sys
from pathlib import Path
import geopandas as gpd, numpy as np, shapely
from mapdesk.model.access import Access
from mapdesk.services import districts
from mapdesk.store import audit, places, writing
from mapdesk.model.shapes import Circle

store = districts.open_district(Path(sys.argv[1]))
start = int(sys.argv[2])
for batch in range(start, start + 1000):
    ids = [f"k{batch:06}-{number:02}" for number in range(50)]
    frame = gpd.GeoDataFrame({"id": ids}, geometry=shapely.points(np.arange(50.0), float(batch)))
    with writing.transaction(store) as connection:
        writing.upsert(store, connection, {"camera": frame})
    places.ids_within(store, "camera", Circle(0, 0, 10))
    audit.record(store, Access("me", "analyst", "crash test"), "batch", str(batch))
    print(batch, flush=True)
"""


def kill_and_look(folder, start, acknowledged):
    """Write batches until `acknowledged` are, kill the writer, reopen, and return the next batch."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(start)], stdout=subprocess.PIPE, text=True
    )
    last = start - 1
    for line in writer.stdout:
        last = int(line)
        if last - start + 1 >= acknowledged:
            break
    os.kill(writer.pid, signal.SIGKILL)
    rest = writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    last = int(rest[-1]) if rest else last
    with districts.open_district(folder) as store:
        rows = places.counts(store)["camera"]
        # All that was acknowledged is there; one batch more may be, but never a part of one.
        assert rows in ((last + 1) * 50, (last + 2) * 50)
        assert len(places.ids_within(store, "camera", Circle(0, 0, 1e7))) == rows
        assert len(places.ids_within(store, "camera", Circle(0, last, 0.5))) == 1
        looks = audit.last(store, 10_000)
    assert {str(batch) for batch in range(start, last + 1)} <= {look["subject"] for look in looks}
    return rows // 50


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path):
    districts.create_district(tmp_path / "d", "Crash", "EPSG:32650").close()
    following = 0
    for acknowledged in (3, 8):
        following = kill_and_look(tmp_path / "d", following, acknowledged)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_to_100_kills(tmp_path):
    districts.create_district(tmp_path / "d", "Crash", "EPSG:32650").close()
    following = 0
    for turn in range(100):
        following = kill_and_look(tmp_path / "d", following, 1 + turn % 7)
