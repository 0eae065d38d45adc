"""Qt docks, cards and video windows; they hear the session and know neither map nor store."""
