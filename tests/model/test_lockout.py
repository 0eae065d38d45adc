"""A lock never ends early, whatever is done to the clock, and never lasts for ever."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mapdesk.model.lockout import (
    FIRST_LOCK,
    LONGEST_LOCK,
    MOST_FAILURES,
    Attempts,
    SteadyTime,
)

START = 1_700_000_000.0


class Locking(RuleBasedStateMachine):
    """Guesses wrongly while time goes by and somebody sets the clock back."""

    def __init__(self):
        super().__init__()
        self.passed = 0.0
        self.clock = START
        self.time = SteadyTime(START, START)
        self.attempts = Attempts()
        self.wrong = 0
        self.locked_at = None
        self.length = 0.0
        self.locks = 0

    @rule(seconds=st.floats(0, 40_000))
    def wait(self, seconds):
        self.passed += seconds
        self.clock += seconds

    @rule(seconds=st.floats(0, 10**9))
    def set_the_clock_back(self, seconds):
        self.clock -= seconds

    @rule()
    def look(self):
        self.time = self.time.at(self.clock)

    @rule()
    def guess(self):
        self.time = self.time.at(self.clock)
        left = self.attempts.seconds_left(self.time.seconds)
        if left:
            return
        if self.locked_at is not None:
            assert self.passed - self.locked_at >= self.length - 1e-3
        self.locked_at = None
        self.attempts = self.attempts.after_failure(self.time.seconds)
        self.wrong += 1
        if self.wrong == MOST_FAILURES:
            self.wrong = 0
            self.length = min(FIRST_LOCK * 2**self.locks, LONGEST_LOCK)
            self.locks += 1
            self.locked_at = self.passed
            assert self.attempts.seconds_left(self.time.seconds) > self.length - 1e-3

    @precondition(lambda self: self.locked_at is not None)
    @rule()
    def wait_it_out(self):
        """A lock ends once its length has passed on a clock that is left alone."""
        self.time = self.time.at(self.clock)
        self.wait(self.length + 1)
        assert self.attempts.seconds_left(self.time.at(self.clock).seconds) == 0

    @invariant()
    def steady_time_never_outruns_time(self):
        assert self.time.seconds - START <= self.passed + 1e-3

    @invariant()
    def no_lock_is_for_ever(self):
        assert self.attempts.seconds_left(self.time.seconds) <= LONGEST_LOCK


TestLocking = Locking.TestCase


def test_four_wrong_ones_lock_nothing():
    attempts = Attempts()
    for _ in range(MOST_FAILURES - 1):
        attempts = attempts.after_failure(START)
    assert attempts.seconds_left(START) == 0
    assert attempts.after_failure(START).seconds_left(START) == FIRST_LOCK


def test_time_stands_still_while_the_clock_goes_back():
    time = SteadyTime(100.0, 100.0).at(50.0)
    assert time.seconds == 100.0
    assert time.at(60.0).seconds == 110.0
