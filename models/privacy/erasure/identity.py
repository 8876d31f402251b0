"""Who a person is, as values: numbers of records, addresses, numbers and names.

Plain functions on plain values.
"""

import re
import unicodedata
from typing import NamedTuple

# "Merged with the following partners: Ann Old <ann@old.example> (ID 12)", in any language
MERGED = re.compile(
    r"(?:^|[,:;>]\s*)([^,:;<>&]+?)\s*(?:<|&lt;)([^<>&\s]+@[^<>&\s]+)(?:>|&gt;)\s*\(ID \d+\)"
)


class Identity(NamedTuple):
    """Which records are the person, and the values that name the person and nobody else."""

    partner_ids: list = ()
    lead_ids: list = ()
    user_ids: list = ()
    guest_ids: list = ()
    mailing_contact_ids: list = ()
    emails: list = ()
    phones: list = ()
    names: list = ()
    ibans: list = ()
    streets: list = ()


#: The models of an identity, and where their numbers are in it.
RECORDS = {
    "res.partner": "partner_ids",
    "crm.lead": "lead_ids",
    "res.users": "user_ids",
    "mail.guest": "guest_ids",
    "mailing.contact": "mailing_contact_ids",
}


def plain(text):
    """Give a text in small letters without accents.

    >>> plain("Zoé  Ångström")
    'zoe angstrom'
    """
    letters = unicodedata.normalize("NFD", text or "").casefold()
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


def same_name(one, other):
    """Tell whether two names have the same words, in any order.

    >>> same_name("Zoé Quenneville", "QUENNEVILLE Zoe"), same_name("Zoé", "Zoé Q.")
    (True, False)
    >>> same_name("", "")
    False
    """
    words = sorted(re.findall(r"\w+", plain(one)))
    return bool(words) and words == sorted(re.findall(r"\w+", plain(other)))


def searchable(name):
    """Tell whether a name is found in texts without finding other people: two words or more.

    >>> searchable("Zoé Quenneville"), searchable("Martin"), searchable("Al Li")
    (True, False, False)
    """
    words = re.findall(r"\w+", name or "")
    return len(words) > 1 and sum(map(len, words)) >= 6


def street_searchable(street):
    """Tell whether a street is found in texts without finding half a town: with its number.

    >>> street_searchable("17 impasse du Canari"), street_searchable("Rue Nationale")
    (True, False)
    """
    letters = re.findall(r"[^\W\d]", street or "")
    return len(letters) >= 6 and bool(re.search(r"\d", street))


def merged_people(body):
    """Give the (name, e-mail) of the contacts that a note says were merged into this one.

    >>> merged_people("Merged: Ann Old &lt;ann@old.example&gt; (ID 12), Bo &lt;b@c.de&gt; (ID 3)")
    [('Ann Old', 'ann@old.example'), ('Bo', 'b@c.de')]
    >>> merged_people("<p>Call Ann &lt;ann@old.example&gt;</p>")
    []
    """
    return [(name.strip(), email.lower()) for name, email in MERGED.findall(body or "")]


def mailbox(email):
    """Give the mailbox of an address: what is between + and @ only sorts the mails.

    >>> mailbox("ann+shop@x.example"), mailbox("ann@x.example")
    ('ann@x.example', 'ann@x.example')
    """
    return re.sub(r"(?<=.)\+[^@]*(?=@)", "", email or "")
