"""Leads, opportunities and orders of the made-up volume."""

from odoo.tools import SQL

from .bulk import chance, gamma, insert, pick, reserve_ids, written

YEARS = 3

GONE = SQL("l.fate IN ('lost', 'junk')")
OPPORTUNITY = SQL("l.fate NOT IN ('lead', 'junk')")
CLOSED = SQL("CASE WHEN l.fate IN ('won', 'lost', 'junk') THEN l.closed END")


def stage_leads(env, count, today):
    """Draw the leads by lot: `volume_lead`, with the day and what became of each of them.

    `fate` is lead, junk, open, won or lost; `partner` the number of the contact, for two in five.
    """
    base = reserve_ids(env.cr, "crm_lead", count)
    n = SQL("n")
    env.cr.execute(SQL("DROP TABLE IF EXISTS volume_lead"))
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE volume_lead ON COMMIT DROP AS
            SELECT drawn.n, %(base)s + drawn.n AS id, p.n AS partner, p.id AS partner_id, created,
                   created + make_interval(hours => (lasts * 24 * LEAST(
                       90, date_part('day', %(today)s - created)))::int) AS closed,
                   LEAST(created + INTERVAL '2 days', %(today)s) AS offered,
                   CASE WHEN lot < 0.35 THEN 'lead' WHEN lot < 0.40 THEN 'junk'
                        WHEN lot < 0.55 THEN 'won' WHEN lot < 0.75 THEN 'lost'
                        ELSE 'open' END AS fate
              FROM (
                SELECT n, %(lot)s AS lot, %(lasts)s AS lasts,
                       %(today)s - make_interval(hours => (%(age)s * %(hours)s)::int) AS created,
                       CASE WHEN %(known)s < 0.4 THEN floor(%(who)s * people)::int END AS partner
                  FROM generate_series(1, %(count)s) n,
                       (SELECT COUNT(*) FROM volume_partner) t (people)
              ) drawn
              LEFT JOIN volume_partner p ON p.n = drawn.partner
            """,
            base=base,
            today=SQL("%s::timestamp", today),
            count=count,
            hours=YEARS * 365 * 24,
            lot=chance(n, 40),
            lasts=chance(n, 41),
            age=chance(n, 42),
            known=chance(n, 43),
            who=chance(n, 44),
        )
    )
    env.cr.execute(SQL("ANALYZE volume_lead"))


def lead_chance(salt):
    """Return the SQL of a number in [0, 1) of a lead."""
    return chance(SQL("l.n"), salt)


def lead_pick(records, salt):
    """Return the SQL of one of the records, chosen by the lead's number."""
    return pick(records.ids, SQL("l.n"), salt)


def insert_leads(env, users):
    """Insert the leads; those that are lost are archived."""
    values = {
        **written(env, SQL("l.created"), SQL("COALESCE(%s, l.created)", CLOSED)),
        **lead_person(env),
        **lead_fate(env),
        **lead_owner(env, users),
        **lead_dates(),
    }
    insert(env.cr, "crm_lead", SQL("volume_lead l"), values)


def lead_person(env):
    """Return what the leads ask for and who they are."""
    email = SQL("'lead' || l.n || '@c' || l.n / 3 || '.example.com'")
    phone = SQL("'+337' || lpad(floor(%s * 1e8)::text, 8, '0')", lead_chance(50))
    return {
        "id": SQL("l.id"),
        "name": SQL("'Request ' || l.n"),
        "partner_id": SQL("l.partner_id"),
        "contact_name": SQL("'Person ' || COALESCE(l.partner, l.n)"),
        "partner_name": SQL("CASE WHEN l.n %% 2 = 0 THEN 'Company ' || l.n / 3 END"),
        "email_from": email,
        "email_normalized": email,
        "email_domain_criterion": SQL("'@c' || l.n / 3 || '.example.com'"),
        "email_state": "correct",
        "phone": phone,
        "phone_sanitized": phone,
        "phone_state": "correct",
        "country_id": env.ref("base.fr").id,
        "priority": SQL("floor(%s * 4)::text", lead_chance(67)),
        "color": 0,
        "message_bounce": 0,
    }


