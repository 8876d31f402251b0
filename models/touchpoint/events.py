"""What happens in a contact, and what counts as what.

The same decisions as plain functions, for a single contact, and as SQL, for all of them.
"""

from odoo.tools import SQL

EVENTS = [
    ("sent", "Sent"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
    ("bounced", "Bounced"),
    ("unsubscribed", "Unsubscribed"),
    ("received", "Received"),
    ("submitted", "Submitted"),
    ("called", "Called"),
    ("met", "Met"),
    ("quoted", "Quoted"),
    ("ordered", "Ordered"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
    ("viewed", "Viewed"),
    ("signed", "Signed"),
    ("visited", "Visited"),
    ("attended", "Attended"),
    ("answered", "Answered"),
    ("rated", "Rated"),
]

#: Nobody was reached: an open may be the mail program's, a bounced mail did not arrive.
NO_TOUCH = ("opened", "bounced")
#: Conversations: they count as an answer whoever began them.
CONVERSATIONS = ("called", "met", "attended")
#: The answers that say "leave me alone" deserve no credit for a purchase.
NO_CREDIT = ("opened", "bounced", "unsubscribed")

#: Events that only the person can cause; the others go out unless it is said otherwise.
OF_THE_PERSON = (
    "opened",
    "clicked",
    "replied",
    "unsubscribed",
    "received",
    "submitted",
    "ordered",
    "paid",
    "viewed",
    "signed",
    "visited",
    "attended",
    "answered",
    "rated",
)

ID_BITS = 31
#: What is said to have been before 1850 (a year typed wrongly) counts as of then: a place in time
#: has room for some 136 years on either side of 1970.
EARLIEST = -120 * 365 * 86400


def usual_direction(event):
    """Give the direction of an event, where nobody says it.

    >>> usual_direction("clicked"), usual_direction("called")
    ('inbound', 'outbound')
    """
    return "inbound" if event in OF_THE_PERSON else "outbound"


def is_touch(event, is_bot=False):
    """Tell whether somebody was touched: in either direction, but not by a mere opening.

    >>> is_touch("sent"), is_touch("opened"), is_touch("clicked", is_bot=True)
    (True, False, False)
    """
    return not is_bot and event not in NO_TOUCH


def is_response(event, direction, is_bot=False):
    """Tell whether the person did something; an open is not a contact.

    >>> is_response("clicked", "inbound"), is_response("opened", "inbound")
    (True, False)
    >>> is_response("called", "inbound"), is_response("called", "outbound")
    (True, False)
    """
    return is_touch(event, is_bot) and direction == "inbound"


def is_credited(event, direction, is_bot=False):
    """Tell whether a contact may have led to a purchase: what the person did, conversations.

    >>> is_credited("called", "outbound"), is_credited("sent", "outbound")
    (True, False)
    >>> is_credited("unsubscribed", "inbound")
    False
    """
    return (
        not is_bot and event not in NO_CREDIT and (direction == "inbound" or event in CONVERSATIONS)
    )


def is_touch_sql(alias):
    """Give `is_touch` for the rows of a table."""
    return SQL(
        "(NOT %s AND %s NOT IN %s)",
        SQL.identifier(alias, "is_bot"),
        SQL.identifier(alias, "event"),
        NO_TOUCH,
    )


def is_response_sql(alias):
    """Give `is_response` for the rows of a table."""
    return SQL("(%s AND %s = 'inbound')", is_touch_sql(alias), SQL.identifier(alias, "direction"))


def is_credited_sql(alias):
    """Give `is_credited` for the rows of a table."""
    return SQL(
        "(NOT %s AND %s NOT IN %s AND (%s = 'inbound' OR %s IN %s))",
        SQL.identifier(alias, "is_bot"),
        SQL.identifier(alias, "event"),
        NO_CREDIT,
        SQL.identifier(alias, "direction"),
        SQL.identifier(alias, "event"),
        CONVERSATIONS,
    )


def place_in_time(seconds, record_id):
    """Pack the moment of a contact and its id into one number, in the order of both.

    The first and the last of many are then a minimum and a maximum: one pass, no sorting.

    >>> place_in_time(10, 999) < place_in_time(11, 1) < place_in_time(11, 2)
    True
    >>> id_of_place(place_in_time(-5, 7)), id_of_place(None)
    (7, None)
    """
    return (max(seconds, EARLIEST) << ID_BITS) | record_id


def id_of_place(place):
    """Give the id that `place_in_time` packed."""
    return None if place is None else place & ((1 << ID_BITS) - 1)


def place_in_time_sql(alias):
    """Give `place_in_time` for the rows of a table."""
    return SQL(
        "((GREATEST(floor(EXTRACT(EPOCH FROM %s)), %s)::bigint << 31) | %s)",
        SQL.identifier(alias, "date"),
        EARLIEST,
        SQL.identifier(alias, "id"),
    )


def id_of_place_sql(place):
    """Give `id_of_place` for a column."""
    return SQL("(%s & 2147483647)::int", place)


def date_of_place_sql(place):
    """Give the moment, to the second, that `place_in_time` packed."""
    return SQL("(to_timestamp((%s >> 31)::float8) AT TIME ZONE 'UTC')", place)
