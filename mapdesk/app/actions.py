"""Every command of the desk, declared once: menus, tool bar, palette and help are made from it.

Titles are English keys of the catalogue, resolved when shown, so that the language can change while
the desk runs. `run` names a method of `Commands`, or with a dot that of another part of the window.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapdesk.model.rights import Right


@dataclass(frozen=True)
class Action:
    """One command.

    Parameters
    ----------
    id : str
        "group.name".
    title : str
        English, imperative.
    run : str
        Method of `Commands`, or "part.method" of a part of the window.
    menu : str
        English title of the menu it stands in.
    keys : str
        Shortcut in Qt's notation, empty for none.
    tip : str
        Tool tip, English.
    tool : str
        Name of the ground tool it picks, empty for none: such actions are checkable.
    icon : str
        Name of a picture in ``data/icons``; actions with one stand in the tool bar.
    right : Right or None
        What the role of who is signed in must include; without it the action is shown but disabled.
    base : str
        Name of the base map it shows, empty for none: such actions are checkable.
    """

    id: str
    title: str
    run: str
    menu: str
    keys: str = ""
    tip: str = ""
    tool: str = ""
    icon: str = ""
    right: Right | None = None
    base: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("file.new", "New district…", "new_district", "File", "Ctrl+N", "Make an empty district"),
    Action("file.open", "Open district…", "choose_district", "File", "Ctrl+O", "Open a district"),
    Action("file.open_server", "Open on a server…", "choose_server", "File", "", "Open a district that many desks share"),
    Action("file.import", "Import…", "import_file", "File", "Ctrl+I", "Bring a file's data in", right=Right.EDIT_PLACES),
    Action("file.panoramas", "Import panoramas…", "street.ask_folder", "File", "", "Bring in a folder of geotagged panoramas, or take such an import back", right=Right.EDIT_PLACES),
    Action("file.backup", "Back up…", "back_up", "File", "", "Write the district to one file", right=Right.BACK_UP),
    Action("file.copy", "Copy district…", "copies.choose", "File", "", "Copy the district, compared row by row, to a new folder or an empty database", right=Right.BACK_UP),
    Action("file.encrypt", "Encrypt a copy…", "vault.encrypt_copy", "File", "", "Copy the district to a folder that yields nothing without its passphrase", right=Right.BACK_UP),
    Action("file.passphrase", "Change passphrase…", "vault.change_passphrase", "File", "", "Change the passphrase of an encrypted district"),
    Action("file.register", "Import register…", "register.import_register", "File", "Ctrl+Shift+I", "Compare a register of people with the district's, and accept what is right", right=Right.EDIT_REGISTER),
    Action("file.waiting", "Waiting registers…", "register.show_waiting", "File", "", "Go on with registers that wait to be accepted", right=Right.EDIT_REGISTER),
    Action("file.picture", "Save picture…", "save_picture", "File", "Ctrl+Shift+S", "Save the map"),
    Action("file.print", "Print map…", "prints.show", "File", "Ctrl+Alt+M", "Compose a sheet of what the map shows: PDF, or PNG of 300 dots an inch"),
    Action("file.export", "Export…", "outgoing.export", "File", "Ctrl+Shift+E", "Write the table's answer, or the selection, to a file", right=Right.EXPORT),
    Action("file.sheet", "Print sheet of this grid…", "outgoing.print_sheet", "File", "Ctrl+Shift+P", "One map, one table, one book of the grid whose card is shown", right=Right.EXPORT),
    Action("file.approvals", "Approvals…", "outgoing.show_approvals", "File", "", "What others want to take out", right=Right.APPROVE),
    Action("file.requests", "My requests…", "outgoing.show_requests", "File", "", "What you asked a second person for", right=Right.EXPORT),
    Action("file.publish", "Publish statistics", "makeup.publish", "File", "", "Count the fixed areas for those who may read no records", right=Right.EDIT_REGISTER),
    Action("file.users", "Users…", "show_users", "File", "", "Who may sign in, in which role", right=Right.USERS),
    Action("file.retention", "Retention…", "rights.show_retention", "File", "", "How long things are kept, and erasing what is due", right=Right.RETENTION),
    Action("file.password", "Change password…", "change_password", "File", "", "Choose another password for yourself"),
    Action("file.code", "Authenticator code…", "set_up_code", "File", "", "Be asked for a code of your telephone at each sign-in"),
    Action("file.lock", "Lock now", "lock_now", "File", "Ctrl+Alt+L", "Cover the desk until you sign in again"),
    Action("file.idle", "Lock when idle…", "choose_idle_time", "File", "", "After how many minutes without key or mouse the desk locks itself"),
    Action("file.record", "Record of looks…", "record.show", "File", "Ctrl+Shift+R", "Who looked at what, and why", right=Right.AUDIT),
    Action("file.anchor", "Anchor the record…", "record.anchor", "File", "", "Sign the newest row into a file nobody can change", right=Right.AUDIT),
    Action("file.quit", "Quit", "close", "File", "Ctrl+Q"),
    Action("edit.undo", "Undo selection", "undo_selection", "Edit", "Ctrl+Z"),
    Action("edit.redo", "Redo selection", "redo_selection", "Edit", "Ctrl+Shift+Z"),
    Action("edit.clear", "Clear selection", "clear_selection", "Edit", "Ctrl+Backspace"),
    Action("edit.bring_back", "Bring back", "forgotten.bring_back", "Edit", "Ctrl+Alt+B", "Keep again the bookmark, tour, style or imagery forgotten last"),
    Action("edit.find", "Find…", "show_search", "Edit", "Ctrl+F", "Find a name, address or id"),
    Action("edit.filter", "Filter…", "show_filter", "Edit", "Ctrl+Shift+F", "People, households, units, buildings or organisations by conditions"),
    Action("edit.purpose", "State purpose…", "ask_purpose", "Edit", "Ctrl+P", "Say what you need people's data for", right=Right.PEOPLE),
    Action("edit.emergency", "Emergency: look beyond my areas…", "rights.ask_emergency", "Edit", "", "For 30 minutes, with a reason and a loud record", right=Right.BREAK_GLASS),
    Action("register.edit", "Edit…", "register.edit", "Edit", "F2", "Correct what the card is of: a person, household, unit, building, grid or organisation", right=Right.EDIT_PLACES),
    Action("register.household", "Edit household…", "register.edit_household", "Edit", "", "Correct the household of the person whose card is shown", right=Right.EDIT_REGISTER),
    Action("register.unit", "Edit unit…", "register.edit_unit", "Edit", "", "Correct the unit of the card, or one of its building", right=Right.EDIT_REGISTER),
    Action("register.add_person", "Add person…", "rows.add_person", "Edit", "Ctrl+Alt+P", "To the household or unit whose card is shown", right=Right.EDIT_REGISTER),
    Action("register.add_household", "Add household…", "rows.add_household", "Edit", "Ctrl+Alt+H", "To the unit whose card is shown", right=Right.EDIT_REGISTER),
    Action("register.add_unit", "Add unit…", "rows.add_unit", "Edit", "Ctrl+Alt+U", "To the building whose card is shown", right=Right.EDIT_REGISTER),
    Action("register.remove", "Remove…", "rows.remove", "Edit", "Ctrl+Del", "Take the person, household or unit of the card out of the register", right=Right.EDIT_REGISTER),
    Action("register.move", "Move household…", "register.move", "Edit", "", "Let a household live in another unit", right=Right.EDIT_REGISTER),
    Action("register.split", "Split unit…", "register.split", "Edit", "", "Make two units of one", right=Right.EDIT_REGISTER),
    Action("register.join", "Join units…", "register.join", "Edit", "", "Make one unit of two", right=Right.EDIT_REGISTER),
    Action("register.undo", "Undo change", "register.undo", "Edit", "Ctrl+Alt+Z", "Undo your last change of the register or of a place", right=Right.EDIT_PLACES),
    Action("register.redo", "Redo change", "register.redo", "Edit", "Ctrl+Alt+Y", "Do again what was undone last", right=Right.EDIT_PLACES),
    Action("register.changes", "Changes…", "register.show_changes", "Edit", "", "Everything that was done to the register and to places, and undoing it", right=Right.EDIT_PLACES),
    Action("register.history", "History…", "register.show_history", "Edit", "", "Who changed what of the person, unit or place whose card is shown", right=Right.PLACES),
    Action("landmark.place", "Place 3D model…", "landmarks.choose", "Edit", "", "Put a CityJSON, glTF or OBJ model on the map", right=Right.EDIT_PLACES),
    Action("landmark.edit", "Edit 3D model…", "landmarks.edit", "Edit", "", "Move, turn or scale the landmark whose card is shown", right=Right.EDIT_PLACES),
    Action("landmark.remove", "Remove 3D model", "landmarks.remove", "Edit", "", "Take the landmark whose card is shown off the map", right=Right.EDIT_PLACES),
    Action("landmark.undo", "Undo 3D model", "landmarks.undo", "Edit", "", "Take back what you did to landmarks last", right=Right.EDIT_PLACES),
    Action("landmark.redo", "Redo 3D model", "landmarks.redo", "Edit", "", "Do again what you took back", right=Right.EDIT_PLACES),
    Action("heights.undo", "Undo terrain", "heights.undo", "Edit", "", "Take back what you did to the terrain last", right=Right.EDIT_PLACES),
    Action("heights.redo", "Redo terrain", "heights.redo", "Edit", "", "Do again what you took back", right=Right.EDIT_PLACES),
    Action("select.pan", "Move map", "use_tool", "Select", "Esc", "Left-drag moves, right-drag turns, wheel zooms", "pan", "pan"),
    Action("select.circle", "Circle", "use_tool", "Select", "C", "Drag from the centre, or click for the radius typed", "circle", "circle"),
    Action("select.lasso", "Lasso", "use_tool", "Select", "L", "Draw around things", "lasso", "lasso"),
    Action("select.rectangle", "Rectangle", "use_tool", "Select", "R", "Drag from corner to corner", "rectangle", "rectangle"),
    Action("select.polygon", "Polygon", "use_tool", "Select", "P", "Click corners; double-click, Enter or right-click closes", "polygon", "polygon"),
    Action("select.inside", "Everything inside", "select_inside", "Select", "I", "Select all inside the building or grid whose card is shown"),
    Action("select.streams", "Open selected streams", "open_selected_streams", "Select", "S", "Watch the selected cameras side by side", right=Right.CAMERAS),
    Action("select.nearest", "Nearest workers", "use_tool", "Select", "N", "Click a place: the five nearest available workers", "nearest", "nearest"),
    Action("select.nearest_here", "Nearest workers to this", "nearest_to_focus", "Select", "Shift+N", "The five nearest to the thing whose card is shown"),
    Action("select.makeup", "Make-up of this area", "makeup.show_here", "Select", "M", "Who lives in the building or grid whose card is shown, in counts"),
    Action("select.makeup_selection", "Make-up of the selection", "makeup.show_selected", "Select", "Shift+M", "Who lives in the selected buildings, in counts"),
    Action("select.people", "People of the selection", "cards.show_selected_people", "Select", "W", "Who lives in the selected buildings, one by one", right=Right.PEOPLE),
    Action("select.export_people", "Export people…", "outgoing.export_people", "Select", "", "Write who lives in the building, grid, unit or household of the card to a file", right=Right.EXPORT),
    Action("card.back", "Card before", "cards.back", "View", "Alt+Left", "Show the card one came from"),
    Action("card.forward", "Card after", "cards.forward", "View", "Alt+Right", "Show the card one went back from"),
    Action("select.export", "Export selection…", "outgoing.export_selection", "Select", "", "Write what is selected, or who lives there, to a file", right=Right.EXPORT),
    Action("view.home", "Whole district", "look_at_all", "View", "Home", "See all of it", icon="home"),
    Action("view.north", "North up", "north_up", "View", "U"),
    Action("view.top", "From above", "look_down", "View", "T"),
    Action("view.oblique", "Oblique", "look_oblique", "View", "O"),
    Action("view.inside", "Open building", "inside.open_focus", "View", "B", "Pull the floors of the card's building apart, or put them together again"),
    Action("view.vector", "Vector map", "base.show_vector", "View", "1", "Land, roads and footprints, flat", icon="vector", base="vector"),
    Action("view.imagery", "Imagery", "base.show_imagery", "View", "2", "Pictures of the ground: aerial, satellite, tiles of a server", icon="imagery", base="imagery"),
    Action("view.3d", "3D map", "base.show_3d", "View", "3", "Buildings stand on the map", icon="cube", base="3d"),
    Action("view.terrain", "Terrain", "base.switch_terrain", "View", "5", "Everything stands on the ground's heights, or on a plane"),
    Action("view.steeper", "Steeper terrain", "base.steepen", "View", "Shift+5", "The terrain as it is, half as steep again, twice as steep"),
    Action("view.street", "Street view", "street.switch", "View", "4", "Look around in the panorama nearest to the middle of the map, or close it", icon="street"),
    Action("view.street_here", "Look around here", "street.show_focus", "View", "Shift+S", "Street view nearest to the thing whose card is shown"),
    Action("view.names", "Names on the map", "points.switch_names", "View", "Ctrl+Shift+L", "Show or hide the names of streets, areas, buildings and points"),
    Action("view.next_cluster", "Next cluster", "points.next_cluster", "View", "J", "Go to the next cluster of points in view, the largest first"),
    Action("view.open_cluster", "Look into the cluster", "points.open_cluster", "View", "Shift+J", "Fly to where the cluster parts into smaller ones"),
    Action("view.rasters", "Imagery…", "base.show_rasters", "View", "Ctrl+Alt+I", "Add pictures of the ground, and say how they are shown"),
    Action("view.heights", "Terrain…", "heights.show", "View", "Ctrl+Alt+E", "The heights of the ground: add an elevation model, look at what there is, remove it"),
    Action("view.swipe", "Compare two pictures", "base.swipe", "View", "Y", "A line across the map, one picture left of it, another right"),
    Action("view.theme", "Light or dark", "switch_theme", "View", "Ctrl+D", "Change between the light and the dark theme", icon="theme"),
    Action("style.show", "Style…", "styles.show_panel", "View", "Ctrl+Alt+S", "Colour grids, buildings or points by a field or a statistic"),
    Action("style.choose", "Saved style…", "styles.choose", "View", "Ctrl+Alt+K", "Show the map in a saved style"),
    Action("style.off", "Map without style", "styles.off", "View", "Ctrl+Alt+0", "Show the map in its own colours"),
    Action("time.show", "Time", "time.switch", "View", "Shift+T", "Show what was at a time: a bar under the map goes through hours, days, weeks or months"),
    Action("time.compare", "Compare two times", "time.compare", "View", "Shift+Y", "Leave the time shown left of a line, and go on right of it; or end that"),
    Action("time.play", "Play time", "time.play", "View", "F8", "Let time go by on the map, or pause"),
    Action("time.before", "One step back", "time.step_back", "View", "[", "Show the time before"),
    Action("time.after", "One step on", "time.step_on", "View", "]", "Show the time after"),
    Action("view.language", "English or Chinese", "switch_language", "View", "Ctrl+L", "中文 / English", icon="language"),
    Action("view.palette", "Command palette…", "show_palette", "View", "Ctrl+K", "Find a command by name"),
    Action("view.second", "Second map", "second.switch", "View", "Ctrl+2", "Another map of the district beside this one, with its own layers, theme and tilt"),
    Action("view.link", "Link maps", "second.switch_link", "View", "Ctrl+Shift+2", "Let both maps go together, or each for itself"),
    Action("view.second_window", "Second map in its own window", "second.switch_window", "View", "Ctrl+Alt+2", "For another screen; or back beside the first"),
    Action("view.settings", "Settings…", "settings.show", "View", "Ctrl+,", "What is the same for every district: how pictures of the map are made"),
    Action("view.full_screen", "Full screen", "switch_full_screen", "View", "F11"),
    Action("map.go", "Go to coordinates…", "places.go", "Map", "Ctrl+G", "Fly to longitude and latitude, GCJ-02, BD-09, metres or a grid's code, and mark it"),
    Action("map.copy_place", "Copy coordinates", "places.copy_here", "Map", "Ctrl+Shift+C", "Copy the coordinates under the pointer, in the system of the status bar"),
    Action("map.system", "Coordinates shown in…", "places.choose_system", "Map", "", "Choose the system of the status bar: degrees, GCJ-02, BD-09, metres, EPSG:N"),
    Action("map.clear_place", "Clear the place jumped to", "places.clear", "Map", "", "Take its mark off the map"),
    Action("map.distance", "Distance", "use_tool", "Map", "D", "Click point after point; Enter or a double click ends, Backspace takes one back", "distance", "distance"),
    Action("map.area", "Area", "use_tool", "Map", "Shift+A", "Click corners; Enter or a double click ends, Backspace takes one back", "surface"),
    Action("map.height", "Height", "use_tool", "Map", "H", "Click two points, or double-click a building for its height", "height"),
    Action("map.sight", "Line of sight", "use_tool", "Map", "V", "Click where the eye stands, then what it looks at: what stands in the way", "sight"),
    Action("map.measures", "Measures", "measures.show", "Map", "Ctrl+M", "The values measured: copy, remove, units, heights of eye and target"),
    Action("map.copy_measure", "Copy the value measured", "measures.copy_last", "Map", "Ctrl+Shift+M", "The one chosen in the list, else the last one"),
    Action("map.take_back", "Take back the last measure", "measures.take_back", "Map", "Shift+Backspace", "Forget the value measured last"),
    Action("map.clear_measures", "Clear measures", "measures.clear", "Map", "", "Take all values off the map"),
    Action("map.section", "Section", "use_tool", "Map", "X", "Click a line: ground and buildings along it as a plot", "section"),
    Action("map.clear_section", "Clear the section", "section.clear", "Map", "", "Take the section off the map"),
    Action("map.keep_view", "Keep this view…", "bookmarks.keep", "Map", "Ctrl+B", "Keep view, layers and theme under a name"),
    Action("map.bookmarks", "Bookmarks and tours", "bookmarks.show", "Map", "Ctrl+Shift+B", "Views kept under a name, and tours through them: play, record"),
    Action("map.pause_tour", "Pause the tour, or go on", "bookmarks.pause", "Map", "Shift+Space", "Moving the map pauses it too"),
    Action("map.stop_tour", "Stop the tour", "bookmarks.stop", "Map", "", "End the tour that is played or recorded"),
    Action("map.overview", "Overview map", "overview.switch", "Map", "Shift+O", "The whole district in the corner: drag the frame to move the map"),
    Action("map.lock", "Lock the view", "overview.switch_lock", "Map", "K", "Once: tilt and rotation; twice: the whole view; three times: nothing"),
    Action("view.wall", "Wall mode", "wall.switch", "View", "Shift+F11", "The map alone over the whole screen, with letters that are read across a room; Esc leaves"),
    Action("help.keys", "Keys and gestures", "show_keys", "Help", "F1"),
    Action("help.about", "About mapdesk", "show_about", "Help"),
)  # fmt: skip

MENUS = ("File", "Edit", "Select", "View", "Map", "Help")
