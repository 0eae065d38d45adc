"""Starting the desk."""

from __future__ import annotations

import gc
import importlib.resources
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

import platformdirs
from PyQt6.QtCore import (
    QByteArray,
    QEventLoop,
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QSettings,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PyQt6.QtGui import QFont, QFontDatabase, QIcon, QPixmap
from PyQt6.QtWidgets import QApplication

from mapdesk.app import graphics
from mapdesk.app.settings import settings
from mapdesk.app.sign_in_dialog import SignInDialog
from mapdesk.app.sign_in_form import is_due
from mapdesk.app.unlock_dialog import ask_in_window
from mapdesk.app.window import DeskWindow
from mapdesk.model.errors import SignInError, WorldError
from mapdesk.model.language import LANGUAGE
from mapdesk.model.users import Credentials
from mapdesk.panels import theme as themes
from mapdesk.services import catalogue, districts, signing_in
from mapdesk.services.unlocking import UNLOCKING
from mapdesk.store.database import Place, Store, is_at
from mapdesk.video.stream import Stream

LOG = logging.getLogger("mapdesk")

QUIET = 400
"""Milliseconds without a new picture after which the map is at rest."""

_CJK_FAMILIES = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")

_WINDOWS: list[DeskWindow] = []
_ASKING: list[SignInDialog] = []
_APPLICATION: list[QApplication] = []
"""Keeps the one application: Python would delete it when its first user lets go."""
_QT_TEXTS: list[QTranslator] = []


def make_application(arguments: list[str], language: str | None = None) -> QApplication:
    """Return the one Qt application of this process, dressed and with errors caught.

    An exception in a slot would abort PyQt6's process: the hook is installed before anything else.

    Parameters
    ----------
    language : str, optional
        What it speaks; by default what it spoke last, else the system's language.
    """
    sys.excepthook = _on_uncaught
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if _needs_offscreen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_on_qt_message)
    application = QApplication(arguments)
    _APPLICATION.append(application)
    application.setApplicationName("mapdesk")
    application.setDesktopFileName("mapdesk")
    application.setWindowIcon(_icon())
    _use_cjk_font(application)
    LANGUAGE.changed.connect(_translate_qt)
    code = language or str(settings().value("language", "")) or catalogue.of_system()
    catalogue.speak(code if code in catalogue.LANGUAGES else "en")
    themes.apply(application, str(settings().value("theme", "light")))
    # All that is imported stays: looking through it for garbage held the window for 80 ms at a time.
    gc.freeze()
    # From here on little at a time, not seldom as while starting (see `mapdesk.cli`).
    gc.set_threshold(700)
    return application


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    """Put Qt's own remarks into the log, not on the terminal."""
    serious = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    LOG.log(logging.ERROR if serious else logging.INFO, "Qt: %s", message)


def _translate_qt(code: str) -> None:
    """Let Qt's own buttons, menus and dates speak the language too."""
    application = QApplication.instance()
    if application is None:
        return
    if _QT_TEXTS:
        application.removeTranslator(_QT_TEXTS.pop())
    QLocale.setDefault(QLocale.system() if code == "en" else QLocale(code))
    translator = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != "en" and translator.load(f"qtbase_{code}", folder):
        application.installTranslator(translator)
        _QT_TEXTS.append(translator)


def has_display() -> bool:
    """Say whether a window can be shown to someone."""
    if platform.system() == "Linux":
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _needs_offscreen() -> bool:
    return not has_display() and "QT_QPA_PLATFORM" not in os.environ


def _icon() -> QIcon:
    pixmap = QPixmap()
    pixmap.loadFromData((importlib.resources.files("mapdesk_data") / "icon.svg").read_bytes())
    return QIcon(pixmap)


def _use_cjk_font(application: QApplication) -> None:
    """Prefer a family that has Chinese, so that names never show as boxes; bring one if none is there."""
    wanted = QFontDatabase.WritingSystem.SimplifiedChinese
    families = [name for name in QFontDatabase.families(wanted) if not name.startswith("@")]
    if not families:
        shipped = importlib.resources.files("mapdesk_data") / "fonts" / "NotoSansCJKsc-GBK.otf"
        number = QFontDatabase.addApplicationFontFromData(QByteArray(shipped.read_bytes()))
        families = QFontDatabase.applicationFontFamilies(number)
    chosen = next((name for name in _CJK_FAMILIES if name in families), families[0])
    font = QFont(chosen)
    font.setPixelSize(13)
    application.setFont(font)


def _on_uncaught(
    kind: type[BaseException], value: BaseException, traceback: TracebackType | None
) -> None:
    LOG.critical("Uncaught", exc_info=(kind, value, traceback))
    for window in _WINDOWS:
        if isinstance(value, Exception):
            window.tell(value)


def open_window(
    place: Place,
    credentials: Credentials | None = None,
    *,
    hardware: bool | None = None,
    memory: QSettings | None = None,
) -> DeskWindow:
    """Open a district in a window of its own and show it; one that is open already comes to the front.

    Parameters
    ----------
    credentials : Credentials, optional
        Who opens it, where the district has users.
    hardware : bool, optional
        Draw with the graphics card; by default what the settings say, or what draws OpenGL here.
    memory : QSettings, optional
        Where the window remembers; the user's own settings by default.
    """
    return shown_window(place) or show_desk(
        districts.open_district(place, credentials), hardware=hardware, memory=memory
    )


