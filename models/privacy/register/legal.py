"""The words of the law that several registers share."""

#: Article 6(1), a to f.
BASES = [
    ("consent", "Consent of the person (a)"),
    ("contract", "Contract with the person (b)"),
    ("legal_obligation", "Legal obligation (c)"),
    ("vital_interests", "Vital interests (d)"),
    ("public_task", "Task of public interest (e)"),
    ("legitimate_interests", "Legitimate interests (f)"),
]

#: Articles 45 to 49: what protects data outside of the European Union.
SAFEGUARDS = [
    ("adequacy", "Adequacy decision (art. 45)"),
    ("clauses", "Standard contractual clauses (art. 46)"),
    ("rules", "Binding corporate rules (art. 47)"),
    ("code", "Code of conduct or certification (art. 46)"),
    ("derogation", "Derogation for a specific situation (art. 49)"),
]

#: The countries of the European Economic Area: no safeguards are needed there.
EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI"
    " SK".split()
)


def is_transfer(country_code):
    """Tell whether data that goes to a country leaves the European Economic Area.

    French overseas regions have codes of their own and belong to the Union.

    >>> is_transfer("US"), is_transfer("FR"), is_transfer("RE"), is_transfer("")
    (True, False, False, False)
    """
    overseas = ("GP", "GF", "MQ", "RE", "YT", "MF")
    return bool(country_code) and country_code not in EEA and country_code not in overseas
