"""The customers of the record shop CDNOW, 1997-98, as contacts and posted customer invoices.

Where do the data come from?
    From the file CDNOW_sample.txt of the package `lifetimes` on PyPI: one purchase a line, with the
    customer's number in the shop and in the sample, the day, the number of CDs and the amount.
What becomes of them?
    Each customer a contact; each purchase an invoice, created and posted by Odoo's own accounting
    on its day of 1997 or 1998, without taxes and in the company's currency, so that the amounts
    are exactly those of the file. The lifecycle then follows by the rules: the invoices make
    customers, the months without one former customers. What came before is not known, so no
    contact is made a lead.
What if the loading is interrupted?
    Every batch is committed whole. Started again it goes on with what is missing: contacts and
    invoices are known by their references.
Who are these people?
    Nobody: the file has numbers only. The names are made of a first name and a musical term.
"""

import unicodedata
from collections import Counter
from datetime import date, datetime
from time import monotonic
from typing import NamedTuple

CONTACTS_PER_BATCH = 500
INVOICES_PER_BATCH = 250

#: Hour of the first contact, before that of an invoice, which is noon.

#: Nothing of this is news to anybody: no tracking, no followers, no mail.
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_auto_subscribe_no_notify": True,
}

# 53 and 47 have no common divisor: no two of 2491 consecutive customers have the same name
FIRST_NAMES = (
    "Adrien Agathe Alain Alice Amélie André Anne Antoine Aurore Basile Béatrice Benoît Camille "
    "Caroline Cécile Charles Chloé Claire Clément Colette Daniel Denise Émile Élise Étienne Eva "
    "Fabien Florence Gabriel Hélène Henri Inès Jeanne Jules Juliette Laurent Léa Louis Lucie Marc "
    "Marguerite Mathilde Nathan Nina Olivier Paul Pauline Rémi Rose Simon Sophie Victor Zoé"
).split()
LAST_NAMES = (
    "Adagio Allegro Andante Arpège Aubade Ballade Barcarolle Bémol Berceuse Boléro Cadence Cantate "
    "Caprice Chaconne Coda Concerto Dièse Fanfare Fugue Gavotte Gigue Impromptu Intermède Largo "
    "Legato Madrigal Mazurka Menuet Nocturne Octave Opéra Oratorio Partita Pastorale Polka Prélude "
    "Presto Quatuor Rhapsodie Romance Rondeau Sarabande Scherzo Sérénade Sonate Toccata Vivace"
).split()


class Purchase(NamedTuple):
    """One line of the file; `number` counts the purchases of the customer from 1."""

    day: date
    customer: str
    number: int
    quantity: int
    cents: int

    @property
    def customer_ref(self):
        """Return what tells the contact from all others."""
        return f"CDNOW/{self.customer}"

    @property
    def ref(self):
        """Return what tells the invoice from all others: some bought twice on one day."""
        return f"CDNOW/{self.customer}/{self.number:03}"


def load(env, path, until=None, progress=print):
    """Load the file into the environment's company.

    :param until: the day on which the history ends, as YYYY-MM-DD, if not on its own 1998-06-30
    :param progress: receives lines of text
    """
    purchases = read(path)
    if until:
        purchases = moved(purchases, date.fromisoformat(until))
    env = env(context={**env.context, **SILENT})
    prepare_accounting(env)
    partners = load_contacts(env, purchases, progress)
    load_invoices(env, purchases, partners, progress)
    apply_rules(env, progress)
    progress(f"{len(partners)} contacts and {len(purchases)} invoices are there")


# ------------------------------------------------------------
# The file
# ------------------------------------------------------------


def read(path):
    """Return the purchases of the file in the order of their days."""
    with open(path, encoding="ascii") as lines:
        return sorted(parse(lines))


def parse(lines):
    """Yield the purchases of lines of text, which are in the order of the customers' purchases.

    >>> list(parse([" 00004 0001 19970101  2   29.33", " 00004 0001 19970118  2   29.73"]))[1]
    Purchase(day=datetime.date(1997, 1, 18), customer='00004', number=2, quantity=2, cents=2973)
    """
    counts = Counter()
    for place, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            customer, _sample, day, quantity, amount = line.split()
            day = datetime.strptime(day, "%Y%m%d").date()
            quantity, cents = int(quantity), round(float(amount) * 100)
        except ValueError:
            raise ValueError(
                f"line {place} is not a purchase of the CDNOW file: {line[:80]!r}"
            ) from None
        counts[customer] += 1
        yield Purchase(day, customer, counts[customer], quantity, cents)


def moved(purchases, until):
    """Move a history in time, so that its last day is `until`.

    >>> history = [Purchase(date(1998, 1, day), "00004", day, 1, 999) for day in (1, 3)]
    >>> [purchase.day.isoformat() for purchase in moved(history, date(2026, 1, 2))]
    ['2025-12-31', '2026-01-02']
    """
    by = until - max(purchase.day for purchase in purchases)
    return [purchase._replace(day=purchase.day + by) for purchase in purchases]


