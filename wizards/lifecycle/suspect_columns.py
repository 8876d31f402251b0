"""What the columns of a list hold: found in their headers, French or English, and samples.

A *target* is what a column is read as: one of the keys of `HEADERS`.
"""

import re
import unicodedata

# target -> headers as `plain` writes them; the first column that fits gets the target
HEADERS = {
    "email": (
        "email", "e mail", "mail", "courriel", "mel", "adresse mail", "adresse email",
        "adresse e mail", "adresse courriel", "adresse electronique", "email address",
        "e mail address", "mail address", "email pro", "email professionnel",
        "mail professionnel", "courrier electronique", "work email", "contact email",
    ),
    "phone": (
        "telephone", "tel", "phone", "phone number", "numero de telephone", "num tel",
        "no tel", "n tel", "telephone fixe", "tel fixe", "fixe", "ligne directe",
        "telephone professionnel", "tel pro", "telephone 1", "tel 1", "phone 1", "work phone",
        "standard", "landline", "telephone bureau",
    ),
    "mobile": (
        "mobile", "portable", "telephone portable", "tel portable", "telephone mobile",
        "tel mobile", "mobile phone", "cell", "cell phone", "cellulaire", "gsm",
        "numero de portable", "telephone 2", "tel 2", "phone 2", "mobile number",
    ),
    "first_name": (
        "prenom", "prenoms", "first name", "firstname", "given name", "forename",
        "prenom du contact", "prenom contact",
    ),
    "last_name": (
        "nom de famille", "last name", "lastname", "surname", "family name", "nom d usage",
        "patronyme",
    ),
    "name": (
        "nom complet", "nom et prenom", "nom prenom", "prenom nom", "prenom et nom", "contact",
        "nom du contact", "nom contact", "full name", "fullname", "contact name", "name",
        "nom", "interlocuteur", "dirigeant", "responsable", "person", "personne",
    ),
    "company": (
        "societe", "entreprise", "raison sociale", "nom de l entreprise", "nom de la societe",
        "nom entreprise", "nom societe", "company", "company name", "organisation",
        "organization", "etablissement", "enseigne", "business name", "account", "compte",
        "denomination", "denomination sociale", "employeur", "employer", "structure",
    ),
    "function": (
        "fonction", "poste", "job", "job title", "job position", "position", "title", "role",
        "intitule de poste", "intitule du poste", "metier", "profession", "qualite",
    ),
    "street": (
        "adresse", "rue", "adresse 1", "adresse postale", "adresse ligne 1", "street",
        "address", "address 1", "address line 1", "street address", "voie", "numero et voie",
        "n et rue", "ligne 1",
    ),
    "street2": (
        "adresse 2", "complement d adresse", "complement adresse", "adresse ligne 2",
        "adresse suite", "street 2", "street2", "address 2", "address line 2", "complement",
        "ligne 2",
    ),
    "zip": (
        "code postal", "cp", "c p", "codepostal", "code post", "zip", "zip code", "zipcode",
        "postal code", "postcode", "post code",
    ),
    "city": ("ville", "commune", "localite", "city", "town", "ville ou commune"),
    "country": ("pays", "country", "code pays", "country code", "nation"),
    "website": (
        "site web", "site internet", "site", "website", "web", "web site", "url", "www",
        "adresse web", "page web", "homepage",
    ),
    "siret": (
        "siret", "numero siret", "n siret", "no siret", "siren", "numero siren", "n siren",
        "company registry", "company id", "registration number", "rcs",
    ),
    "note": (
        "commentaire", "commentaires", "remarque", "remarques", "note", "notes", "observation",
        "observations", "comment", "comments", "description", "remark", "remarks",
    ),
}  # fmt: skip
# A header that may stand over e-mails as well as over streets or names
AMBIGUOUS = ("adresse", "address", "contact")
TARGET_OF = {header: target for target, headers in HEADERS.items() for header in headers}
# may be the target of several columns
REPEATABLE = ("note",)
# A header that says more than the target: "E-mail du contact", "Ville (siège)"
HINTS = (
    ("email", re.compile(r"\b(e ?mail|courriel|mail|mel)\b")),
    ("mobile", re.compile(r"\b(mobile|portable|gsm)\b")),
    ("phone", re.compile(r"\b(tel|telephone|phone)\b")),
    ("first_name", re.compile(r"\b(prenom|first name)\b")),
    ("zip", re.compile(r"\b(code postal|zip|cp|postcode)\b")),
    ("city", re.compile(r"\b(ville|city)\b")),
    ("country", re.compile(r"\b(pays|country)\b")),
    ("website", re.compile(r"\b(site|website|url)\b")),
    ("siret", re.compile(r"\b(siret|siren)\b")),
    ("company", re.compile(r"\b(societe|entreprise|raison sociale|company)\b")),
    ("function", re.compile(r"\b(fonction|poste|job)\b")),
    ("street", re.compile(r"\b(rue|street|adresse|address)\b")),
)

