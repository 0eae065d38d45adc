"""The Chinese catalogue is whole: every text the window can show is in it, and nothing else.

What the window says is read out of the source, so that a new text without a translation fails here
with its file and line. Values of rows reach ``tr`` through variables: `VALUES` names those.
"""

from __future__ import annotations

import argparse
import ast
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np

from mapdesk.app.measure_actions import TITLES
from mapdesk.app.sheet_form import TITLES as SHEET_TITLES
from mapdesk.app.sheet_legend import BUILDINGS, LAND, RAILWAYS
from mapdesk.cli.arguments import parser
from mapdesk.cli.reference import commands_of
from mapdesk.cli.register_arguments import STATUSES
from mapdesk.demo import build_district
from mapdesk.layers import layer_style
from mapdesk.layers.legend import OTHERS
from mapdesk.layers.measures import STYLED, measures_of
from mapdesk.model import filter_columns, filter_fields, filter_words, nouns, subjects
from mapdesk.model.looks import ACTIONS, KINDS
from mapdesk.model.nouns import NOUNS, ROAD_KINDS
from mapdesk.model.outgoing import STATES
from mapdesk.model.retention import KEPT
from mapdesk.model.rights import RIGHT_TITLES, ROLES
from mapdesk.panels import condition_row
from mapdesk.panels.style_panel import LABELS
from mapdesk.panels.time_bar import TITLES as STEP_TITLES
from mapdesk.services.cards import field_title
from mapdesk.services.demo import load_recipe
from mapdesk.services.importing import IMPORT_KINDS
from mapdesk.services.measuring import UNITS
from mapdesk.services.whereabouts import SYSTEMS

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "data" / "translations" / "zh_CN.toml"
CARD_HTML = ROOT / "mapdesk" / "panels" / "card_html.py"
SPOKEN = frozenset({"tr", "progress"})
"""Functions whose first argument is shown in the language in force."""
SPOKEN_BY_CLI = frozenset({"_line", *SPOKEN})
"""In the command line a line of a card translates its name too."""
SPOKEN_BY_PLUGINS = frozenset({"say", "ask_where_to_save"})
"""Methods of a plugin's view that translate their first argument."""
WORDS_TO_TYPE = {*IMPORT_KINDS, *KINDS, *STATUSES, *(what.replace(" ", "-") for what in KEPT)}
"""Words that are typed as they are in every language."""

SHOWN_VALUES = (
    ("grid", "kind"),
    ("building", "use"),
    ("unit", "use"),
    ("household", "kind"),
    ("person", "sex"),
    ("person", "residence_kind"),
    ("person", "relation"),
    ("person", "education"),
    ("person", "care_flag"),
    ("camera", "owner"),
    ("camera", "purpose"),
    ("camera", "status"),
    ("worker", "role"),
    ("worker", "shift"),
    ("worker", "status"),
    ("incident", "status"),
    ("organisation", "kind"),
    ("component", "kind"),
    ("component", "status"),
    ("sensor", "kind"),
    ("sensor", "status"),
    ("resource", "kind"),
    ("railway", "kind"),
    ("railway", "track_use"),
)
"""Fields whose values are words of a short list."""

