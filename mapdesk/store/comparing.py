"""Comparing waiting rows with the register and writing them, all inside the engine.

Each function returns statements to be run one after the other: a desk runs them, and a server that holds its
users to roles has functions made of them. A batch, line or source is a value, or a name of the function's.
"""

from __future__ import annotations

import sqlalchemy as sa

from mapdesk.model.nouns import NOUNS
from mapdesk.store.changes import take_out
from mapdesk.store.schema import BATCH, CHANGE, STAGED, TABLES
from mapdesk.store.statements import Given, Statements, given

_PERSON, _HOUSEHOLD, _UNIT = TABLES["person"], TABLES["household"], TABLES["unit"]
_FIELDS = NOUNS["person"].field_names
_SEX_AGREES = sa.or_(STAGED.c.sex.is_(None), _PERSON.c.sex.is_(None), STAGED.c.sex == _PERSON.c.sex)
_NOTED = ("batch_id", "number", "noun", "row_id", "kind", "field", "old", "new")


def _rows(batch_id: Given[str], line: Given[int] | None) -> list[sa.ColumnElement[bool]]:
    mine: list[sa.ColumnElement[bool]] = [STAGED.c.batch_id == batch_id]
    return mine if line is None else [*mine, STAGED.c.line == line]


def _digits(table: sa.FromClause) -> sa.Function[str]:
    """Return a table's phones as digits alone: registers set hyphens and spaces as they like.

    NULL where nothing is left: who has no phone says so with a hyphen in some registers.
    """
    return sa.func.nullif(sa.func.replace(sa.func.replace(table.c.phone, "-", ""), " ", ""), "")


def recognise(batch_id: Given[str]) -> Statements:
    """Give rows the id of the person they are about, where the register knows them.

    By identity number; without one by name and birth date together with phone or unit, where one person
    alone fits; without either, of the file or of the register, by name together with phone or unit where row
    and person can be each other's alone. Two rows about one person leave the later one in doubt.
    """
    by_number = STAGED.c.identity_number == _PERSON.c.identity_number
    by_rest = sa.and_(
        sa.or_(STAGED.c.identity_number.is_(None), _PERSON.c.identity_number.is_(None)),
        STAGED.c.name == _PERSON.c.name,
        STAGED.c.birth_date == _PERSON.c.birth_date,
        _SEX_AGREES,
        sa.or_(_digits(STAGED) == _digits(_PERSON), STAGED.c.unit_id == _PERSON.c.unit_id),
    )
    alone = (
        sa.select(STAGED.c.line.label("line"), sa.func.min(_PERSON.c.id).label("id"))
        .join(_PERSON, by_rest)
        .where(*_rows(batch_id, None))
        .group_by(STAGED.c.line)
        .having(sa.func.count() == 1)
        .subquery()
    )
    matches = ((STAGED.c.line == alone.c.line, alone.c.id), (by_number, _PERSON.c.id))
    first = (
        sa.select(STAGED.c.id.label("id"), sa.func.min(STAGED.c.line).label("line"))
        .where(*_rows(batch_id, None))
        .group_by(STAGED.c.id)
        .having(sa.func.count() > 1)
        .subquery()
    )
    note = sa.func.concat("the same person as in line ", sa.cast(first.c.line, sa.String))
    return [
        *(
            sa.update(STAGED).where(*_rows(batch_id, None), match).values(id=found)
            for match, found in matches
        ),
        _recognise_by_name(batch_id),
        sa.update(STAGED)
        .where(*_rows(batch_id, None), STAGED.c.id == first.c.id, STAGED.c.line > first.c.line)
        .values(status="doubtful", candidates="[]", note=note),
    ]


