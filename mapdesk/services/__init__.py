"""One function per thing a user wants done; all may run off the GUI thread."""