def split_amount(quantity, cents):
    """Split an amount into lines of whole cents a piece: [(quantity, cents a piece)].

    >>> split_amount(2, 3000), split_amount(3, 1000), split_amount(1, 0)
    ([(2, 1500)], [(2, 333), (1, 334)], [(1, 0)])
    """
    price, dearer = divmod(cents, quantity)
    lines = [(quantity - dearer, price), (dearer, price + 1)]
    return [line for line in lines if line[0]]


def person(customer):
    """Return the made-up name of a customer.

    >>> person("00004"), person("00021")
    ('Amélie Aubade', 'Denise Impromptu')
    """
    number = int(customer)
    return f"{FIRST_NAMES[number % 53]} {LAST_NAMES[number % 47]}"


def address(customer):
    """Return the made-up e-mail address of a customer.

    >>> address("00004")
    'amelie.aubade.00004@example.com'
    """
    decomposed = unicodedata.normalize("NFKD", f"{person(customer)} {customer}".lower())
    name = decomposed.encode("ascii", "ignore").decode().replace(" ", ".")
    return f"{name}@example.com"


# ------------------------------------------------------------
# The database
# ------------------------------------------------------------


def prepare_accounting(env):
    """Have a chart of accounts: the company's own, else the one of its country."""
    if env.company.root_id.sudo().chart_template:
        return
    env["account.chart.template"].try_loading(False, env.company)
    env.cr.commit()


def load_contacts(env, purchases, progress):
    """Create the contacts that are missing; return {customer: id of the contact}."""
    firsts = {}
    for purchase in purchases:
        firsts.setdefault(purchase.customer, purchase)
    known = known_refs(env["res.partner"])
    missing = [first for first in firsts.values() if first.customer_ref not in known]
    for batch in in_batches(env, missing, CONTACTS_PER_BATCH, "contacts", progress):
        created = env["res.partner"].create([contact_values(first) for first in batch])
        known.update(zip(created.mapped("ref"), created.ids, strict=True))
    return {customer: known[first.customer_ref] for customer, first in firsts.items()}


def contact_values(first):
    """Return the values of the contact that made this first purchase."""
    return {
        "name": person(first.customer),
        "ref": first.customer_ref,
        "email": address(first.customer),
    }


def load_invoices(env, purchases, partners, progress):
    """Create and post the invoices that are missing."""
    known = known_refs(env["account.move"])
    missing = [purchase for purchase in purchases if purchase.ref not in known]
    product = the_product(env)
    common = invoice_values(env)
    for batch in in_batches(env, missing, INVOICES_PER_BATCH, "invoices", progress):
        env["account.move"].create(
            [
                {**common, **purchase_values(purchase, partners[purchase.customer], product)}
                for purchase in batch
            ]
        )._post()


def invoice_values(env):
    """Return the values that are the same on all invoices."""
    return {
        "move_type": "out_invoice",
        "currency_id": env.company.currency_id.id,
        "invoice_payment_term_id": False,
        "invoice_user_id": env.ref("base.user_admin").id,
    }


def purchase_values(purchase, partner_id, product):
    """Return the values of the invoice of a purchase."""
    return {
        "ref": purchase.ref,
        "partner_id": partner_id,
        "invoice_date": purchase.day,
        "date": purchase.day,
        "invoice_line_ids": [
            (0, 0, {**product, "quantity": quantity, "price_unit": cents / 100})
            for quantity, cents in split_amount(purchase.quantity, purchase.cents)
        ],
    }


def the_product(env):
    """Return the values of an invoice line that sells the CD, which is created if it is missing."""
    products = env["product.product"]
    product = products.search([("default_code", "=", "CDNOW")], limit=1) or products.create(
        {"name": "CD", "default_code": "CDNOW", "type": "consu", "taxes_id": []}
    )
    return {"product_id": product.id, "name": product.name, "tax_ids": []}


def apply_rules(env, progress):
    """Let the rules of the lifecycle do what they do every night."""
    rules = env.get("crm.lifecycle.rule")
    if rules is not None:
        rules._cron_apply()
        env.cr.commit()
        progress("lifecycle rules applied")


def known_refs(model):
    """Return {reference: id} of what was loaded before."""
    domain = [("ref", "=like", "CDNOW/%")]
    records = model.with_context(active_test=False).search_fetch(domain, ["ref"])
    return dict(zip(records.mapped("ref"), records.ids, strict=True))


def in_batches(env, items, size, what, progress):
    """Yield the items in batches; commit after each, forget the cache and tell how far it is."""
    started = monotonic()
    for start in range(0, len(items), size):
        yield items[start : start + size]
        env.cr.commit()
        env.invalidate_all()
        done = min(start + size, len(items))
        seconds = monotonic() - started
        progress(f"{done} of {len(items)} {what}, {done / seconds:.0f} a second")
