"""The canary and her colleague, and the forms in which her values may be written."""

import base64
import html
import json
import quopri
from typing import NamedTuple
from urllib.parse import quote


class Person(NamedTuple):
    """What is known of a person. Phone numbers are of the range kept for fiction."""

    first: str
    family: str
    email: str
    second_email: str
    phone: str
    phone_e164: str
    street: str
    iban: str
    ip: str
    former_name: str = "former name"
    former_email: str = "former@canari.example"

    @property
    def name(self):
        """Give the name as contacts have it."""
        return f"{self.first} {self.family}"


CANARY = Person(
    "Zéphyrine",
    "D'Ouarzel & Fée",
    "zephyrine.douarzel@canari-postal.example",
    "zephy+perso@canari-maison.example",
    "01 99 00 76 54",
    "+33199007654",
    "17 impasse du Canari-Bleu",
    "FR7630006000011234567890189",
    "203.0.113.77",
    "Zéphyrine Merle-Ancienne",
    "merle.ancienne@canari-maison.example",
)

#: The same family name, the same company, the same channel; and nothing of hers may change.
BYSTANDER = Person(
    "Anatole",
    "D'Ouarzel & Fée",
    "anatole.douarzel@canari-postal.example",
    "anatole@merle-maison.example",
    "01 99 00 12 34",
    "+33199001234",
    "4 rue du Merle-Noir",
    "FR1420041010050500013M02606",
    "203.0.113.78",
)


def forms(person=CANARY):
    """Give a dict of label -> the bytes that betray a person, in lower case where letters are.

    >>> found = forms()
    >>> found["e-mail"], found["phone spaced"]
    (b'zephyrine.douarzel@canari-postal.example', b'01 99 00 76 54')
    >>> found["e-mail, URL"]
    b'zephyrine.douarzel%40canari-postal.example'
    """
    texts = {
        **_name_forms(person),
        "e-mail": person.email,
        "second e-mail": person.second_email,
        "e-mail, URL": quote(person.email, safe=""),
        "second e-mail, URL": quote(person.second_email, safe=""),
        "former name": person.former_name,
        "former e-mail": person.former_email,
        **_phone_forms(person),
        "street": person.street,
        "iban": person.iban,
        "iban spaced": " ".join(person.iban[i : i + 4] for i in range(0, len(person.iban), 4)),
        "ip": person.ip,
    }
    return {label: text.casefold().encode() for label, text in texts.items()}


def _name_forms(person):
    plain, reverse = person.name, f"{person.family} {person.first}"
    return {
        "name": plain,
        "name reversed": reverse,
        "name reversed, comma": f"{person.family}, {person.first}",
        "name, HTML": html.escape(plain),
        "name, HTML 2": plain.replace("&", "&amp;"),
        "name reversed, HTML": html.escape(reverse),
        "name, HTML entities": html.escape(plain).replace("é", "&eacute;"),
        "name, JSON": json.dumps(plain)[1:-1],
        "name, URL": quote(plain),
        "name, URL +": quote(plain).replace("%20", "+"),
        "name, quoted-printable": quopri.encodestring(plain.encode()).decode(),
        "name, header": plain.replace(" ", "_").replace("é", "=C3=A9"),
    }


def _phone_forms(person):
    national = person.phone.replace(" ", "")
    dotted = person.phone.replace(" ", ".")
    spaced = "+33 " + person.phone[1:]
    return {
        "phone spaced": person.phone,
        "phone national": national,
        "phone dotted": dotted,
        "phone E.164": person.phone_e164,
        "phone E.164 digits": person.phone_e164[1:],
        "phone international": spaced,
        "phone 0033": "00" + person.phone_e164[1:],
        "phone, URL": quote(person.phone_e164, safe=""),
    }


def base64_forms(person=CANARY):
    """Give a dict of label -> what any base64 text that holds a value contains, case-sensitive.

    A value may begin at each of three places in a group of three bytes; the letters that also
    hold a part of the neighbours are left out.

    >>> inside = base64.b64encode(b"<" + CANARY.email.encode() + b">")
    >>> any(form in inside for form in base64_forms().values())
    True
    """
    found = {}
    for label, text in (
        ("e-mail", person.email),
        ("second e-mail", person.second_email),
        ("name", person.name),
        ("phone", person.phone_e164),
    ):
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + text.encode())
            start = (0, 2, 3)[shift]
            found[f"{label}, base64 {shift}"] = coded[start : -4 if coded.endswith(b"=") else None]
    return found
