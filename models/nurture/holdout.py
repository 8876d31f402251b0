"""Who gets nothing, so that the others can be compared with them.

The same decision as a plain function, for one person, and as SQL, for all of them. It depends on
the sequence and the person alone: who is held out once is held out each time.
"""

import hashlib

from odoo.tools import SQL

#: The share is kept in hundredths of a percent.
PARTS = 10_000


def is_held_out(sequence_id, record_id, percent):
    """Tell whether a lead or contact belongs to the hold-out share of a sequence.

    >>> sum(is_held_out(7, number, 10) for number in range(10_000)) in range(900, 1100)
    True
    >>> is_held_out(7, 1, 0), is_held_out(7, 1, 100)
    (False, True)
    """
    digest = hashlib.md5(f"{sequence_id}:{record_id}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:8], 16) % PARTS < round(percent * 100)


def is_held_out_sql(sequence_id, record_id, percent):
    """Give `is_held_out` for a column of ids."""
    return SQL(
        "(mod(('x' || substr(md5(%s || ':' || %s), 1, 8))::bit(32)::bigint, %s) < %s)",
        str(sequence_id),
        record_id,
        PARTS,
        round(percent * 100),
    )
