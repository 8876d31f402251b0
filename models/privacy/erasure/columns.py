"""What a column can hold of a person, told from its name and type.

Plain functions on plain values.
"""

import re
from fnmatch import fnmatchcase

#: The models whose records are persons, and the name of the link that leads to them.
PERSON_LINKS = {
    "res.partner": "partner",
    "res.users": "user",
    "crm.lead": "lead",
    "mail.guest": "guest",
    "mailing.contact": "mailing_contact",
}

#: Links that lead to a person's record by its number.
RECORD_LINKS = ("self", *PERSON_LINKS.values(), "polymorphic", "parent")
#: Columns that hold the person's data as a value.
VALUE_LINKS = ("email", "phone", "text", "file")

#: Who wrote a row says nothing about the person that the row is about.
AUTHORSHIP = ("create_uid", "write_uid")

TEXT_TYPES = ("char", "text", "html", "json", "properties")

EMAIL = re.compile(r"(^|_)(e?mails?|login|reply_to|headers)($|_)")
PHONE = re.compile(r"(^|_)(phone|mobile|fax|sms_number|tel)($|_)")
# Names that look like an address or number and are none
NEITHER = re.compile(r"(layout|template|state|domain|criterion|color|count|type|status)")


def value_link(name, kind):
    """Name what a column of values may hold: an e-mail, a phone number, any text or a file.

    >>> value_link("email_from", "char"), value_link("partner_phone", "char")
    ('email', 'phone')
    >>> value_link("email_layout_xmlid", "char"), value_link("body", "html")
    ('text', 'text')
    >>> value_link("signature", "binary"), value_link("amount", "float") is None
    ('file', True)
    """
    if kind == "binary":
        return "file"
    if kind not in TEXT_TYPES:
        return None
    if kind in ("char", "text") and not NEITHER.search(name):
        if EMAIL.search(name):
            return "email"
        if PHONE.search(name):
            return "phone"
    return "text"


def record_link(name, kind, comodel):
    """Name the link of a column that leads to a person, or None.

    >>> record_link("author_id", "many2one", "res.partner")
    'partner'
    >>> record_link("res_id", "many2one_reference", None), record_link("ref", "reference", None)
    ('polymorphic', 'polymorphic')
    >>> record_link("write_uid", "many2one", "res.users") is None
    True
    """
    if name in AUTHORSHIP:
        return None
    if kind in ("many2one_reference", "reference"):
        return "polymorphic"
    if kind in ("many2one", "many2many"):
        return PERSON_LINKS.get(comodel)
    return None


def precision(pattern, value):
    """Tell how exactly a pattern with stars names a value; None when it does not.

    >>> precision("crm.lead", "crm.lead") > precision("crm.*", "crm.lead") > precision("*", "a")
    True
    >>> precision("sale.*", "crm.lead") is None
    True
    """
    if pattern == value:
        return 1000
    if not fnmatchcase(value, pattern):
        return None
    return len(pattern.replace("*", ""))


def best_rule(rules, model, field, link):
    """Give the rule that names a place most exactly: the model counts first, then the field.

    :param rules: tuples (model pattern, field pattern, link or None, anything)

    >>> rules = [("*", "*", "text", 1), ("crm.*", "*", None, 2), ("crm.lead", "name", None, 3)]
    >>> [best_rule(rules, *place)[3] for place in (
    ...     ("crm.lead", "name", "text"), ("crm.tag", "name", "text"), ("res.bank", "bic", "text"))]
    [3, 2, 1]
    >>> best_rule(rules, "res.bank", "phone", "phone") is None
    True
    """
    best, best_rank = None, None
    for rule in rules:
        if rule[2] and rule[2] != link:
            continue
        rank = (precision(rule[0], model), precision(rule[1], field), bool(rule[2]))
        if None in rank[:2]:
            continue
        if best_rank is None or rank > best_rank:
            best, best_rank = rule, rank
    return best