def _recognise_by_name(batch_id: Given[str]) -> sa.Update:
    """Give rows that are nobody's yet the id of the one person of their name who is at home, or called, there.

    A row that may be two people, people whom two rows may be about and people whom another row is about
    for certain are left alone: such rows stay new, for two people made one cannot be told apart again.
    """
    is_known = sa.select(_PERSON.c.id).where(_PERSON.c.id == STAGED.c.id).correlate(STAGED).exists()
    # Of one number they would have been known before; of one birth date unless several fit.
    may_be_one = (
        sa.or_(STAGED.c.identity_number.is_(None), _PERSON.c.identity_number.is_(None)),
        sa.or_(
            STAGED.c.birth_date.is_(None),
            _PERSON.c.birth_date.is_(None),
            STAGED.c.birth_date == _PERSON.c.birth_date,
        ),
        _SEX_AGREES,
    )
    # A number says birth date and sex too, where the register's fields do not: nobody here compares those.
    says_more = sa.and_(
        _PERSON.c.identity_number.is_not(None),
        sa.or_(
            sa.and_(STAGED.c.birth_date.is_not(None), _PERSON.c.birth_date.is_(None)),
            sa.and_(STAGED.c.sex.is_not(None), _PERSON.c.sex.is_(None)),
        ),
    )
    # One join each: of two conditions in one, an engine would go through all who share a name.
    pairs = sa.union(
        *(
            sa.select(
                STAGED.c.line.label("line"), _PERSON.c.id.label("id"), says_more.label("open")
            )
            .join(_PERSON, sa.and_(STAGED.c.name == _PERSON.c.name, alike))
            .where(*_rows(batch_id, None), ~is_known, *may_be_one)
            for alike in (
                _digits(STAGED) == _digits(_PERSON),
                STAGED.c.unit_id == _PERSON.c.unit_id,
            )
        )
    ).subquery()
    counted = sa.select(
        pairs,
        sa.func.count().over(partition_by=pairs.c.line).label("people"),
        sa.func.count().over(partition_by=pairs.c.id).label("rows"),
    ).subquery()
    certain = STAGED.alias("certain")
    taken = sa.exists().where(certain.c.batch_id == batch_id, certain.c.id == counted.c.id)
    found = (
        sa.select(counted.c.line, counted.c.id)
        .where(counted.c.people == 1, counted.c.rows == 1, ~counted.c.open, ~taken)
        .subquery()
    )
    return (
        sa.update(STAGED)
        .where(*_rows(batch_id, None), STAGED.c.line == found.c.line)
        .values(id=found.c.id)
    )


def house(batch_id: Given[str], line: Given[int] | None = None) -> Statements:
    """Give rows without a household that of their person if they stay, else the unit's, else a new one."""
    rows = [*_rows(batch_id, line), STAGED.c.household_id.is_(None)]
    stays = sa.or_(STAGED.c.unit_id.is_(None), STAGED.c.unit_id == _PERSON.c.unit_id)
    of_unit = (
        sa.select(_HOUSEHOLD.c.unit_id, sa.func.min(_HOUSEHOLD.c.id).label("id"))
        .group_by(_HOUSEHOLD.c.unit_id)
        .subquery()
    )
    return [
        sa.update(STAGED)
        .where(*rows, STAGED.c.id == _PERSON.c.id, stays)
        .values(household_id=_PERSON.c.household_id),
        sa.update(STAGED)
        .where(*rows, STAGED.c.unit_id == of_unit.c.unit_id)
        .values(household_id=of_unit.c.id),
        sa.update(STAGED)
        .where(*rows, STAGED.c.unit_id.is_not(None))
        .values(household_id=sa.func.concat("H-", STAGED.c.unit_id)),
    ]


def judge(batch_id: Given[str], line: Given[int] | None = None) -> Statements:
    """Say of each row what accepting it would do.

    What the file leaves empty, and a phone that differs in hyphens only, stays as it is.
    """
    rows = [*_rows(batch_id, line), STAGED.c.status.in_(("new", "changed", "moved", "same"))]
    said: dict[str, sa.ColumnElement[object]] = {
        name: sa.func.coalesce(STAGED.c[name], _PERSON.c[name]) for name in _FIELDS
    }
    said["phone"] = sa.case(
        (_digits(STAGED) == _digits(_PERSON), _PERSON.c.phone), else_=said["phone"]
    )
    differs = sa.or_(*[STAGED.c[name].is_distinct_from(_PERSON.c[name]) for name in _FIELDS])
    status = sa.case(
        (STAGED.c.unit_id.is_distinct_from(_PERSON.c.unit_id), "moved"),
        (differs, "changed"),
        else_="same",
    )
    is_known = sa.exists().where(_PERSON.c.id == STAGED.c.id)
    return [
        sa.update(STAGED).where(*rows, STAGED.c.id == _PERSON.c.id).values(said),
        sa.update(STAGED).where(*rows, STAGED.c.id == _PERSON.c.id).values(status=status),
        sa.update(STAGED).where(*rows, ~is_known).values(status="new"),
    ]


