"""Commands run as a shell runs them, in this process, and print as coarsely as may be."""

import pytest

from mapdesk.cli.main import main
from tests.cli.terminals import Screen


@pytest.fixture(autouse=True)
def sheets(coarse_sheets: None) -> None:
    """See `coarse_sheets`."""


@pytest.fixture
def run(capsys):
    """Run a command at a terminal and return (status, what it printed, what it complained)."""

    def call(*words):
        status = main([str(word) for word in words], Screen())
        said = capsys.readouterr()
        return status, said.out, said.err

    return call
