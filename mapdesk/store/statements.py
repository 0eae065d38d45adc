"""Statements that write the register, made once for both engines.

A desk runs them one after the other. Where a server holds its users to roles, they are the bodies of the
server's own functions, and what they are about is a parameter of the function: see `mapdesk.store.server`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mapdesk.model.errors import WorldError

T = TypeVar("T")

Given: TypeAlias = T | sa.ColumnElement[T]
"""A value, or the name that a function of a server has for it."""

Statements = list[sa.UpdateBase]


@dataclass(frozen=True)
class Check:
    """A query that must find nothing.

    Parameters
    ----------
    query : Select
    error : type of WorldError
        What is raised where it finds a row.
    sentence : str
        What the error says; {0}, {1}, ... are the row's columns.
    """

    query: sa.Select[Any]
    error: type[WorldError]
    sentence: str


def given(value: Given[str]) -> sa.ColumnElement[str]:
    """Return a text as a part of a statement."""
    return sa.literal(value) if isinstance(value, str) else value


def run(connection: Connection, statements: Iterable[sa.UpdateBase]) -> None:
    """Run statements one after the other."""
    for statement in statements:
        connection.execute(statement)


def hold(connection: Connection, checks: Iterable[Check]) -> None:
    """Raise what the first check says that finds something."""
    for check in checks:
        found = connection.execute(check.query.limit(1)).first()
        if found is not None:
            raise check.error(check.sentence.format(*found))


def row_as_json(table: sa.Table) -> sa.ColumnElement[str]:
    """Return a row whole, as the history keeps it: values as text, in the order of the columns."""
    parts: list[sa.ColumnElement[str] | str] = []
    for number, column in enumerate(table.c):
        text = sa.cast(sa.func.to_json(sa.cast(column, sa.String)), sa.String)
        parts += [f'{", " if number else "{"}"{column.name}": ', sa.func.coalesce(text, "null")]
    return sa.func.concat(*parts, "}")
