"""What the desk is doing now. Assign once, emit once; listeners do not know each other."""

from __future__ import annotations

from psygnal import Signal

from mapdesk.model.access import Access
from mapdesk.model.selection import Nearby, Ref, Selection


class Session:
    """State shared by the map and the panels. GUI thread only.

    Signals carry the new value. Setting a value equal to the old one emits nothing.
    """

    selection_changed = Signal(Selection)
    focus_changed = Signal(object)
    tool_changed = Signal(str)
    access_changed = Signal(Access)
    nearest_changed = Signal(tuple)

    def __init__(self, access: Access) -> None:
        self._selection = Selection()
        self._focus: Ref | None = None
        self._tool = "pan"
        self._access = access
        self._nearest: tuple[Nearby, ...] = ()

    @property
    def selection(self) -> Selection:
        """Things taken by the last gesture."""
        return self._selection

    def select(self, selection: Selection) -> None:
        """Replace the selection."""
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)

    @property
    def focus(self) -> Ref | None:
        """The one thing whose card is shown."""
        return self._focus

    def set_focus(self, ref: Ref | None) -> None:
        """Show the card of `ref`, or of nothing."""
        if ref != self._focus:
            self._focus = ref
            self.focus_changed.emit(ref)

    @property
    def tool(self) -> str:
        """Name of the active map tool: "pan", "circle", "lasso", "rectangle", "polygon", "nearest"."""
        return self._tool

    def set_tool(self, tool: str) -> None:
        """Make `tool` the active one."""
        if tool != self._tool:
            self._tool = tool
            self.tool_changed.emit(tool)

    @property
    def access(self) -> Access:
        """Who works here and for what purpose."""
        return self._access

    def set_access(self, access: Access) -> None:
        """Change the purpose of work."""
        if access != self._access:
            self._access = access
            self.access_changed.emit(access)

    @property
    def nearest(self) -> tuple[Nearby, ...]:
        """The last answer of the nearest-worker tool."""
        return self._nearest

    def set_nearest(self, nearest: tuple[Nearby, ...]) -> None:
        """Show these workers as nearest."""
        if nearest != self._nearest:
            self._nearest = nearest
            self.nearest_changed.emit(nearest)
