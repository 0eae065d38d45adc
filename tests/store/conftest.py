"""Fixtures of the store's tests: a town on a server with a user of every role."""

import pytest

from tests.server_town import Town, make_town


@pytest.fixture(scope="session")
def rights_town(postgres, town_frames) -> Town:
    """A town with users on a server; tests that change it put it back."""
    return make_town(postgres, town_frames)