def miss(batch_id: Given[str], source: Given[str]) -> Statements:
    """Add the people that an earlier file of this register brought and this one does not name.

    They stand in no line of the file; their lines are counted down from -1.
    """
    brought = (
        sa.select(CHANGE.c.row_id)
        .join(BATCH, BATCH.c.id == CHANGE.c.batch_id)
        .where(BATCH.c.source == source, BATCH.c.kind == "import", BATCH.c.undone_by.is_(None))
        .where(CHANGE.c.noun == "person", CHANGE.c.kind == "new")
    )
    named = sa.select(STAGED.c.id).where(STAGED.c.batch_id == batch_id, STAGED.c.id.is_not(None))
    columns = ["batch_id", "line", "status", "id", *_FIELDS]
    rows = sa.select(
        given(batch_id),
        -sa.func.row_number().over(order_by=_PERSON.c.id),
        sa.literal("gone"),
        _PERSON.c.id,
        *[_PERSON.c[name] for name in _FIELDS],
    ).where(_PERSON.c.id.in_(brought), _PERSON.c.id.not_in(named))
    return [sa.insert(STAGED).from_select(columns, rows)]


def write(batch: Given[str], chosen: sa.ColumnElement[bool]) -> Statements:
    """Note and make the changes that the chosen rows ask for."""
    made = _write_households(batch, chosen)
    new = sa.and_(chosen, STAGED.c.status == "new")
    other = sa.and_(chosen, STAGED.c.status.in_(("changed", "moved")))
    made.append(_note(batch, "person", "new", sa.select(STAGED.c.id.label("id")).where(new)))
    for name in _FIELDS:
        text = [sa.cast(table.c[name], sa.String) for table in (_PERSON, STAGED)]
        changed = (
            sa.select(_PERSON.c.id.label("id"), text[0].label("old"), text[1].label("new"))
            .select_from(_PERSON.join(STAGED, STAGED.c.id == _PERSON.c.id))
            .where(other, STAGED.c[name].is_distinct_from(_PERSON.c[name]))
        )
        made.append(_note(batch, "person", "changed", changed, name))
    columns = ["id", *_FIELDS]
    rows = sa.select(*[STAGED.c[name] for name in columns]).where(new)
    ordered = rows.order_by(STAGED.c.building_id, STAGED.c.id)
    written = {name: STAGED.c[name] for name in _FIELDS}
    gone = sa.select(STAGED.c.id).where(chosen, STAGED.c.status == "gone")
    return [
        *made,
        sa.insert(_PERSON).from_select(columns, ordered),
        sa.update(_PERSON).where(STAGED.c.id == _PERSON.c.id, other).values(written),
        *take_out(batch, "person", gone),
    ]


def _note(
    batch: Given[str],
    noun: str,
    kind: str,
    rows: sa.Select[tuple[str]] | sa.Select[tuple[str, str, str]],
    field: str | None = None,
) -> sa.Insert:
    """Return what writes one change for each row (id, or id, old and new)."""
    found = rows.subquery()
    start = sa.select(sa.func.count()).where(CHANGE.c.batch_id == batch).scalar_subquery()
    number = start + sa.func.row_number().over(order_by=found.c.id)
    values = [found.c.old, found.c.new] if field else [sa.null(), sa.null()]
    return sa.insert(CHANGE).from_select(
        _NOTED,
        sa.select(
            given(batch),
            number,
            sa.literal(noun),
            found.c.id,
            sa.literal(kind),
            sa.literal(field) if field else sa.null(),
            *values,
        ),
    )


def _write_households(batch: Given[str], chosen: sa.ColumnElement[bool]) -> Statements:
    """Make households that are new and move those whose people say another unit."""
    meant = (
        sa.select(STAGED.c.household_id.label("id"), sa.func.min(STAGED.c.unit_id).label("unit_id"))
        .where(chosen, STAGED.c.status != "gone")
        .where(STAGED.c.household_id.is_not(None), STAGED.c.unit_id.is_not(None))
        .group_by(STAGED.c.household_id)
        .subquery()
    )
    is_known = sa.exists().where(_HOUSEHOLD.c.id == meant.c.id)
    moved = (
        sa.select(
            _HOUSEHOLD.c.id.label("id"),
            _HOUSEHOLD.c.unit_id.label("old"),
            meant.c.unit_id.label("new"),
        )
        .select_from(_HOUSEHOLD.join(meant, meant.c.id == _HOUSEHOLD.c.id))
        .where(_HOUSEHOLD.c.unit_id != meant.c.unit_id)
    )
    return [
        _note(batch, "household", "new", sa.select(meant.c.id).where(~is_known)),
        _note(batch, "household", "changed", moved, "unit_id"),
        sa.update(_HOUSEHOLD)
        .where(_HOUSEHOLD.c.id == meant.c.id, _HOUSEHOLD.c.unit_id != meant.c.unit_id)
        .values(unit_id=meant.c.unit_id),
        sa.insert(_HOUSEHOLD).from_select(
            ["id", "unit_id"], sa.select(meant.c.id, meant.c.unit_id).where(~is_known)
        ),
    ]
