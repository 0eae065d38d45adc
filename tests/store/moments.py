"""Something that happens at a chosen moment of what a store does."""

import sqlalchemy as sa


def just_before(store, words, act):
    """Call `act` once, just before the first statement that begins with some words."""
    due = [act]

    def listen(_conn, _cursor, statement, *_rest):
        if due and statement.startswith(words):
            due.pop()()

    sa.event.listen(store.engine, "before_cursor_execute", listen)
