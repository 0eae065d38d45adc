"""``python -m mapdesk`` is the command."""

import sys

from mapdesk.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
