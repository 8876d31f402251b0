"""What of a text a person may read: not the addresses and names of other people, no secrets.

Plain functions on plain values.
"""

import re

EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w/.-])\+?\d(?:[\s.()-]?\d){8,13}(?!\w)")
SECRET = re.compile(
    r"(^|_)(password|passwd|pwd|token|tokens|secret|api_?key|key|hash|otp|totp|salt|nonce|digest"
    r"|credentials?|private|uuid|store_fname|checksum)($|_)"
)
#: Fields that say nothing about a person, but how Odoo keeps the record.
TECHNICAL = re.compile(
    r"^(id|display_name|create_uid|write_uid|write_date|sequence|color|priority|active|lft|rgt"
    r"|parent_path|res_model_id|res_id|model|record_.*|reminded_for|is_.*|has_.*|property_.*"
    r"|autopost_bills|email_add_signature|ignore_.*|partner_share|complete_name|file_size)$"
    r"|^(message|activity|website_message)_(?!type$)|_(count|ids|normalized|sanitized|ack)$"
)
#: What we noted or computed, not what the person told us.
DERIVED = re.compile(
    r"^(comment|trust|won_status|probability|create_date|user_id|team_id|stage_id|referred)$"
    r"|^(lifecycle|qualification|score|bant|champ|handover|rfm|date_(open|last|closed))"
    r"|_(state|status|criterion|rank)$"
)


def is_secret(name):
    """Tell whether a field holds what nobody may read, not even the person.

    >>> [is_secret(name) for name in ("password", "access_token", "totp_secret", "key")]
    [True, True, True, True]
    >>> [is_secret(name) for name in ("name", "phone", "keyword", "street")]
    [False, False, False, False]
    """
    return bool(SECRET.search(name))


def is_technical(name):
    """Tell whether a field only says how the record is kept.

    >>> is_technical("write_uid"), is_technical("message_bounce"), is_technical("email_normalized")
    (True, True, True)
    >>> is_technical("email"), is_technical("date_order"), is_technical("message")
    (False, False, False)
    """
    return bool(TECHNICAL.search(name))


def is_derived(name):
    """Tell whether a field holds what we made of the person, not what the person provided.

    >>> is_derived("lifecycle_date"), is_derived("comment"), is_derived("email")
    (True, True, False)
    """
    return bool(DERIVED.search(name))


def mask(text, own=(), names=(), word="[…]"):
    """Hide the addresses, numbers and names of other people in a text.

    :param own: the addresses and numbers of the person, which stay
    :param names: the names of other people, as far as they are known

    >>> mask("From zoe@q.fr to bob@x.fr", own=["zoe@q.fr"])
    'From zoe@q.fr to […]'
    >>> mask("Call +33 6 12 34 56 78 or 06 99 88 77 66", own=["+33612345678"])
    'Call +33 6 12 34 56 78 or […]'
    >>> mask("Ask Bob Xavier, said bob xavier", names=["Bob Xavier"])
    'Ask […], said […]'
    >>> mask("Order S00042 of 2026-03-31, 1 200.00")
    'Order S00042 of 2026-03-31, 1 200.00'
    """
    mine = {value.casefold() for value in own}
    numbers = {digits(value)[-9:] for value in own if "@" not in value}
    text = EMAIL.sub(lambda found: found[0] if found[0].casefold() in mine else word, text or "")
    text = PHONE.sub(lambda found: _masked_phone(found[0], numbers, word), text)
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", word, text, flags=re.IGNORECASE)
    return text


def _masked_phone(number, mine, word):
    """Hide a number that is not the person's; a date is no number."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d.*", number):
        return number
    return number if digits(number)[-9:] in mine else word


def digits(text):
    """Give the digits of a text.

    >>> digits("+33 (0)6 12")
    '330612'
    """
    return "".join(filter(str.isdigit, text))


def excerpt(text, needles):
    """Give the sentences of a text that name the person; the others are about somebody else.

    >>> excerpt("Bob is ill. Zoe Q. owes 3 EUR. Eve left.", ["zoe q."])
    'Zoe Q. owes 3 EUR.'
    >>> excerpt("Write to zoe@q.fr today. Eve left", ["zoe@q.fr"])
    'Write to zoe@q.fr today.'
    >>> excerpt("Nothing here.", ["Zoe"])
    ''
    """
    wanted = [needle.casefold() for needle in needles if needle]
    sentences = [part.strip() for part in _sentences(text or "", wanted)]
    return " ".join(filter(None, sentences))


def _sentences(text, needles):
    """Give the sentences that have one of the needles in them."""
    spans = [
        match.span()
        for needle in needles
        for match in re.finditer(re.escape(needle), text, flags=re.IGNORECASE)
    ]
    # the points of names and addresses end no sentence
    ends = [
        match.end()
        for match in re.finditer(r"[.!?](?=\s|$)|\n|$", text)
        if not any(start < match.end() < end for start, end in spans)
        and not any(match.end() == end and end < len(text) for _start, end in spans)
    ]
    start = 0
    for end in ends:
        if any(start <= first < end for first, _last in spans):
            yield text[start:end]
        start = end
