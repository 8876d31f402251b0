"""Consents: the gate for a whole mailing, and what objections cost scores and segments.

The gate is asked for one contact and for all of them. The profiles are searched with nobody
objecting, and with one contact in a hundred. CONTACTS changes the size.
"""

import os
import statistics

from measuring import timed, vacuum

CONTACTS = int(os.environ.get("CONTACTS", "100000"))
ROUNDS = 5
TABLES = ("res_partner", "crm_privacy_consent", "mail_blacklist")

PEOPLE = """
    INSERT INTO res_partner (name, complete_name, email, email_normalized, active, type, lang,
                             is_company, autopost_bills)
    SELECT 'C' || n, 'C' || n, mail, mail, TRUE, 'contact', 'en_US', FALSE, 'ask'
      FROM (SELECT n, 'c' || n || '@bench.example' AS mail FROM generate_series(1, %(count)s) n) c
 RETURNING id
"""
WORDS = """
    INSERT INTO crm_privacy_consent (partner_id, email_normalized, purpose_id, channel, event,
                                     date, source, create_date)
    SELECT p.id, p.email_normalized, %(purpose)s, 'email',
           CASE WHEN round = 2 AND p.id %% 3 = 0 THEN 'withdrawn' ELSE 'granted' END,
           now() - interval '10 days' + round * interval '1 day', 'form', now()
      FROM res_partner p, generate_series(0, 2) round WHERE p.id = ANY(%(ids)s)
"""
OBJECT = """
    UPDATE res_partner SET privacy_unprofiled = TRUE WHERE id = ANY(%(ids)s) AND id %% 100 = 0
"""


def run(env, report):
    """Measure the gate, then the profiles."""
    purpose = env.ref("crm_lifecycle.crm_privacy_purpose_newsletter")
    env.cr.execute(PEOPLE, {"count": CONTACTS})
    ids = [row[0] for row in env.cr.fetchall()]
    env.cr.execute(WORDS, {"purpose": purpose.id, "ids": ids})
    vacuum(env, *TABLES)
    people = env["res.partner"].browse(ids)
    gate(env, report, people, purpose)
    profiles(env, report, ids)


def gate(env, report, people, purpose):
    """Ask for one and for all, for a purpose with consents and one with the rules of the law."""
    offers = env.ref("crm_lifecycle.crm_privacy_purpose_offers_email")
    for name, asked in (("consent", purpose), ("interest", offers)):
        one = median(env, lambda asked=asked: people[:1]._privacy_may_contact(asked, "email"))
        report.value(f"{name}: one contact", one * 1000, "ms")
        many = median(env, lambda asked=asked: people._privacy_may_contact(asked, "email"))
        report.value(f"{name}: {len(people):,} contacts, each", many / len(people) * 1e6, "us")


def profiles(env, report, ids):
    """Search who may be profiled, before and after somebody objects."""
    partners = env["res.partner"]
    report.value("search, nobody objects", median(env, lambda: search(partners)), "s")
    env.cr.execute(OBJECT, {"ids": ids})
    env.registry.clear_cache()
    vacuum(env, "res_partner")
    report.value("search, one in a hundred objects", median(env, lambda: search(partners)), "s")


def search(partners):
    """Count those who may be profiled."""
    return partners.search_count(partners._profiling_domain())


def median(env, action):
    """Give the median seconds of an action."""
    return statistics.median(timed(env, action) for _round in range(ROUNDS))
