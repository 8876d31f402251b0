"""How often, and how many: caps, budgets, second tries and shares, on plain values."""

import re
import zlib
from datetime import timedelta

#: After so many minutes a message is tried again that could not leave: two days in all.
RETRY_MINUTES = (5, 15, 60, 180, 360, 720, 1440)

#: What Odoo calls the failures of a connection, of the server of an SMS provider or of its credit.
TRANSIENT = ("mail_smtp", "sms_server", "sms_credit")

#: A reply of an SMTP server: permanent ones begin with 5, passing ones with 4.
SMTP_CODE = re.compile(r"(?<![\d.])\(?([45])\d\d\b")


def room_at(dates, number, days):
    """Give when a person may get one more message; None: now.

    :param dates: moments of the messages of the last days, in any order
    :param int number: so many are allowed ...
    :param int days: ... in so many days

    >>> from datetime import datetime
    >>> monday, tuesday = datetime(2026, 6, 1, 9), datetime(2026, 6, 2, 9)
    >>> room_at([monday], 2, 7) is None
    True
    >>> room_at([tuesday, monday], 2, 7).isoformat()
    '2026-06-08T09:00:00'
    >>> room_at([tuesday, tuesday, monday], 2, 7).isoformat()
    '2026-06-09T09:00:00'
    """
    if len(dates) < number:
        return None
    return sorted(dates, reverse=True)[number - 1] + timedelta(days=days)


def put_off(dates, rivals, number, days, now):
    """Give until when a person who is due for a message has to wait; None: it goes now.

    :param dates: moments of the messages of the last days, in any order
    :param int rivals: messages that matter more and are due for the person, too

    >>> from datetime import datetime
    >>> monday, now = datetime(2026, 6, 1, 9), datetime(2026, 6, 2, 9)
    >>> put_off([monday], 0, 2, 7, now) is None
    True
    >>> put_off([monday, monday], 0, 2, 7, now).isoformat()
    '2026-06-08T09:00:00'
    >>> put_off([monday], 1, 2, 7, now).isoformat()
    '2026-06-02T10:00:00'
    """
    moment = room_at(dates, number, days)
    if moment:
        return max(moment, now + timedelta(minutes=1))
    return now + timedelta(hours=1) if len(dates) + rivals >= number else None


def within(budget, count, taken, loads):
    """Give how many of so many messages go today, and on which of the next days the others.

    :param int taken: how many of the budget of today are gone
    :param loads: as of `spread`

    >>> within(3, 5, 1, {1: 2})
    (2, [1, 2, 2])
    >>> within(3, 1, 7, {})
    (0, [1])
    """
    going = min(count, max(0, budget - taken))
    return going, spread(count - going, budget, loads)


def spread(count, budget, loads):
    """Give on which of the next days each of so many messages goes, tomorrow being 1.

    :param int budget: so many a day
    :param loads: how many each of the next days has already: dict of day -> number

    >>> spread(3, 2, {})
    [1, 1, 2]
    >>> spread(3, 2, {1: 2, 2: 1})
    [2, 3, 3]
    """
    days, day, room = [], 0, 0
    while len(days) < count:
        while room <= 0:
            day += 1
            room = budget - loads.get(day, 0)
        days.append(day)
        room -= 1
    return days


def doubles(addresses, holders):
    """Give the records whose addresses all get the message as another record, in their order.

    :param addresses: the addresses of each record: dict of id -> list
    :param holders: the records that got the message, of each address; those that get it now
        are added

    >>> doubles({1: ["a"], 2: ["a"], 3: ["a", "b"], 4: []}, {})
    [2]
    >>> doubles({1: ["a"], 2: ["a"]}, {"a": {2}})
    [1]
    """
    found = []
    for record_id, own in addresses.items():
        if own and all(holders.get(email, set()) - {record_id} for email in own):
            found.append(record_id)
        else:
            for email in own:
                holders.setdefault(email, set()).add(record_id)
    return found


def in_second_share(key, record_id, percent):
    """Tell whether a person is in the share that gets the second version of a message.

    The same person always is, or never: whenever and however often it is asked.

    >>> in_second_share("key", 7, 0), in_second_share("key", 7, 100)
    (False, True)
    >>> share = sum(in_second_share("key", number, 30) for number in range(10_000))
    >>> 2_900 < share < 3_100
    True
    """
    return zlib.crc32(f"{key}/{record_id}".encode()) % 10_000 < percent * 100


def is_transient(failure_type, reason):
    """Tell whether a message may leave later: nothing is wrong with the message or the address.

    >>> is_transient("mail_smtp", "Connection refused")
    True
    >>> is_transient("unknown", "SMTPRecipientsRefused: {'a@b.test': (450, b'greylisted')}")
    True
    >>> is_transient("unknown", "SMTPRecipientsRefused: {'a@b.test': (550, b'no such user')}")
    False
    >>> is_transient("mail_email_invalid", None), is_transient(None, None)
    (False, False)
    """
    if failure_type in TRANSIENT:
        return True
    code = SMTP_CODE.search(reason or "") if failure_type == "unknown" else None
    return bool(code) and code[1] == "4"


def retry_minutes(tries):
    """Give after how many minutes a message is tried again that failed so often; None: never.

    >>> retry_minutes(1), retry_minutes(7), retry_minutes(8)
    (5, 1440, None)
    """
    return RETRY_MINUTES[tries - 1] if tries <= len(RETRY_MINUTES) else None