VALUES: dict[str, str] = {
    "household.kind": "single, elder alone, couple, elder couple, family, family of four,"
    " grown family, one parent, three generations, flat share, crew, unknown",
    "person.sex": "male, female",
    "person.residence_kind": "registered, floating",
    "person.relation": "head, spouse, child, mother, father, flatmate",
    "person.education": "none yet, primary, junior secondary, senior secondary, college,"
    " university, postgraduate",
    "person.care_flag": "pregnant, lives alone, wheelchair, impaired sight, oxygen at home",
    "camera.owner": "police, property company, transport, port, fire, school, company, water, parks",
    "camera.status, sensor.status": "online, offline",
    "worker.role": "grid worker, patrol, property, volunteer, sanitation, fire, inspector",
    "retention.KEPT": "history of the gone, staged rows, looks, saved outgoing requests,"
    " closed incidents, readings",
    "worker.shift": "day, evening, night",
    "incident.status": "reported, dispatched, handling, verifying, closed",
    "organisation.kind": "shop, community service, kindergarten, port company,"
    " hazardous chemicals, office, school, factory, logistics, care home, hospital, transport,"
    " public, government",
    "component.kind": "tree, lamp, manhole, bay, bin, hydrant, traffic sign, bench",
    "component.status": "good, damaged",
    "railway.kind": ", ".join(nouns.RAILWAY_KINDS),
    "railway.track_use": ", ".join(nouns.TRACK_USES),
    "sensor.kind": "smoke, gas, water level, air quality, noise",
    "resource.kind": "shelter, vehicle, store",
    "MakeUp.household_sizes": "1, 2, 3, 4, 5, 6+",
    "jobs.Jobs": "Still writing; you can go on meanwhile",
    "map_item.kind": "bookmark, tour, style, raster",
    "outgoing.state": ", ".join(STATES),
    "filter_columns.column_title": "full name",
    "look.kind": "look, unmask, export, approval, sign-in, break-glass, change, erase, audit",
    "look.action": ", ".join(ACTIONS),
    "Card headings": "Finer grids, Workers, Blocks, Open incidents, Organisations, Cameras,"
    " Past incidents, Cameras nearby",
    "Figures.counts": "people, buildings, units, organisations, cameras, incidents open,"
    " incidents closed",
    "Card links": "building, unit, department, class, worker, parent, sensor",
    "register_changes.STATUS_TITLES": "New, Changed, Moved, Gone, Doubtful, Unchanged, Refused",
    "register_model._TITLES": "Line, Full name, Born, What changes, Note",
    "register_pages.FIELD_TITLES": "id in the register, building number, stair, room, household,"
    " unit id, building id, address",
    "edit_dialog.TITLES": "Edit person, Edit household, Edit unit, Edit building, Edit grid,"
    " Edit organisation",
    "row_form": "base (m)",
    "row_dialogs": "Add person, Add household, Add unit, Remove person, Remove household, Remove unit",
    "history_dialogs": "register, by hand, undone, came into the register, left the register,"
    " Person, Household, Unit, Building, Grid, Organisation",
    "batch.title": "household moved, unit split, units joined, new person, new household, new unit,"
    " person removed, household removed, unit removed",
    "register_values.CHOICES": "absent, foreign, grandchild, sibling, other",
    "staged.note": "no home has this address, the address names no door",
    "PurposeError.needed_for": "contacts",
    "Nearby.reason": "live GPS position, at the grid's office",
    "staged.status, batch.kind": "same, edit, undo",
    "map_pane.THEMES": "Light, Dark",
    "time_bar.TITLES": ", ".join(STEP_TITLES.values()),
    "sheet_form.TITLES": ", ".join(SHEET_TITLES.values()),
    "sheet_legend": ", ".join(
        {*LAND.values(), *ROAD_KINDS.values(), *RAILWAYS.values(), *BUILDINGS.values()}
    ),
    "copying.RECORD_STAYS": "The record of looks does not come along: keep {place} for as long as its"
    " record has to be kept.",
}
"""Words that are values of rows, by where they come from; those of `nouns` are read from there."""


@cache
def catalogue() -> dict[str, str]:
    """Return the Chinese texts."""
    return dict(tomllib.loads(CATALOGUE.read_text("utf-8"))["texts"])


@cache
def asked() -> dict[str, str]:
    """Return every text the code asks for by name, and where."""
    found: dict[str, str] = {}
    sources = (
        *(_in_code(), _in_help(), _in_actions(), _in_plugins(), _in_nouns(), _in_filters()),
        ((text, "whereabouts.SYSTEMS") for text in SYSTEMS.values()),
        ((text, "measures") for text in (*UNITS.values(), *TITLES.values())),
        _in_styles(),
    )
    for text, place in chain.from_iterable(sources):
        found.setdefault(text, place)
    return found


def _in_code() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "mapdesk").rglob("*.py")):
        place = path.relative_to(ROOT / "mapdesk").as_posix()
        for name, call in _calls(path):
            if name in (SPOKEN_BY_CLI if place.startswith("cli/") else SPOKEN):
                for text in _literals(call.args[0]):
                    yield text, f"{place}:{call.lineno}"
            elif name == "add_dock":
                yield from ((text, f"{place}:{call.lineno}") for text in _literals(call.args[1]))


def _in_help() -> Iterator[tuple[str, str]]:
    """Yield what every command and option says of itself; lists of command words are no texts."""
    for name, command in every_command():
        yield command.description or "", name
        for action in command._actions:
            said = action.help if action.help != argparse.SUPPRESS else ""
            if said and not all(part.strip() in WORDS_TO_TYPE for part in said.split(",")):
                yield said, name
        for group in command._action_groups:
            yield group.title or "", name


