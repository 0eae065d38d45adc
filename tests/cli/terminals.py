"""Terminals that commands of tests are run at."""

from __future__ import annotations

from mapdesk.cli.terminal import NoTerminal


class Screen(NoTerminal):
    """A terminal that shows what is printed, and nobody at it."""

    shows = True
