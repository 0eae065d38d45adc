"""Looking the machine over: what is there, what is missing, and how to get it."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from PyQt6.QtCore import QT_VERSION_STR
from PyQt6.QtGui import QFontDatabase
from vtkmodules.vtkCommonCore import vtkVersion

from mapdesk import __version__
from mapdesk.app.main import has_display, log_file, make_application
from mapdesk.model.errors import WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.scene3d.presenter import offscreen_window
from mapdesk.scene3d.scene import Scene
from mapdesk.services.districts import engine_version

_PACKAGES = ("pyvista", "duckdb", "geopandas", "opencv-python", "osmium", "shapely")


@dataclass(frozen=True)
class Check:
    """One finding.

    Parameters
    ----------
    name : str
    ok : bool
    found : str
        What is there.
    remedy : str
        How to get what is missing; empty where nothing is.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""


def examine() -> list[Check]:
    """Check everything mapdesk stands on; takes about two seconds."""
    application = make_application(["mapdesk"], LANGUAGE.code)
    checks = [
        Check("mapdesk", True, __version__),
        Check("Python", sys.version_info >= (3, 11), platform.python_version()),
        Check("system", True, platform.platform()),
        Check("Qt", True, QT_VERSION_STR),
        Check("VTK", True, vtkVersion.GetVTKVersion()),
    ]
    checks += [_package(name) for name in _PACKAGES]
    checks += [_guarded(check) for check in (_extension, _display, _opengl, _fonts, _disk)]
    application.processEvents()
    return checks


def _guarded(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except WorldError as error:
        return Check(check.__name__.strip("_"), False, "not usable", str(error))


def _package(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed", f"pip install {name}")


def _extension() -> Check:
    return Check("DuckDB spatial", True, engine_version())


def _display() -> Check:
    if has_display():
        return Check("display", True, "there")
    return Check("display", True, "none: pictures can be drawn (mapdesk shot), windows not shown")


def _opengl() -> Check:
    window = offscreen_window(Scene((0.0, 0.0)))
    window.SetSize(16, 16)
    window.Render()
    text = str(window.ReportCapabilities())
    window.Finalize()
    named = [
        line.partition(":")[2].strip() for line in text.splitlines() if "renderer string" in line
    ]
    if not named:
        return Check(
            "OpenGL", False, "no renderer", "Debian: apt-get install libegl1 libgl1-mesa-dri"
        )
    soft = " (software; the threaded presenter suits it)" if "llvmpipe" in named[0] else ""
    return Check("OpenGL", True, named[0] + soft)


def _fonts() -> Check:
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    if not families:
        return Check("Chinese font", False, "none", "Debian: apt-get install fonts-noto-cjk")
    preferred = next((name for name in families if "CJK SC" in name), families[0])
    return Check("Chinese font", True, preferred)


def _disk() -> Check:
    folder = log_file().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < 2e9:
        return Check(
            "free disk", False, f"{free / 1e9:.1f} GB", "Make room: a district takes up to 1 GB."
        )
    return Check("free disk", True, f"{free / 1e9:.0f} GB")
