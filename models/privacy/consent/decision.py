"""The rules of French and European law on writing to people, on plain values.

Art. L34-5 of the French code of posts and electronic communications, and the GDPR, say by channel
what prospecting needs, when its basis is the legitimate interest of the company:

| channel     | consumer                       | professional at the office | a house |
|-------------|--------------------------------|----------------------------|---------|
| e-mail, SMS | consent, or similar products * | until they object          | free    |
| telephone   | consent, or a customer **      | until they object          | free    |
| post        | until they object              | until they object          | free    |

* own customers, about products and services like those that they bought
** since 11 August 2026; before, until they object

When the basis is consent, only consent will do. What a contract or a law orders to send needs no
consent and knows no objection. A restriction (article 18) stops everything, and the exclusion
lists of Odoo are always respected.
"""

import re
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

CHANNELS = ("email", "sms", "phone", "post")
ELECTRONIC = ("email", "sms", "phone")
CONSUMER, PROFESSIONAL, GENERIC = "consumer", "professional", "generic"
#: Bases that leave no room for an objection.
ORDERED = ("contract", "legal_obligation", "vital_interests")
#: What people say, and whether it means yes or no. *Lifted* ends an objection, and allows nothing.
YES, NO, NEUTRAL = ("granted", "confirmed"), ("refused", "withdrawn"), ("lifted",)

#: Names of mailboxes that belong to a house and not to a person.
GENERIC_NAMES = frozenset(
    "accueil achats admin administration adv bonjour bureau client clients commercial compta"
    " comptabilite contact contacts courrier direction facturation hello hotline info infos"
    " information logistique mairie office presse qualite reception recrutement"
    " reservation rh sales sav secretariat service serviceclient serviceclients siege standard"
    " support technique vente ventes webmaster".split()
)


class Facts(NamedTuple):
    """What is known of one person, for one purpose and channel."""

    audience: str = CONSUMER
    last: str | None = None
    expired: bool = False
    restricted: bool = False
    excluded: bool = False
    unsubscribed: bool = False
    customer: bool = False


class Verdict(NamedTuple):
    """Whether we may write, and the ground."""

    allowed: bool
    code: str


def decide(basis, channel, facts, soft_opt_in=False):
    """Tell whether a person may be contacted, and on what ground.

    :param str basis: legal basis of the purpose; None when nobody said what a message is for
    :param str channel: one of `CHANNELS`
    :param bool soft_opt_in: it is about the products and services that the customer bought

    >>> decide("consent", "email", Facts())
    Verdict(allowed=False, code='no_consent')
    >>> decide("consent", "email", Facts(last="granted"))
    Verdict(allowed=True, code='consent')
    >>> decide("consent", "email", Facts(last="granted", excluded=True))
    Verdict(allowed=False, code='excluded')
    >>> decide("legitimate_interests", "email", Facts(customer=True), soft_opt_in=True)
    Verdict(allowed=True, code='customer')
    >>> decide("legitimate_interests", "email", Facts(audience=PROFESSIONAL))
    Verdict(allowed=True, code='professional')
    >>> decide("legitimate_interests", "post", Facts())
    Verdict(allowed=True, code='until_objection')
    >>> decide("contract", "email", Facts(last="withdrawn"))
    Verdict(allowed=True, code='contract')
    """
    refusal = _refusal(basis, facts)
    if refusal:
        return Verdict(False, refusal)
    if basis is None:
        return Verdict(True, "not_checked")
    if basis in (*ORDERED, "public_task"):
        return Verdict(True, basis)
    if facts.last in YES and not facts.expired:
        return Verdict(True, "consent")
    ground = _ground_of_interest(channel, facts, soft_opt_in) if basis != "consent" else None
    if ground:
        return Verdict(True, ground)
    return Verdict(False, "expired" if facts.last in YES else "no_consent")


def _refusal(basis, facts):
    """Give what forbids, before anything may allow.

    >>> _refusal("contract", Facts(restricted=True))
    'restricted'
    """
    if facts.restricted:
        return "restricted"
    if facts.last in NO and basis not in ORDERED:
        return facts.last
    if facts.excluded:
        return "excluded"
    if facts.unsubscribed and basis not in ORDERED:
        return "unsubscribed"
    return None


def _ground_of_interest(channel, facts, soft_opt_in):
    """Give what allows prospecting without consent, if anything does.

    >>> _ground_of_interest("sms", Facts(audience=GENERIC), False)
    'generic'
    >>> _ground_of_interest("sms", Facts(), False) is None
    True
    """
    if facts.audience in (GENERIC, PROFESSIONAL):
        return facts.audience
    if channel not in ELECTRONIC:
        return "until_objection"
    return "customer" if soft_opt_in and facts.customer else None


def audience(channel, email, *, is_company, has_company, providers):
    """Tell whom we would reach: a consumer, a professional, or a house.

    :param bool is_company: the record is a company, not a person
    :param bool has_company: the person belongs to one
    :param providers: domains where private people have their mailboxes

    >>> free = {"orange.fr"}
    >>> audience("email", "info@acme.fr", is_company=False, has_company=False, providers=free)
    'generic'
    >>> audience("email", "lea@acme.fr", is_company=False, has_company=True, providers=free)
    'professional'
    >>> audience("email", "lea@orange.fr", is_company=False, has_company=True, providers=free)
    'consumer'
    >>> audience("email", "plombier@orange.fr", is_company=True, has_company=True, providers=free)
    'professional'
    >>> audience("email", "lea@acme.fr", is_company=False, has_company=False, providers=free)
    'consumer'
    """
    if channel != "email":
        return PROFESSIONAL if is_company or has_company else CONSUMER
    name, _at, domain = (email or "").lower().partition("@")
    if domain and domain not in providers and is_generic(name):
        return GENERIC
    if is_company or (has_company and domain not in providers):
        return PROFESSIONAL
    return CONSUMER


def is_generic(name):
    """Tell whether the part before the @ is of a house and not of a person.

    >>> is_generic("info"), is_generic("service-client"), is_generic("contact2")
    (True, True, True)
    >>> is_generic("lea"), is_generic("contact.martin"), is_generic("")
    (False, False, False)
    """
    return re.sub(r"[-_.]|\d+$", "", name) in GENERIC_NAMES


def is_expired(date, months, now):
    """Tell whether a consent is too old; 0 months: it has no end.

    >>> from datetime import datetime
    >>> is_expired(datetime(2026, 1, 31), 1, datetime(2026, 2, 27, 23))
    False
    >>> is_expired(datetime(2026, 1, 31), 1, datetime(2026, 2, 28))
    True
    >>> is_expired(datetime(1990, 1, 31), 0, datetime(2026, 2, 28))
    False
    """
    return bool(months) and now >= date + relativedelta(months=months)
