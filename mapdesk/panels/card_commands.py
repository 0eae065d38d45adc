"""What can be done with a card, as links in one line."""

from __future__ import annotations

from collections.abc import Collection

from mapdesk.model.language import tr
from mapdesk.model.rights import Right

_EDIT = ("register.edit", "Edit…", Right.EDIT_REGISTER)
_EDIT_PLACE = ("register.edit", "Edit…", Right.EDIT_PLACES)
_REMOVE = ("register.remove", "Remove…", Right.EDIT_REGISTER)
_MOVE = ("register.move", "Move household…", Right.EDIT_REGISTER)
_ADD_PERSON = ("register.add_person", "Add person…", Right.EDIT_REGISTER)
_EXPORT = ("select.export_people", "Export…", Right.EXPORT)
_HISTORY = ("register.history", "History…", Right.PEOPLE)
_HISTORY_OF_PLACE = ("register.history", "History…", Right.PLACES)

_COMMANDS: dict[str, tuple[tuple[str, str, Right], ...]] = {
    "person": (
        _EDIT,
        ("register.household", "Edit household…", Right.EDIT_REGISTER),
        _MOVE,
        _REMOVE,
        _HISTORY,
    ),
    "household": (_EDIT, _ADD_PERSON, _MOVE, _REMOVE, _EXPORT, _HISTORY),
    "unit": (
        _EDIT,
        ("register.add_household", "Add household…", Right.EDIT_REGISTER),
        _ADD_PERSON,
        ("register.split", "Split unit…", Right.EDIT_REGISTER),
        ("register.join", "Join units…", Right.EDIT_REGISTER),
        _REMOVE,
        _EXPORT,
        _HISTORY,
    ),
    "building": (
        _EDIT_PLACE,
        ("register.add_unit", "Add unit…", Right.EDIT_REGISTER),
        _EXPORT,
        _HISTORY_OF_PLACE,
    ),
    "grid": (_EDIT_PLACE, _EXPORT, _HISTORY_OF_PLACE),
    "organisation": (_EDIT_PLACE, _HISTORY_OF_PLACE),
    "landmark": (
        ("landmark.edit", "Edit 3D model…", Right.EDIT_PLACES),
        ("landmark.remove", "Remove 3D model", Right.EDIT_PLACES),
    ),
    "area": (_EXPORT,),
    "panorama": (("view.street_here", "Look around here", Right.PLACES),),
}
"""Action, title and the right it takes, by what the card is of."""


def commands_html(noun: str, rights: Collection[Right], tag: str = "div") -> str:
    """Return the commands of a card that need no more than these rights; empty where there are none."""
    links = [
        f"<a href='run:{command}'>{tr(title).replace(' ', '&nbsp;')}</a>"
        for command, title, right in _COMMANDS.get(noun, ())
        if right in rights
    ]
    return f"<{tag}>{'&nbsp;· '.join(links)}</{tag}>" if links else ""