def ask_and_open(place: Place, credentials: Credentials | None = None) -> DeskWindow | None:
    """Open a district in a window, once someone has signed in where it has users.

    Parameters
    ----------
    credentials : Credentials, optional
        What is known of who opens it; what is missing or wrong is asked for.

    Returns
    -------
    DeskWindow or None
        None while the sign-in is asked for; the window then opens by itself.
    """
    shown = shown_window(place)
    if shown is not None:
        return shown
    named = signing_in.user_of(place)
    if not signing_in.is_needed(place) and not named:
        return open_window(place)
    known = credentials or Credentials("", "")
    refused: SignInError | None = None
    # A server may let in whom its URL names, by a password there or in a way of its own.
    if known.password or named:
        try:
            return open_window(place, known if known.user else Credentials(named, ""))
        except SignInError as error:
            tried = known.password or signing_in.has_password(place) or is_due(error)
            refused = error if tried else None
    dialog = SignInDialog(place, districts.title_of(place), known.user or named)
    if refused is not None:
        dialog.form.refuse(refused)
    _ASKING.append(dialog)
    dialog.signed_in.connect(show_desk)
    dialog.finished.connect(partial(_forget_dialog, dialog))
    dialog.show()
    return None


def _forget_dialog(dialog: SignInDialog, _result: int) -> None:
    """Let go of a sign-in that ended, one way or the other."""
    _ASKING.remove(dialog)
    dialog.deleteLater()


def shown_window(place: Place) -> DeskWindow | None:
    """Bring the window of a district to the front and return it, or None where it is not open.

    One that is being closed is waited for, so that its district can be opened anew.
    """
    for window in _WINDOWS:
        if is_at(window.store, place):
            if window.ending is not None:
                window.wait_closed()
                continue
            window.raise_()
            window.activateWindow()
            return window
    return None


def show_desk(
    store: Store, *, hardware: bool | None = None, memory: QSettings | None = None
) -> DeskWindow:
    """Show a window on an open district, which the window closes; see `open_window`."""
    if hardware is None:
        way = graphics.chosen(settings() if memory is None else memory)
        hardware = graphics.uses_widget(way, graphics.renderer)
    window = DeskWindow(store, Stream, hardware=hardware, memory=memory)
    _WINDOWS.append(window)
    window.closed.connect(_WINDOWS.remove)
    window.show()
    return window


def log_file() -> Path:
    """Return where our own errors are written."""
    return Path(platformdirs.user_log_dir("mapdesk")) / "desk.log"


def start_log() -> None:
    """Write warnings and errors to the log file."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path,
        level=logging.WARNING,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )


def run(
    place: Place,
    credentials: Credentials,
    language: str | None = None,
    presenter: str | None = None,
) -> int:
    """Open the desk on a district, once someone has signed in, and stay until its last window is closed.

    Parameters
    ----------
    credentials : Credentials
        What is known of who opens it; the rest is asked for.
    language : str, optional
        As in `make_application`.
    presenter : str, optional
        How pictures of the map are made, one of `graphics.WAYS`; remembered.

    Raises
    ------
    CancelledError
        The user did not unlock an encrypted district.
    """
    start_log()
    application = make_application(["mapdesk"], language)
    if presenter is not None:
        settings().setValue(graphics.SETTING, presenter)
    UNLOCKING.ask = ask_in_window
    ask_and_open(place, credentials)
    return application.exec()


def picture_of_window(
    store: Store, size: tuple[int, int], prepare: Callable[[DeskWindow], None] | None = None
) -> QPixmap:
    """Return a picture of the whole window on a district, drawn with no one watching.

    Parameters
    ----------
    prepare : callable, optional
        Called with the loaded window; the picture is taken when it has settled after that.
    """
    application = make_application(["mapdesk"], LANGUAGE.code)
    with tempfile.TemporaryDirectory() as scratch:
        # Pictures are the same for everyone: nothing of the user's is read or changed.
        memory = QSettings(str(Path(scratch) / "desk.ini"), QSettings.Format.IniFormat)
        window = show_desk(store, hardware=False, memory=memory)
        try:
            window.resize(*size)
            window.map.flight_seconds = 0.0
            settle(window)
            if prepare is not None:
                prepare(window)
                settle(window)
            return window.grab()
        finally:
            window.close()
            window.wait_closed()
            application.processEvents()


def settle(window: DeskWindow, timeout: float = 120.0) -> None:
    """Wait until everything is loaded, no job is under way and the full picture is on the screen.

    Raises
    ------
    WorldError
        It did not come to rest within `timeout` seconds.
    """
    loop = QEventLoop()
    quiet, limit = QTimer(), QTimer()
    for timer, milliseconds in ((quiet, QUIET), (limit, round(timeout * 1000))):
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(loop.quit)
    window.map.pictured.connect(quiet.start)
    quiet.start()
    limit.start()
    while limit.isActive():
        loop.exec()
        is_busy = window.jobs.busy or window.parts.base.view.imagery.is_busy
        if window.loaded and not is_busy and not window.map.is_waiting:
            break
        quiet.start()
    window.map.pictured.disconnect(quiet.start)
    if not limit.isActive():
        raise WorldError(f"The map did not come to rest within {timeout:.0f} s; try again.")
