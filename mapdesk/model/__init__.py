"""The nouns, shapes, session and errors: no Qt, VTK, SQL or files."""