def every_command() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield the parser itself and every command and task of it."""
    top = parser()
    yield "mapdesk", top
    yield from commands_of(top)


def _in_actions() -> Iterator[tuple[str, str]]:
    path = ROOT / "mapdesk" / "app" / "actions.py"
    for name, call in _calls(path):
        if name == "Action":
            _id, title, _run, menu, *rest = (ast.literal_eval(one) for one in call.args)
            tips = [ast.literal_eval(one.value) for one in call.keywords if one.arg == "tip"]
            for text in (title, menu, *rest[1:2], *tips):
                if text:
                    yield text, f"app/actions.py:{call.lineno}"
    for title in _assigned(path, "MENUS"):
        yield title, "app/actions.py: MENUS"


def _in_plugins() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "plugins").glob("*/*")):
        place = path.relative_to(ROOT).as_posix()
        if path.name == "plugin.toml":
            tip = tomllib.loads(path.read_text("utf-8")).get("tip", "")
            if tip:
                yield tip, place
        elif path.suffix == ".py":
            for name, call in _calls(path):
                if name in SPOKEN_BY_PLUGINS and call.args:
                    for text in _literals(call.args[0]):
                        yield text, f"{place}:{call.lineno}"


def _in_nouns() -> Iterator[tuple[str, str]]:
    hidden = set(_assigned(CARD_HTML, "_HIDDEN"))
    for noun in NOUNS.values():
        yield noun.title, f"title of {noun.key}"
        yield noun.one, f"one {noun.key}"
        for field in noun.fields:
            if field.name not in hidden:
                yield field_title(noun.key, field.name), f"field of {noun.key}"
    for name in (
        "UNIT_USES",
        "GRID_KINDS",
        "BUILDING_USES",
        "CAMERA_PURPOSES",
        "WORKER_STATUSES",
        "ROAD_KINDS",
        "LAND_USES",
    ):
        yield from ((word, f"nouns.{name}") for word in getattr(nouns, name))
    yield from ((title, "rights.RIGHT_TITLES") for title in RIGHT_TITLES.values())
    yield from ((role.title, "rights.ROLES") for role in ROLES.values())
    yield from ((word, "nouns.SEVERITIES") for word in nouns.SEVERITIES.values())


def _in_filters() -> Iterator[tuple[str, str]]:
    for fields in filter_fields.FILTER_FIELDS.values():
        for field in fields:
            words = (field.title, field.unit, *field.choices)
            yield from ((word, f"filter field {field.name}") for word in words if word)
    for table in (
        filter_fields.OPERATOR_TITLES,
        filter_fields.DATE_TITLES,
        filter_columns.COLUMN_TITLES,
        filter_words.PHRASES,
        condition_row.MODE_TITLES,
    ):
        yield from ((text, "filters") for text in table.values())
    yield from ((text, "subjects") for text in subjects.SUBJECTS)


def _in_styles() -> Iterator[tuple[str, str]]:
    for noun in STYLED:
        for measure in measures_of(noun).values():
            words = (measure.title, measure.unit)
            yield from ((word, f"measure {measure.key}") for word in words if word)
    for text in (
        *layer_style.TITLES.values(),
        *LABELS.values(),
        "all",
        OTHERS,
        "no figure",
        "not shown",
    ):
        yield text, "styles"


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"), str(path))):
        if isinstance(node, ast.Call) and node.args:
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr, node


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts an expression can be; a choice of two can be both."""
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _assigned(path: Path, name: str) -> tuple[str, ...]:
    """Return the texts a module assigns to `name`."""
    for node in ast.parse(path.read_text("utf-8"), str(path)).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            return tuple(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} assigns no {name}")


def _values() -> set[str]:
    return {word.strip() for words in VALUES.values() for word in words.split(",")}


def _places(text: str) -> list[str]:
    return sorted(
        name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name
    )


def test_every_text_of_the_window_is_translated() -> None:
    missing = [f"{place}: {text!r}" for text, place in asked().items() if text not in catalogue()]
    assert not missing, "not in zh_CN.toml:\n" + "\n".join(missing)


def test_every_value_word_is_translated() -> None:
    missing = sorted(_values() - set(catalogue()))
    assert not missing, f"not in zh_CN.toml: {missing}"


def test_nothing_is_translated_that_nobody_says() -> None:
    unused = sorted(set(catalogue()) - set(asked()) - _values())
    assert not unused, f"in zh_CN.toml, but neither in the code nor in VALUES: {unused}"


def test_each_translation_says_something_and_keeps_its_places() -> None:
    wrong = {
        text: translation
        for text, translation in catalogue().items()
        if not translation
        or translation.strip() != translation
        or _places(translation) != _places(text)
    }
    assert wrong == {}


def test_nouns_are_called_the_same_in_the_catalogue_and_in_the_table() -> None:
    different = {
        noun.key: (noun.title_zh, catalogue().get(noun.title))
        for noun in NOUNS.values()
        if noun.title_zh != catalogue().get(noun.title)
    }
    assert not different


def test_the_words_of_the_demo_district_are_translated() -> None:
    frames = build_district(load_recipe(), people=4000, seed=1, progress=_silent)
    missing = {
        f"{noun}.{field}: {value}"
        for noun, field in SHOWN_VALUES
        for value in np.unique(frames[noun][field].dropna().astype(str))
        if value not in catalogue()
    }
    assert not missing, f"values without a translation: {sorted(missing)}"


def _silent(_text: str, _part: float) -> None:
    return


def test_every_action_of_the_record_is_known_by_name():
    written = {
        call.args[2].value: f"{path.name}:{call.lineno}"
        for folder in ("services", "store")
        for path in (ROOT / "mapdesk" / folder).rglob("*.py")
        for name, call in _calls(path)
        if name == "record" and len(call.args) > 2 and isinstance(call.args[2], ast.Constant)
    }
    assert len(written) > 20
    assert {action: place for action, place in written.items() if action not in ACTIONS} == {}
