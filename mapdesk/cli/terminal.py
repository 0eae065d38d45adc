"""Asking whoever sits at the terminal; nothing is asked where nobody does."""

from __future__ import annotations

import getpass
import shutil
import sys
from typing import Protocol


class Terminal(Protocol):
    """Somebody who can be asked."""

    @property
    def is_there(self) -> bool:
        """Whether anyone can answer."""

    @property
    def shows(self) -> bool:
        """Whether what is printed is seen there, and not kept in a file or handed to a program."""

    @property
    def columns(self) -> int:
        """How many letters a line has."""

    def ask(self, prompt: str) -> str:
        """Return what is typed."""

    def ask_secret(self, prompt: str) -> str:
        """Return what is typed without showing it."""


class SystemTerminal:
    """The terminal the command was started from; prompts go to stderr, so that answers stay clean."""

    @property
    def is_there(self) -> bool:
        """Whether standard input is a terminal."""
        return sys.stdin.isatty()

    @property
    def shows(self) -> bool:
        """Whether standard output is a terminal."""
        return sys.stdout.isatty()

    @property
    def columns(self) -> int:
        """How many letters a line of it has."""
        return shutil.get_terminal_size().columns

    def ask(self, prompt: str) -> str:
        """Return the line typed."""
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline().strip()

    def ask_secret(self, prompt: str) -> str:
        """Return the line typed, unseen."""
        return getpass.getpass(prompt, stream=sys.stderr)


class NoTerminal:
    """Nobody: a script, a service."""

    is_there = False
    shows = False
    columns = 80

    def ask(self, prompt: str) -> str:
        """Never called: `is_there` says no."""
        raise EOFError(prompt)

    def ask_secret(self, prompt: str) -> str:
        """Never called: `is_there` says no."""
        raise EOFError(prompt)