EMAIL_LOOK = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
PHONE_LOOK = re.compile(r"^\+?[\d\s().\-/]{8,20}$")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(header):
    """Write a header in its plainest form: no accents, capitals or punctuation.

    >>> plain("Téléphone (fixe)"), plain("E-MAIL*"), plain("firstName"), plain("N° SIRET")
    ('telephone fixe', 'e mail', 'first name', 'n siret')
    """
    text = unicodedata.normalize("NFKD", CAMEL.sub(" ", header).replace("°", " "))
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).lower()
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("œ", "oe")))


def has_header(row):
    """Tell whether a first row names the columns, and is no person already.

    >>> has_header(["Nom", "E-mail"]), has_header(["Durand", "paul@durand.fr"])
    (True, False)
    """
    return not any(EMAIL_LOOK.match(cell) or PHONE_LOOK.match(cell) for cell in row)


def find_header(rows):
    """Give the index of the header among the first rows: titles may stand above it.

    >>> find_header([["Liste 2026"], ["Nom", "E-mail"], ["Durand", "p@durand.fr"]])
    1
    >>> find_header([["p@durand.fr", "Durand"]]) is None
    True
    """
    best, best_known = None, 0
    for index, row in enumerate(rows[:10]):
        if not has_header(row):
            break
        known = sum(1 for cell in row if plain(cell) in TARGET_OF)
        if best is None or known > best_known:
            best, best_known = index, known
    return best


def recognise(headers, samples):
    """Say what each column is read as; None for one that is left out.

    :param list headers: the names of the columns
    :param list samples: for each column, some of its values

    >>> recognise(["Société", "Nom", "Prénom", "Courriel", "CP"], [[]] * 5)
    ['company', 'last_name', 'first_name', 'email', 'zip']
    >>> recognise(["Nom", "Adresse", "Nb salariés"], [["Durand"], ["p@durand.fr"], ["10"]])
    ['name', 'email', None]
    >>> recognise(["Tél.", "Tél. 2"], [[], []])
    ['phone', 'mobile']
    >>> recognise(["A", "B"], [["p@d.fr"], ["01 23 45 67 89"]])
    ['email', 'phone']
    """
    names = [plain(header) for header in headers]
    found = [None] * len(headers)
    guesses = (
        lambda name, values: _by_values(values) if name in AMBIGUOUS else None,
        lambda name, values: TARGET_OF.get(name),
        lambda name, values: _by_hint(name),
        lambda name, values: _by_values(values),
    )
    for guess in guesses:
        for index, (name, values) in enumerate(zip(names, samples, strict=True)):
            if found[index] is None:
                found[index] = _free_target(guess(name, values), found)
    return _split_names(found)


def _by_hint(name):
    return next((target for target, hint in HINTS if hint.search(name)), None)


def _by_values(values):
    """Recognise a column by what it holds: addresses have a look of their own."""
    values = [value for value in values if value]
    for target, look in (("email", EMAIL_LOOK), ("phone", PHONE_LOOK)):
        if values and sum(1 for value in values if look.match(value)) > len(values) / 2:
            return target
    return None


def _free_target(target, found):
    """Give the target if no column has it yet; a second phone is the mobile one."""
    if target == "phone" and "phone" in found:
        target = "mobile"
    if target == "street" and "street" in found:
        target = "street2"
    return target if target in REPEATABLE or target not in found else None


def _split_names(found):
    """Read "Nom" as the family name when the first name has its own column."""
    if "first_name" in found and "last_name" not in found:
        return ["last_name" if target == "name" else target for target in found]
    return found
