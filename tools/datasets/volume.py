"""Contacts, invoices, leads and orders by the hundred thousand, of realistic shape, for benchmarks.

What is in it?
    *Contacts*: of ten, two companies, three persons of these companies and five private persons.
    Four buyers in five have bought something; how much is a matter of chance with a long tail
    (lognormal number of invoices, gamma amounts around a level of each customer), over `years`
    years, some of them long gone.
    *Invoices*: posted ones, with receipts, credit notes (half of which reverse an invoice in full),
    drafts and cancelled ones; paid, partly paid or open; with their journal items.
    *Leads*: leads and opportunities, won, lost and open, with sources, teams and salespeople; the
    first of the opportunities with quotations and orders.
Is it always the same?
    Yes: chance is a hash of the record's number; only the days follow `today`.
How is it written?
    One `INSERT ... SELECT` for each table, in one transaction: all of it or nothing. No code of
    Odoo runs, so what an addon derives from such records is missing, as on an old database.
"""

from datetime import date
from time import monotonic

from odoo.tools import SQL

from . import volume_invoices, volume_leads
from .bulk import bell, chance, define_chance, insert, many_rows, pick, reserve_ids, written

#: In each ten contacts: two companies, three persons who work there, five private persons.
COMPANIES, PERSONS = (0, 1), (2, 3, 4)


def load(
    env,
    partners=200_000,
    invoices=500_000,
    leads=50_000,
    orders=20_000,
    *,
    items=True,
    years=6,
    today=None,
    progress=print,
):
    """Add the given numbers of contacts, invoices, leads and orders.

    :param bool items: whether the invoices get their journal items, most of the work
    :param date today: the last day of the data
    """
    partners, invoices, leads, orders = map(int, (partners, invoices, leads, orders))
    today = today or date.today()
    step = timed(progress)
    define_chance(env.cr)
    stage_people(env, partners, years, today)
    users = salespeople(env)
    volume_invoices.stage_moves(env, invoices, today)
    step("drawn by lot")
    with many_rows(env.cr, "res_partner"):
        insert_partners(env, users)
    step(f"{partners} contacts")
    with many_rows(env.cr, "account_move", "account_move_line"):
        volume_invoices.insert_moves(env, users)
        step(f"{invoices} invoices")
        if items:
            volume_invoices.insert_items(env)
            step("journal items")
    step("their indexes")
    with many_rows(env.cr, "crm_lead", "sale_order"):
        volume_leads.stage_leads(env, leads, today)
        volume_leads.insert_leads(env, users)
        volume_leads.insert_orders(env, orders)
    step(f"{leads} leads with {orders} orders")
    env.invalidate_all()
    env.cr.commit()


def timed(progress):
    """Return a function that tells what was done and the seconds since it was called last."""
    last = monotonic()

    def step(what):
        nonlocal last
        now = monotonic()
        progress(f"{what}: {now - last:.1f} s")
        last = now

    return step


def salespeople(env, count=8):
    """Return the ids of users of the sales teams, who are created as far as they are missing."""
    logins = [f"volume.sales.{number}@example.com" for number in range(1, count + 1)]
    users = env["res.users"].with_context(no_reset_password=True, tracking_disable=True)
    known = users.search([("login", "in", logins)])
    group = env.ref("sales_team.group_sale_salesman")
    known += users.create(
        [
            {"name": login.split("@")[0].title(), "login": login, "group_ids": [(4, group.id)]}
            for login in logins
            if login not in known.mapped("login")
        ]
    )
    env.flush_all()
    return known.sorted("login").ids