def lead_fate(env):
    """Return what became of the leads: type, stage, won or lost, revenue."""
    stages = env["crm.stage"].search([])
    won = stages.filtered("is_won")[:1] or stages[-1:]
    revenue = SQL("round((3000 * %s)::numeric, 0)", gamma(SQL("l.n"), 51))
    chances = SQL(
        "CASE WHEN l.fate = 'won' THEN 100 WHEN %s THEN 0 ELSE floor(90 * %s) END",
        GONE,
        lead_chance(56),
    )
    return {
        "type": SQL("CASE WHEN %s THEN 'opportunity' ELSE 'lead' END", OPPORTUNITY),
        "active": SQL("NOT %s", GONE),
        "stage_id": SQL(
            "CASE WHEN l.fate = 'won' THEN %s ELSE %s END", won.id, lead_pick(stages - won, 57)
        ),
        "won_status": SQL(
            "CASE WHEN l.fate = 'won' THEN 'won' WHEN %s THEN 'lost' ELSE 'pending' END", GONE
        ),
        "lost_reason_id": SQL(
            "CASE WHEN %s THEN %s END", GONE, lead_pick(env["crm.lost.reason"].search([]), 58)
        ),
        "probability": chances,
        "automated_probability": chances,
        "expected_revenue": revenue,
        "prorated_revenue": SQL("round(%s * (%s)::numeric / 100, 2)", revenue, chances),
    }


def lead_owner(env, users):
    """Return whose the leads are and where they came from."""
    campaigns = env["utm.campaign"].search([], limit=20)
    return {
        "company_id": SQL("CASE WHEN %s < 0.9 THEN %s END", lead_chance(59), env.company.id),
        "team_id": lead_pick(env["crm.team"].search([]), 60),
        "user_id": SQL(
            "CASE WHEN %s < 0.9 THEN %s END", lead_chance(61), pick(users, SQL("l.n"), 62)
        ),
        "source_id": lead_pick(env["utm.source"].search([], limit=10), 63),
        "medium_id": lead_pick(env["utm.medium"].search([], limit=10), 64),
        "campaign_id": SQL(
            "CASE WHEN %s < 0.5 THEN %s END", lead_chance(65), lead_pick(campaigns, 66)
        ),
    }


def lead_dates():
    """Return when what happened to the leads."""
    return {
        "date_open": SQL("l.created + INTERVAL '2 hours'"),
        "date_conversion": SQL("CASE WHEN %s THEN l.offered END", OPPORTUNITY),
        "date_closed": CLOSED,
        "day_close": SQL("date_part('epoch', %s - l.created) / 86400", CLOSED),
        "date_last_stage_update": SQL("COALESCE(%s, l.created)", CLOSED),
    }


def insert_orders(env, count):
    """Insert a quotation or an order for at most `count` opportunities that have a contact."""
    base = reserve_ids(env.cr, "sale_order", count)
    source = SQL(
        "(SELECT *, row_number() OVER (ORDER BY n) AS number FROM volume_lead l"
        "  WHERE partner_id IS NOT NULL AND %s ORDER BY n LIMIT %s) l"
        " JOIN crm_lead o ON o.id = l.id",
        OPPORTUNITY,
        count,
    )
    values = {
        "id": SQL("%s + l.number", base),
        "name": SQL("'VOL' || lpad(l.number::text, 6, '0')"),
        "company_id": env.company.id,
        "currency_id": env.company.currency_id.id,
        "currency_rate": 1,
        "invoice_status": "no",
        "locked": False,
        **order_fate(env),
        **order_lead(),
        **order_amounts(),
    }
    insert(env.cr, "sale_order", source, values)


def order_fate(env):
    """Return what became of the quotations, and when."""
    ordered = SQL("CASE WHEN l.fate = 'won' THEN l.closed ELSE l.offered END")
    return {
        **written(env, SQL("l.offered"), ordered),
        "date_order": ordered,
        "state": SQL(
            "CASE WHEN l.fate = 'won' THEN 'sale' WHEN l.fate = 'lost' AND %s < 0.7 THEN 'cancel'"
            " WHEN %s < 0.7 THEN 'sent' ELSE 'draft' END",
            lead_chance(74),
            lead_chance(74),
        ),
    }


def order_lead():
    """Return what the orders take from their opportunities."""
    same = ("user_id", "team_id", "source_id", "medium_id", "campaign_id")
    buyer = ("partner_id", "partner_invoice_id", "partner_shipping_id")
    return {
        "opportunity_id": SQL("o.id"),
        **{column: SQL.identifier("o", column) for column in same},
        **dict.fromkeys(buyer, SQL("o.partner_id")),
    }


def order_amounts():
    """Return the amounts of the orders."""
    amount = SQL("round((800 * %s)::numeric, 2)", gamma(SQL("l.n"), 70))
    return {
        "amount_untaxed": amount,
        "amount_tax": SQL("round(%s * 0.2, 2)", amount),
        "amount_total": SQL("%s + round(%s * 0.2, 2)", amount, amount),
    }
