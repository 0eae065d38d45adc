"""Which way the map's pictures are made on this machine: by the settings, else by what draws its OpenGL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QSettings
from PyQt6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext
from PyQt6.QtOpenGL import QOpenGLVersionFunctionsFactory, QOpenGLVersionProfile

SETTING = "presenter"
AUTOMATIC, THREAD, WIDGET = "auto", "thread", "widget"
WAYS = (AUTOMATIC, THREAD, WIDGET)

GL_RENDERER = 0x1F01
"""As named in OpenGL's registry."""

_SOFTWARE = (
    "llvmpipe",
    "softpipe",
    "swrast",
    "swiftshader",
    "software",
    "gdi generic",
    "basic render",
)
"""Parts of the names that renderers without a graphics card give themselves."""
_NO_OPENGL = ("offscreen", "minimal", "vnc")
"""Platforms of Qt's that give widgets no OpenGL."""


def is_software(renderer: str) -> bool:
    """Say whether a renderer of this name draws without a graphics card."""
    return any(part in renderer.lower() for part in _SOFTWARE)


def renderer() -> str:
    """Return what draws OpenGL in this application's windows, empty where nothing does; GUI thread."""
    if QGuiApplication.platformName() in _NO_OPENGL:
        return ""
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return ""
    try:
        profile = QOpenGLVersionProfile()
        profile.setVersion(2, 0)
        # PyQt annotates the class that all versions share, which has no functions.
        functions: Any = QOpenGLVersionFunctionsFactory.get(profile, context)
        return "" if functions is None else str(functions.glGetString(GL_RENDERER) or "")
    finally:
        context.doneCurrent()


def chosen(settings: QSettings) -> str:
    """Return the way the settings name; what they do not know is automatic."""
    way = str(settings.value(SETTING, AUTOMATIC))
    return way if way in WAYS else AUTOMATIC


def uses_widget(way: str, renderer: Callable[[], str]) -> bool:
    """Say whether pictures are drawn into a widget by the graphics card, not on a thread in memory.

    Where windows have no OpenGL they never are, whatever is wished.

    Parameters
    ----------
    way : str
        One of `WAYS`.
    renderer : callable
        Names what draws OpenGL; asked unless the way is a thread.
    """
    if way == THREAD:
        return False
    name = renderer()
    return bool(name) and (way == WIDGET or not is_software(name))
