"""``mapdesk makeup``: who lives in an area, drawn in characters."""

from __future__ import annotations

import argparse
from typing import Any

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.columns import padded, padded_left
from mapdesk.model.language import tr
from mapdesk.model.makeup import AGES, BANDS, OLDEST, SEXES, WHOLE, Counts, MakeUp
from mapdesk.model.selection import Ref
from mapdesk.services.counting import AnyArea
from mapdesk.services.districts import Progress

WING = 28
"""Characters of the longest bar of the pyramid."""

_FULL, _HALF, _HIDDEN = "█", "▪", "▒▒"


def makeup(options: argparse.Namespace, _progress: Progress) -> Answer:
    """Count who lives in a grid, a building, a drawn area or the whole district."""
    from mapdesk.services import export, making_up

    with opening.opened(options) as store:
        if options.publish:
            count = making_up.publish(store, store.identity.having(options.purpose))
            return Answer(
                {"areas": count}, tr("Published the statistics of {count:,} areas.", count=count)
            )
        if options.every_grid:
            rows = making_up.of_every_grid(store, store.identity.having(options.purpose))
            return Answer(rows, _grids_text(rows))
        area: AnyArea = WHOLE
        if options.grid:
            area = Ref("grid", options.grid)
        elif options.building:
            area = Ref("building", options.building)
        elif options.polygon:
            area = export.area_from_geojson(store, options.polygon)
        compare = None
        if options.compare:
            compare = WHOLE if options.compare == "all" else Ref("grid", options.compare)
        access = store.identity.having(options.purpose)
        made, other = making_up.make_up_of(store, access, area, compare)
    data: dict[str, Any] = {"area": made.as_dict(), "compare": other.as_dict() if other else None}
    return Answer(data, makeup_text(made, other))


def makeup_text(made: MakeUp, other: MakeUp | None) -> str:
    """Return a make-up as text, 80 characters wide: totals, pyramid, and one line a word."""
    lines = [_head(made)]
    if other is not None:
        lines.append(tr("beside {area}", area=_head(other)))
    lines += ["", *_pyramid(made, other)]
    tables = (
        (
            "Households by people in them",
            made.household_sizes,
            made.households,
            "household_sizes",
            "households",
        ),
        ("People by residence", made.residence_kinds, made.people, "residence_kinds", "people"),
        ("Units by use", made.unit_uses, made.units, "unit_uses", "units"),
        ("People by education", made.educations, made.people, "educations", "people"),
    )
    for title, counts, total, name, of in tables:
        beside: Counts | None = None if other is None else getattr(other, name)
        beside_total = None if other is None else getattr(other, of)
        lines += ["", tr(title)]
        for word in dict.fromkeys([*counts, *(beside or {})]):
            count = counts.get(word, 0)
            line = f"  {padded(tr(word), 18)}{_number(count):>10}  {_percent(count, total):>7}"
            if beside is not None:
                line += f"   {_percent(beside.get(word, 0), beside_total):>7}"
            lines.append(line)
    if made.hides or (other is not None and other.hides):
        hidden = tr("hidden, ▒▒: fewer than 10, or hidden so that those cannot be reckoned")
        lines += ["", hidden]
    return "\n".join(lines)


def _grids_text(rows: list[dict[str, Any]]) -> str:
    """Return a line a grid: people and their ages."""
    counted = ("people", *AGES)
    titles = "".join(f"{padded_left(tr(name), 10)}" for name in counted)
    lines = [
        f"{padded(row['name'], 24)}{padded(row['grid'], 14)}"
        + "".join(padded_left(_number(row[name]), 10) for name in counted)
        for row in rows
    ]
    return "\n".join([f"{padded(tr('Grid'), 24)}{padded('', 14)}{titles}", *lines])


def _head(made: MakeUp) -> str:
    title = made.title or (
        tr("the whole district")
        if made.ref == WHOLE
        else tr("{count:,} buildings", count=made.buildings)
    )
    return tr(
        "{area}: {people} people, {households} households, {units} units",
        area=title,
        people=_number(made.people),
        households=_number(made.households),
        units=_number(made.units),
    )


def _pyramid(made: MakeUp, other: MakeUp | None) -> list[str]:
    """Return bars in counts, men to the left; with a second area its percent beside the first's."""
    known = made.pyramid[: OLDEST + 1, :2]
    longest = max(int(known.max(initial=0)), 1)
    men_title, age = tr("men"), padded(f" {tr('age')}", 7)
    indent = WING + 8 - len(padded(men_title, 0).rstrip())
    lines = [f"{' ' * indent}{men_title} {age} {tr('women')}"]
    for band in range(OLDEST, -1, -1):
        men, women = made.cell(band, 0), made.cell(band, 1)
        left = f"{_number(men):>7} {_bar(men, longest)[::-1]:>{WING}}"
        right = f"{_bar(women, longest):<{WING}} {_number(women)}"
        if other is not None:
            pairs = (_percent(other.cell(band, sex), other.people) for sex in (0, 1))
            right = f"{right:<{WING + 8}}  {'  '.join(f'{one:>6}' for one in pairs)}"
        lines.append(f"{left} {BANDS[band]:^7} {right}".rstrip())
    if other is not None:
        lines[0] = f"{lines[0]:<{2 * WING + 26}}{tr('beside: men, women'):>16}"
    unknown = [made.cell(OLDEST + 1, sex) for sex in range(len(SEXES))]
    unknown += [made.cell(band, len(SEXES) - 1) for band in range(OLDEST + 1)]
    if any(unknown):
        total = tr("hidden") if None in unknown else f"{sum(filter(None, unknown)):,}"
        lines.append("  " + tr("age or sex unknown: {count}", count=total))
    return lines


def _bar(count: int | None, longest: int) -> str:
    """Return a bar in whole characters; one of half width stands for the least there is."""
    if count is None:
        return _HIDDEN
    whole, half = divmod(round(2 * WING * count / longest), 2)
    return _FULL * whole + (_HALF if half or (count and not whole) else "")


def _number(count: int | None) -> str:
    return tr("hidden") if count is None else f"{count:,}"


def _percent(count: int | None, total: int | None) -> str:
    if count is None:
        return tr("hidden")
    return "–" if total is None else f"{100 * count / max(total, 1):.1f} %"
