"""``mapdesk book``: the sheet of a grid, with its map, its table and its book."""

from __future__ import annotations

import argparse

from mapdesk.cli import opening
from mapdesk.cli.answer import Answer
from mapdesk.cli.approval import or_asked
from mapdesk.model.language import LANGUAGE, tr
from mapdesk.model.rights import Right
from mapdesk.services.districts import Progress


def book(options: argparse.Namespace, progress: Progress) -> Answer:
    """Print the sheet of a grid to a PDF."""
    from mapdesk.services import grid_books, outgoing, results

    outgoing.check_suffix(options.to, (".pdf",))
    with opening.opened(options) as store:
        access = store.identity.having(options.purpose)
        results.admit(access, personal=access.may(Right.PEOPLE))
        from mapdesk.app import main as desk
        from mapdesk.app.grid_pictures import picture_of_grid

        application = desk.make_application(["mapdesk"], LANGUAGE.code)
        progress("Drawing the map", 0.2)
        picture = picture_of_grid(store, options.grid)
        application.processEvents()
        progress("Counting", 0.7)
        gathered = grid_books.book_of(store, access, options.grid, picture, doors=options.doors)

        def write() -> Answer:
            grid_books.print_book(store, access, gathered, options.to, options.size)
            data = {"file": str(options.to), "grid": options.grid, "name": gathered[0].name}
            return Answer(
                data, tr("Printed {name} to {file}", name=gathered[0].name, file=options.to)
            )

        return or_asked(store, access, options.request, write)
