"""One row of a list: what is wrong with it, and the person it speaks of.

Plain functions on plain values. A *person* is a dict target -> text, see `suspect_columns`.
A *problem* is a pair ``(code, detail)``; the detail belongs in the message for the user.
"""

import re
import unicodedata

from .suspect_file import UNREADABLE

# the longest text a person's field may have
LIMITS = {
    "email": 254,
    "phone": 40,
    "mobile": 40,
    "first_name": 100,
    "last_name": 100,
    "name": 200,
    "company": 200,
    "function": 200,
    "street": 200,
    "street2": 200,
    "zip": 24,
    "city": 100,
    "country": 100,
    "website": 500,
    "siret": 40,
    "note": 5000,
}
# In these a "<" is text; they are never shown as HTML.
FREE_TEXT = ("note", "email")

MARKUP = re.compile(r"<\s*[a-z/!?][^>]*>?", re.IGNORECASE)
# A call or a link to another program after the first sign; not "+33 6", not "- to call back"
FORMULA = re.compile(r"^(=.|[+\-@](\s*[a-z_.$][\w.$]*\s*[(!]|.*\|.*!))", re.DOTALL | re.IGNORECASE)
# "javascript:..." would run when somebody clicks it
LINK = re.compile(r"^(https?://)?[^\s:/]+(:\d+)?([/?#]\S*)?$", re.IGNORECASE)
EMAIL = re.compile(r"^[^@\s<>,;:()\[\]\\]+@([^@\s.<>,;:()\[\]\\]+\.)+[^@\s.<>,;:()\[\]\\\d]{2,}$")
# what people write in an empty cell
NOTHING = frozenset(("", "-", "--", "/", ".", "n/a", "na", "#n/a", "null", "none", "néant", "nc"))


def read_person(cells, targets):
    """Put the cells of a row under their targets; several notes are joined.

    >>> read_person(["Durand", "p@d.fr", "-", "x"], ["name", "email", "phone", None])
    {'name': 'Durand', 'email': 'p@d.fr'}
    >>> read_person(["rappeler", "mardi"], ["note", "note"])
    {'note': 'rappeler\\nmardi'}
    """
    person = {}
    for target, cell in zip(targets, cells, strict=False):
        if not target or cell.lower() in NOTHING:
            continue
        person[target] = f"{person[target]}\n{cell}" if target in person else cell
    return person


def is_formula(text):
    """Tell whether a spreadsheet would compute a text, or run a program with it.

    >>> [is_formula(text) for text in ("=cmd|' /C calc'!A0", "@SUM(1)", "+33 6 12", "- 10 %")]
    [True, True, False, False]
    """
    return bool(FORMULA.match(unicodedata.normalize("NFKC", text)))


def is_email(address):
    """Tell whether an address, in its normal form, can exist.

    >>> is_email("zoe@société.fr"), is_email("zoe@localhost"), is_email("zoe@a..fr")
    (True, False, False)
    >>> is_email(".zoe@a.fr"), is_email("zoe@a.fr.")
    (False, False)
    """
    local, _at, _domain = address.partition("@")
    well_dotted = not local.startswith(".") and not local.endswith(".") and ".." not in local
    return bool(len(address) <= 254 and well_dotted and EMAIL.match(address))


def find_problem(person):
    """Give what is wrong with the texts of a person, or None.

    >>> find_problem({"name": "Durand"}) is None
    True
    >>> find_problem({"name": "<b>Durand</b>"}), find_problem({"phone": "=1+1"})
    (('markup', 'name'), ('formula', 'phone'))
    >>> find_problem({"city": "x" * 10000})
    ('too_long', 'city')
    >>> find_problem({"website": "www.acme.fr"}), find_problem({"website": "javascript:x()"})
    (None, ('bad_website', 'website'))
    """
    for target, text in person.items():
        if len(text) > LIMITS[target]:
            return ("too_long", target)
        if UNREADABLE in text:
            return ("unreadable", target)
        if is_formula(text):
            return ("formula", target)
        if target not in FREE_TEXT and MARKUP.search(text):
            return ("markup", target)
    if not LINK.match(person.get("website", "none")):
        return ("bad_website", "website")
    return None


def full_name(person):
    """Give the name of the person, whatever columns it came in.

    >>> full_name({"first_name": "Zoé", "last_name": "Petit"}), full_name({"company": "Acme"})
    ('Zoé Petit', '')
    """
    parts = [person.get(part, "") for part in ("first_name", "last_name")]
    return person.get("name") or " ".join(filter(None, parts))


def display_name(person):
    """Give what a person or company is called in a list.

    >>> display_name({"company": "Acme", "email": "a@acme.fr"}), display_name({"email": "z@a.fr"})
    ('Acme', 'z@a.fr')
    """
    return next(
        filter(
            None,
            [
                full_name(person),
                person.get("company"),
                person.get("email"),
                person.get("phone"),
                person.get("mobile"),
            ],
        ),
        "",
    )


def french_zip(text):
    """Give back the zero that spreadsheets take from a French postal code.

    >>> french_zip("1000"), french_zip("75001"), french_zip("CH-1000")
    ('01000', '75001', 'CH-1000')
    """
    return f"0{text}" if re.fullmatch(r"\d{4}", text) else text


def find_repeated(rows):
    """Find the rows that repeat an earlier row which is not itself a repetition.

    :param rows: (id, number, keys) in the order of the file; keys are e-mails and phones
    :return dict: id of the row -> number of the first row of the same person

    >>> find_repeated([(1, 2, ["a@x.fr", "+331"]), (2, 3, ["b@x.fr", "+331"]), (3, 4, ["b@x.fr"])])
    {2: 2}
    """
    first, repeated = {}, {}
    for row_id, number, keys in rows:
        earlier = [first[key] for key in keys if key in first]
        if earlier:
            repeated[row_id] = min(earlier)
        else:
            first.update(dict.fromkeys(keys, number))
    return repeated


def postal_values(person, country_code):
    """Give the fields that leads and contacts call by the same name.

    >>> postal_values({"zip": "1000", "city": "Bourg"}, "FR")
    {'zip': '01000', 'city': 'Bourg'}
    """
    names = ("function", "street", "street2", "zip", "city", "website")
    values = {name: person[name] for name in names if name in person}
    if country_code == "FR" and "zip" in values:
        values["zip"] = french_zip(values["zip"])
    return values


def notes(person, without_field, *, country_known, labels):
    """Collect what has no field of its own, so that nothing of a row is lost.

    :param dict labels: what the targets are called in the language of the user

    >>> labels = {"mobile": "Mobile", "country": "Pays"}
    >>> row = {"note": "rappeler", "mobile": "06", "phone": "01"}
    >>> notes(row, ("mobile",), country_known=True, labels=labels)
    'rappeler\\nMobile: 06'
    >>> row = {"mobile": "06", "country": "Frnace"}
    >>> notes(row, ("mobile",), country_known=False, labels=labels)
    'Pays: Frnace'
    """
    extra = [
        target
        for target in without_field
        # the only number becomes the phone
        if target in person and not (target == "mobile" and not person.get("phone"))
    ]
    if "country" in person and not country_known:
        extra.append("country")
    return "\n".join(
        filter(None, [person.get("note"), *(f"{labels[name]}: {person[name]}" for name in extra)])
    )