def stage_people(env, count, years, today):
    """Draw the contacts by lot: `volume_partner`, with how much they buy, and from when to when.

    `n` is the number of the contact, `parent` that of its company.
    """
    base = reserve_ids(env.cr, "res_partner", count)
    n = SQL("n")
    env.cr.execute(SQL("DROP TABLE IF EXISTS volume_partner"))
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE volume_partner ON COMMIT DROP AS
            SELECT n, %(base)s + n AS id, place IN %(companies)s AS is_company,
                   CASE WHEN place IN %(persons)s THEN n - place + place %% 2 END AS parent,
                   first_day, weight, level,
                   CASE WHEN stays < 0.35 THEN %(today)s
                        ELSE first_day + (stays * (%(today)s - first_day))::int END AS last_day
              FROM (
                SELECT n, n %% 10 AS place,
                       %(today)s - (%(days)s * power(%(since)s, 0.8))::int AS first_day,
                       CASE WHEN n %% 10 IN %(persons)s OR %(buys)s > 0.8 THEN 0
                            ELSE exp(1.1 * %(often)s) END AS weight,
                       exp(4.2 + 0.7 * %(rich)s)
                           * CASE WHEN n %% 10 IN %(companies)s THEN 4 ELSE 1 END AS level,
                       %(stays)s AS stays
                  FROM generate_series(0, %(last)s) n
              ) drawn
            """,
            base=base + 1,
            companies=COMPANIES,
            persons=PERSONS,
            today=today,
            days=years * 365,
            since=chance(n, 1),
            buys=chance(n, 2),
            often=bell(n, 3),
            rich=bell(n, 5),
            stays=chance(n, 7),
            last=count - 1,
        )
    )
    env.cr.execute(SQL("CREATE INDEX ON volume_partner (n)"))
    env.cr.execute(SQL("ANALYZE volume_partner"))


def insert_partners(env, users):
    """Insert the contacts; their customer rank is the number of invoices that were drawn."""
    source = SQL(
        """
        volume_partner p
        LEFT JOIN volume_partner c ON c.n = p.parent
        LEFT JOIN (
            SELECT buyer, COUNT(*) AS moves FROM volume_move GROUP BY buyer
        ) m ON m.buyer = p.n
        """
    )
    values = {
        **partner_identity(),
        **partner_address(env),
        **written(env, SQL("p.first_day - floor(%s * 60)::int + TIME '09:00'", partner_chance(10))),
        "user_id": SQL(
            "CASE WHEN %s < 0.3 THEN %s END", partner_chance(14), pick(users, SQL("p.n"), 15)
        ),
        "active": SQL("%s >= 0.02", partner_chance(16)),
        "customer_rank": SQL("COALESCE(m.moves, 0)"),
        "supplier_rank": 0,
        "employee": False,
        "partner_share": True,
        "autopost_bills": "ask",
        "color": 0,
        "message_bounce": 0,
    }
    insert(env.cr, "res_partner", source, values)


def partner_chance(salt):
    """Return the SQL of a number in [0, 1) of a contact."""
    return chance(SQL("p.n"), salt)


def partner_identity():
    """Return who the contacts are, and where they belong."""
    name = SQL("CASE WHEN p.is_company THEN 'Company ' ELSE 'Person ' END || p.n")
    return {
        "id": SQL("p.id"),
        "name": name,
        "complete_name": SQL("COALESCE('Company ' || c.n || ', ', '') || %s", name),
        "type": "contact",
        "is_company": SQL("p.is_company"),
        "parent_id": SQL("c.id"),
        "commercial_partner_id": SQL("COALESCE(c.id, p.id)"),
        "commercial_company_name": SQL(
            "CASE WHEN p.is_company THEN %s ELSE 'Company ' || c.n END", name
        ),
    }


def partner_address(env):
    """Return how the contacts are reached; one in a hundred shares the address of another."""
    countries = [env.ref(f"base.{code}").id for code in ("fr", "fr", "fr", "be", "ch")]
    email = SQL(
        "'contact' || CASE WHEN %s < 0.01 THEN p.n / 2 ELSE p.n END || '@c'"
        " || COALESCE(p.parent, p.n) || '.example.com'",
        partner_chance(8),
    )
    phone = SQL("'+336' || lpad(floor(%s * 1e8)::text, 8, '0')", partner_chance(9))
    return {
        "email": email,
        "email_normalized": email,
        "phone": phone,
        "phone_sanitized": phone,
        "city": SQL("'Town ' || floor(%s * 500)", partner_chance(11)),
        "zip": SQL("lpad(floor(%s * 95000)::text, 5, '0')", partner_chance(11)),
        "country_id": pick(countries, SQL("p.n"), 12),
        "lang": SQL("CASE WHEN %s < 0.8 THEN 'fr_FR' ELSE 'en_US' END", partner_chance(13)),
    }
