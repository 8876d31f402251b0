"""Which warnings of Odoo's log are ours to cure: all but the few named here."""

import re

LINE = re.compile(
    r"^\S+ \S+ \d+ (?P<level>WARNING|ERROR|CRITICAL) \S+ (?P<logger>[\w.]+): (?P<text>.*)"
)

#: (logger, start of the message): each is said by Odoo itself whatever the addon does.
ALLOWED = (
    # Odoo's own reminder on every start; we do listen on 127.0.0.1 only.
    ("odoo.tools.config", "missing --http-interface"),
)


def is_complaint(logger, text):
    """Tell whether a warning is one that must not be there.

    >>> is_complaint("odoo.addons.crm_lifecycle.models", "no such stage")
    True
    >>> is_complaint("odoo.tools.config", "missing --http-interface/http_interface, ...")
    False
    """
    return not any(logger.startswith(name) and text.startswith(start) for name, start in ALLOWED)


def complaints(lines):
    """Return the lines of an Odoo log that must not be there.

    >>> complaints(["2026-01-01 10:00:00,000 7 WARNING demo odoo.fields: no such label",
    ...     "2026-01-01 10:00:00,000 7 INFO demo odoo.fields: fine"])
    ['WARNING odoo.fields: no such label']
    """
    found = filter(None, map(LINE.match, lines))
    return [
        f"{match['level']} {match['logger']}: {match['text']}"
        for match in found
        if is_complaint(match["logger"], match["text"])
    ]


def complaints_of_file(file):
    """Return the lines of a log file that must not be there."""
    return complaints(file.read_text(errors="replace").splitlines()) if file.exists() else []
