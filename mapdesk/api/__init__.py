"""Everything a plugin may import, and nothing else of mapdesk.

A plugin is a folder with ``plugin.toml`` (id, title, title_zh, keys) and a module whose function
``run(desk)`` is called on the GUI thread when its command is chosen. What it is handed is a `Desk`.
Personal nouns are not to be had through it.
"""

from mapdesk.api.desk import Desk, DeskView
from mapdesk.model.errors import InputError, WorldError
from mapdesk.model.selection import Ref, Selection

__all__ = ["Desk", "DeskView", "InputError", "Ref", "Selection", "WorldError"]
