"""What can be done with a card of the register, as links in one line."""

from __future__ import annotations

from mapdesk.model.language import tr

_COMMANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("register.edit", "Edit…"),
        ("register.household", "Edit household…"),
        ("register.move", "Move household…"),
    ),
    "household": (("register.edit", "Edit…"), ("register.move", "Move household…")),
    "unit": (
        ("register.unit", "Edit unit…"),
        ("register.split", "Split unit…"),
        ("register.join", "Join units…"),
    ),
}


def commands_html(noun: str, *, may_edit: bool) -> str:
    """Return the commands for a person, household or unit; those that change it for who may."""
    shown = [*(_COMMANDS[noun] if may_edit else ()), ("register.history", "History…")]
    links = [f"<a href='run:{command}'>{tr(title)}</a>" for command, title in shown]
    return f"<p>{' &nbsp;·&nbsp; '.join(links)}</p>"
