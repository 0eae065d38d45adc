"""The peer in a browser: MapLibre GL in Debian's headless Chromium, on the same boxes as the desk.

Both are installed by hand, see docs/benchmarks.md; where one is missing, `missing` says which.
"""

from __future__ import annotations

import http.server
import json
import math
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.data import WORK
from mapdesk.scene3d.viewpoint import FIELD_OF_VIEW, Viewpoint

VERSION = "6.17.0"
PACKAGE = WORK / "npm" / "node_modules" / "maplibre-gl"
PAGE = Path(__file__).resolve().parent / "web" / "map.html"
SIZE = (1200, 800)
PATIENCE = 300.0
"""Seconds after which a browser is given up."""
NAME = f"MapLibre GL {VERSION} in headless Chromium"

EARTH = 40_075_016.686
"""Metres round the equator, as web maps have it."""
TILE = 512
"""Pixels of a tile at its own zoom."""

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    f"--window-size={SIZE[0]},{SIZE[1] + 100}",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)


def missing() -> str:
    """Return a sentence on what is not installed; empty where all is there."""
    if browser() is None:
        return "Chromium is not installed: apt-get install chromium."
    try:
        found = json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"]
    except OSError:
        found = "none"
    if found != VERSION:
        return (
            f"MapLibre GL {VERSION} is not installed (found: {found}): npm install --ignore-scripts "
            f"--prefix benchmarks/work/npm maplibre-gl@{VERSION}."
        )
    return ""


def browser() -> str | None:
    """Return where Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def turning(boxes: Path, view: Viewpoint, place: tuple[float, float], turns: list[float]) -> Any:
    """Return what the page says of drawing a frame at each of `turns` (degrees).

    Parameters
    ----------
    boxes : Path
        GeoJSON.
    view : Viewpoint
        Where to look from.
    place : tuple of float
        Longitude and latitude of what it looks at.
    """
    with _page(boxes, view, place, turns=",".join(f"{turn:g}" for turn in turns)) as said:
        return next(said)


def first_picture(boxes: Path, view: Viewpoint, place: tuple[float, float]) -> tuple[float, int]:
    """Return seconds from the start of a fresh browser until all boxes are drawn, and how many those are."""
    began = time.perf_counter()
    with _page(boxes, view, place) as said:
        next(said)
        passed = time.perf_counter() - began
        return passed, int(next(said)["seen"])


@contextmanager
def _page(
    boxes: Path, view: Viewpoint, place: tuple[float, float], **more: str
) -> Iterator[Iterator[dict[str, Any]]]:
    """Open the page in a browser of its own; gives what it says."""
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, boxes, heard))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked = _camera(view, place) | more
    url = f"http://127.0.0.1:{server.server_port}/?{urlencode(asked)}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [str(browser()), *_FLAGS, f"--user-data-dir={profile}", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _heard(heard)
        finally:
            process.terminate()
            process.wait(timeout=30)
            server.shutdown()
            server.server_close()


def _heard(heard: queue.Queue[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    while True:
        said = heard.get(timeout=PATIENCE)
        if "error" in said:
            raise RuntimeError(f"the page failed: {said['error']}")
        yield said


def _camera(view: Viewpoint, place: tuple[float, float]) -> dict[str, str]:
    """Return the desk's viewpoint in MapLibre's words."""
    lon, lat = place
    pixels_away = SIZE[1] / 2 / math.tan(math.radians(FIELD_OF_VIEW / 2))
    around = EARTH * math.cos(math.radians(lat))
    zoom = math.log2(around / TILE / (view.distance / pixels_away))
    found = {"lon": lon, "lat": lat, "zoom": zoom, "bearing": view.bearing}
    found |= {"pitch": 90.0 - view.pitch, "fov": FIELD_OF_VIEW}
    return {name: f"{value:.9g}" for name, value in found.items()}


class _Handler(http.server.BaseHTTPRequestHandler):
    """Serves the page, the library and the boxes, and takes what the page says."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self, boxes: Path, heard: queue.Queue[dict[str, Any]], *args: Any, **kwargs: Any
    ) -> None:
        self._boxes = boxes
        self._heard = heard
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Serve a file."""
        path = self.path.partition("?")[0]
        if path == "/":
            self._send(PAGE, "text/html; charset=utf-8")
        elif path == "/boxes.geojson":
            self._send(self._boxes, "application/geo+json")
        elif path.startswith("/maplibre/") and path.endswith(".mjs"):
            self._send(PACKAGE / "dist" / Path(path).name, "text/javascript")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Take what the page says."""
        length = int(self.headers.get("Content-Length", 0))
        self._heard.put(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, path: Path, kind: str) -> None:
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
