"""Light and dark: one palette and a short style sheet each."""

from __future__ import annotations

import importlib.resources

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication

_COLOURS = {
    "light": {
        "window": "#f6f7f8",
        "base": "#ffffff",
        "alternate": "#f2f4f6",
        "text": "#1f2933",
        "muted": "#5b6770",
        "line": "#d5dbe0",
        "accent": "#0b66c3",
        "on_accent": "#ffffff",
        "warn": "#fff3d6",
        "warn_text": "#6b4a00",
        "refused": "#b3261e",
        "off": "#616d77",
    },
    "dark": {
        "window": "#1b2127",
        "base": "#14191e",
        "alternate": "#20272e",
        "text": "#e4e9ed",
        "muted": "#9aa7b2",
        "line": "#343d46",
        "accent": "#4aa3ff",
        "on_accent": "#08121c",
        "warn": "#4a3a12",
        "warn_text": "#ffe2a0",
        "refused": "#ff9d94",
        "off": "#828e99",
    },
}

_SHEET = """
QMainWindow::separator {{ background: {line}; width: 4px; height: 4px; }}
QDockWidget {{ font-weight: 600; color: {text}; }}
QDockWidget::title {{ background: {window}; padding: 7px 10px; border-bottom: 1px solid {line}; }}
QToolBar {{ background: {window}; border: 0; border-bottom: 1px solid {line}; spacing: 3px; padding: 4px; }}
QToolButton {{ padding: 5px 9px; border-radius: 5px; color: {text}; }}
QToolButton:hover {{ background: {alternate}; }}
QToolButton:checked {{ background: {accent}; color: {on_accent}; }}
QLineEdit, QComboBox {{
  background: {base}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 4px 7px; }}
QLineEdit:focus, QComboBox:focus {{ border-color: {accent}; }}
QPushButton {{ background: {base}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 5px 11px; }}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {muted}; }}
QListWidget, QTreeWidget, QTextBrowser, QScrollArea {{ background: {base}; color: {text}; border: 0; }}
QTreeWidget::item, QListWidget::item {{ padding: 3px 2px; }}
QListWidget::indicator {{ width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QListWidget::indicator:checked {{ background: {accent}; border-color: {accent}; image: url("{tick}"); }}
QTableView {{ background: {base}; alternate-background-color: {alternate}; color: {text}; border: 0;
  gridline-color: {line}; selection-background-color: {accent}; selection-color: {on_accent}; }}
QTableView::item {{ padding: 0 6px; }}
QHeaderView {{ background: {window}; }}
QHeaderView::section {{ background: {window}; color: {muted}; border: 0; border-bottom: 1px solid {line};
  border-right: 1px solid {line}; padding: 5px 6px; }}
QComboBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
QComboBox::drop-down {{ border: 0; width: 18px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
QToolButton[popupMode="2"] {{ padding-right: 18px; border: 1px solid {line}; background: {base}; }}
QToolButton::menu-indicator {{ subcontrol-origin: padding; subcontrol-position: right center; right: 4px; }}
#ChoiceButton {{ padding: 4px 7px; text-align: left; }}
QPushButton:focus {{ border-color: {accent}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
#InnerGroup {{ border: 1px solid {line}; border-left: 3px solid {accent}; border-radius: 5px; }}
#Muted {{ color: {muted}; }}
#Figure {{ font-size: 15pt; font-weight: 600; }}
#Primary {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
#Primary:disabled {{ background: {alternate}; color: {muted}; border-color: {line}; }}
#CardTabs {{ background: {window}; }}
#CardTabs::tab {{ background: transparent; color: {muted}; padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; }}
#CardTabs::tab:selected {{ color: {text}; border-bottom: 2px solid {accent}; font-weight: 600; }}
#CardTabs::tab:hover {{ color: {accent}; }}
#UnitMatrix QHeaderView::section {{ padding: 0 5px; border: 0; }}
QStatusBar {{ background: {window}; color: {muted}; border-top: 1px solid {line}; }}
QStatusBar QLabel {{ color: {muted}; padding: 0 8px; }}
QMenuBar {{ background: {window}; color: {text}; }}
QMenuBar::item:selected, QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled, QMenu::item:disabled:selected {{ color: {off}; background: transparent; }}
QToolButton:disabled, QPushButton:disabled, QLineEdit:disabled {{ color: {off}; }}
QMenu {{ background: {base}; color: {text}; border: 1px solid {line}; }}
QToolTip {{ background: {text}; color: {window}; border: 0; padding: 4px; }}
#MessageBar {{ background: {warn}; color: {warn_text}; }}
QPushButton#Primary {{ background: {accent}; color: {on_accent}; border-color: {accent}; padding: 7px 14px; font-weight: 600; }}
QPushButton#Primary:hover {{ border-color: {text}; }}
QPushButton#Primary:disabled {{ background: {alternate}; color: {muted}; border-color: {line}; }}
QPushButton#Quiet {{ background: transparent; border: 0; color: {muted}; padding: 4px 0; }}
QPushButton#Quiet:hover, QPushButton#Quiet:focus {{ color: {accent}; text-decoration: underline; }}
QLabel#Heading {{ font-size: 20px; font-weight: 600; }}
QLabel#FieldLabel {{ color: {muted}; }}
QLabel#Refusal {{ color: {refused}; }}
QLineEdit:read-only {{ background: {alternate}; }}
#LockScreen {{ background: {window}; }}
QTableWidget#Framed, QListWidget#Framed {{ background: {base}; alternate-background-color: {alternate}; border: 1px solid {line}; border-radius: 5px; }}
QTableWidget#Framed::item {{ padding: 0 5px; }}
#Layers {{ padding: 4px 0 4px 6px; }}
QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url("{tick}"); }}
QHeaderView::section {{ background: {window}; color: {muted}; border: 0; border-bottom: 1px solid {line}; padding: 6px 8px; }}
#DropPlace {{ border: 2px dashed {line}; border-radius: 10px; color: {muted}; font-size: 15px; background: {base}; }}
QPushButton#Filter {{ border-radius: 13px; padding: 4px 12px; }}
QPushButton#Filter:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton#Filter:disabled {{ color: {off}; background: transparent; }}
QTableView#Framed {{ border: 1px solid {line}; border-radius: 5px; }}
QTableView::indicator {{ width: 14px; height: 14px; border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QTableView::indicator:checked {{ background: {accent}; border-color: {on_accent}; image: url("{tick}"); }}
QRadioButton::indicator {{ width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 7px; background: {base}; }}
QRadioButton::indicator:hover {{ border-color: {accent}; }}
QRadioButton::indicator:checked {{ border: 4px solid {accent}; width: 7px; height: 7px; background: {on_accent}; }}
QDateEdit {{ background: {base}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 4px 7px; }}
QDateEdit:focus {{ border-color: {accent}; }}
QDateEdit::drop-down {{ border: 0; width: 18px; }}
QDateEdit::down-arrow {{ image: url("{arrow}"); width: 12px; height: 12px; }}
#MessageBar QLabel {{ color: {warn_text}; }}
#EmergencyBar {{ background: #b3261e; }}
#EmergencyBar QLabel {{ color: #ffffff; font-weight: 600; }}
#EmergencyBar QPushButton {{ background: transparent; color: #ffffff; border: 1px solid #ffffff; }}
"""


def colours(theme: str) -> dict[str, str]:
    """Return the named colours of a theme, "#rrggbb"."""
    return _COLOURS[theme]


def _icon(name: str) -> str:
    """Return the file of an icon; a style sheet takes no other picture."""
    return str(importlib.resources.files("mapdesk_data") / "icons" / name).replace("\\", "/")


def apply(application: QApplication, theme: str) -> None:
    """Dress the whole application in `theme` ("light" or "dark")."""
    tint = _COLOURS[theme]
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "base",
        QPalette.ColorRole.AlternateBase: "alternate",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "window",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "on_accent",
        QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.ToolTipBase: "text",
        QPalette.ColorRole.ToolTipText: "window",
    }
    for role, name in roles.items():
        palette.setColor(role, QColor(tint[name]))
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tint["muted"]))
    if application.styleSheet():
        # A sheet taken off and put on anew costs a third of one changed, or of the style set again.
        application.setStyleSheet("")
    else:
        application.setStyle("Fusion")
    application.setPalette(palette)
    application.setStyleSheet(
        _SHEET.format(**tint, arrow=_icon("down.svg"), tick=_icon(f"tick_{theme}.svg"))
    )
