"""Customer invoices of the made-up volume, with their credit notes and journal items."""

from odoo.tools import SQL

from .bulk import chance, gamma, insert, pick, reserve_ids, written

PRODUCTS = 60
FAMILIES = 6
VAT = 0.2

TAX = SQL("round(m.untaxed * %s, 2)", VAT)
POSTED = SQL("m.kind NOT IN ('draft', 'cancel')")
OPEN_SHARES = SQL("WHEN 'not_paid' THEN 1 WHEN 'partial' THEN 0.5 ELSE 0")


def stage_moves(env, count, today):
    """Draw the invoices by lot: `volume_move`, with amounts and what became of each of them.

    `kind` is invoice, receipt, refund, draft or cancel; a refund gives back, in full (`whole`) or
    in part, the invoice just before it (`place` - 1) of the same buyer.
    """
    base = reserve_ids(env.cr, "account_move", count)
    key = SQL("n")
    env.cr.execute(SQL("DROP TABLE IF EXISTS volume_move"))
    env.cr.execute(
        SQL(
            """
            CREATE TEMP TABLE volume_move ON COMMIT DROP AS
            WITH shares AS (
                SELECT *,
                       floor(SUM(weight) OVER up_to_me / SUM(weight) OVER () * %(count)s) AS upto
                  FROM volume_partner WHERE weight > 0
                WINDOW up_to_me AS (ORDER BY n)
            ), counted AS (
                SELECT *, (upto - COALESCE(LAG(upto) OVER (ORDER BY n), 0))::int AS moves
                  FROM shares
            ), drawn AS (
                SELECT row_number() OVER (ORDER BY c.n, place) AS n, c.n AS buyer, place, level,
                       first_day
                           + ((last_day - first_day) * (place - 1)::float8 / moves)::int AS day
                  FROM counted c CROSS JOIN LATERAL generate_series(1, moves) place
            ), priced AS (
                SELECT n, buyer, place, day, level * %(size)s AS amount, %(lot)s AS lot,
                       %(half)s < 0.5 AS whole, %(paid)s AS luck
                  FROM drawn
            ), kinds AS (
                SELECT *,
                       CASE WHEN lot < 0.05 AND LAG(lot) OVER moves_of >= 0.08 THEN 'refund'
                            WHEN lot < 0.06 AND lot >= 0.05 THEN 'draft'
                            WHEN lot < 0.065 AND lot >= 0.06 THEN 'cancel'
                            WHEN lot < 0.095 AND lot >= 0.08 THEN 'receipt'
                            ELSE 'invoice' END AS kind,
                       LAG(amount) OVER moves_of AS given
                  FROM priced
                WINDOW moves_of AS (PARTITION BY buyer ORDER BY place)
            )
            SELECT n, %(base)s + n AS id, buyer, place, day, kind, luck,
                   kind = 'refund' AND whole AS whole,
                   COALESCE(LEAD(kind = 'refund' AND whole) OVER moves_of, FALSE) AS reversed,
                   round(GREATEST(1, CASE WHEN kind <> 'refund' THEN amount
                                          WHEN whole THEN given
                                          ELSE given * 0.3 END)::numeric, 2) AS untaxed,
                   (%(today)s - day) > 60 AS old
              FROM kinds
            WINDOW moves_of AS (PARTITION BY buyer ORDER BY place)
            """,
            count=count,
            base=base,
            size=gamma(key, 20),
            lot=chance(key, 24),
            half=chance(key, 25),
            paid=chance(key, 26),
            today=today,
        )
    )
    env.cr.execute(SQL("ANALYZE volume_move"))


def journal(env):
    """Return the sales journal of these invoices, apart from the others for its numbers."""
    known = env["account.journal"].search([("code", "=", "VOLUM")], limit=1)
    return known or env["account.journal"].create(
        {"name": "Volume", "code": "VOLUM", "type": "sale", "company_id": env.company.id}
    )


def insert_moves(env, users):
    """Insert the headers of the invoices."""
    values = {
        **written(env, SQL("m.day + TIME '10:00'")),
        **move_header(env),
        **move_number(),
        **move_partners(),
        **move_amounts(),
        "invoice_user_id": pick(users, SQL("m.n"), 27),
        "team_id": env["crm.team"].search([], limit=1).id or None,
    }
    insert(env.cr, "account_move", moves_with_buyers(moves_before(env)), values)


def move_header(env):
    """Return what the invoices are, when they are from and what became of them."""
    return {
        "id": SQL("m.id"),
        "ref": SQL("'VOLUME/' || m.n"),
        "journal_id": journal(env).id,
        "company_id": env.company.id,
        "currency_id": env.company.currency_id.id,
        "invoice_currency_rate": 1,
        "move_type": SQL(
            "CASE m.kind WHEN 'refund' THEN 'out_refund' WHEN 'receipt' THEN 'out_receipt'"
            " ELSE 'out_invoice' END"
        ),
        "state": SQL("CASE WHEN m.kind IN ('draft', 'cancel') THEN m.kind ELSE 'posted' END"),
        "payment_state": payment_state(),
        "date": SQL("m.day"),
        "invoice_date": SQL("CASE WHEN m.kind <> 'draft' THEN m.day END"),
        "invoice_date_due": SQL("m.day + 30"),
        "reversed_entry_id": SQL("CASE WHEN m.kind = 'refund' THEN m.id - 1 END"),
        "auto_post": "no",
        "posted_before": POSTED,
        "is_move_sent": POSTED,
        "checked": True,
        "made_sequence_gap": False,
        "always_tax_exigible": False,
    }


def move_number():
    """Return the number of the posted invoices."""
    digits = SQL("lpad(m.number::text, GREATEST(6, length(m.number::text)), '0')")
    number = SQL("CASE WHEN %s THEN m.prefix || %s END", POSTED, digits)
    return {
        "name": number,
        "payment_reference": number,
        "sequence_prefix": SQL("CASE WHEN %s THEN m.prefix END", POSTED),
        "sequence_number": SQL("CASE WHEN %s THEN m.number ELSE 0 END", POSTED),
    }


def move_partners():
    """Return who bought: the buyer, or a person of the company that is the buyer."""
    return {
        "partner_id": SQL("COALESCE(c.id, p.id)"),
        "partner_shipping_id": SQL("COALESCE(c.id, p.id)"),
        "commercial_partner_id": SQL("p.id"),
        "invoice_partner_display_name": SQL("'Buyer ' || m.buyer"),
    }


def move_amounts():
    """Return the amounts of the invoices, in the currency of the company."""
    total = SQL("(m.untaxed + %s)", TAX)
    residual = SQL("(%s * CASE %s %s END)", total, payment_state(), OPEN_SHARES)
    amounts = {"untaxed": SQL("m.untaxed"), "tax": TAX, "total": total, "residual": residual}
    signed = {
        f"amount_{name}_signed": SQL("CASE WHEN m.kind = 'refund' THEN -1 ELSE 1 END * %s", amount)
        for name, amount in amounts.items()
    }
    return {
        **{f"amount_{name}": amount for name, amount in amounts.items()},
        **signed,
        "amount_untaxed_in_currency_signed": signed["amount_untaxed_signed"],
        "amount_total_in_currency_signed": signed["amount_total_signed"],
    }


def moves_before(env):
    """Return how many invoices an earlier loading left, whose numbers are taken."""
    env.flush_all()
    return env["account.move"].search_count([("journal_id", "=", journal(env).id)])


def moves_with_buyers(taken):
    """Return the SQL of the invoices, numbered by year, with the buyer and the person addressed.

    They come in the order of their days, as in real life: no customer's invoices are together.
    """
    return SQL(
        """
        (SELECT *, CASE WHEN kind = 'refund' THEN 'RVOLUM/' ELSE 'VOLUM/' END
                       || to_char(day, 'YYYY/') AS prefix,
                %s + row_number() OVER (
                    PARTITION BY kind = 'refund', date_part('year', day),
                                 kind IN ('draft', 'cancel') ORDER BY day, n
                ) AS number
           FROM volume_move) m
        JOIN volume_partner p ON p.n = m.buyer
        LEFT JOIN volume_partner c ON p.is_company AND c.n = p.n + 2 AND c.parent = p.n
             AND %s < 0.6
        ORDER BY m.day, m.n
        """,
        taken,
        chance(SQL("m.n"), 28),
    )


def payment_state():
    """Return the SQL of the state of payment, as old invoices mostly are paid."""
    return SQL(
        """
        CASE WHEN m.kind IN ('draft', 'cancel') THEN 'not_paid'
             WHEN m.reversed THEN 'reversed'
             WHEN m.kind = 'refund' AND m.whole THEN 'paid'
             WHEN m.luck < CASE WHEN m.old THEN 0.93 ELSE 0.45 END THEN 'paid'
             WHEN m.luck < CASE WHEN m.old THEN 0.95 ELSE 0.50 END THEN 'partial'
             WHEN m.luck < CASE WHEN m.old THEN 0.95 ELSE 0.55 END THEN 'in_payment'
             ELSE 'not_paid' END
        """
    )


def insert_items(env):
    """Insert the journal items: products (one or two lines), tax, and what the customer owes."""
    values = {
        **written(env, SQL("a.create_date"), SQL("a.write_date")),
        **item_header(),
        **item_product(env),
        **item_amounts(),
    }
    insert(env.cr, "account_move_line", items_of_moves(account_ids(env)), values)


def items_of_moves(accounts):
    """Return the SQL of the invoices with their items: `line`, and its `signed.balance`."""
    return SQL(
        """
        account_move a JOIN volume_move m ON m.id = a.id
        CROSS JOIN LATERAL (VALUES
            (1, 'product', CASE WHEN %(two)s THEN m.untaxed - round(m.untaxed * 0.4, 2)
                                ELSE m.untaxed END, %(income)s),
            (2, 'product', CASE WHEN %(two)s THEN round(m.untaxed * 0.4, 2) END, %(income)s),
            (3, 'tax', %(tax)s, %(vat)s),
            (4, 'payment_term', - m.untaxed - %(tax)s, %(receivable)s)
        ) line (place, type, amount, account_id)
        CROSS JOIN LATERAL (
            SELECT line.amount * CASE WHEN m.kind = 'refund' THEN 1 ELSE -1 END AS balance
        ) signed
        WHERE line.amount IS NOT NULL
        """,
        two=SQL("%s < 0.35", chance(SQL("m.n"), 29)),
        tax=TAX,
        **accounts,
    )


def item_header():
    """Return what the items take from their invoices."""
    return {
        "move_id": SQL("a.id"),
        "move_name": SQL("a.name"),
        "ref": SQL("a.ref"),
        "parent_state": SQL("a.state"),
        "journal_id": SQL("a.journal_id"),
        "company_id": SQL("a.company_id"),
        "company_currency_id": SQL("a.currency_id"),
        "currency_id": SQL("a.currency_id"),
        "partner_id": SQL("a.commercial_partner_id"),
        "account_id": SQL("line.account_id"),
        "sequence": SQL("line.place * 10"),
        "display_type": SQL("line.type"),
        "date": SQL("a.date"),
        "invoice_date": SQL("a.invoice_date"),
        "date_maturity": SQL("CASE WHEN line.place = 4 THEN a.invoice_date_due END"),
    }


def item_product(env):
    """Return what was sold; two families in six make all that a customer buys."""
    family = PRODUCTS // FAMILIES
    lot = chance(SQL("m.n * 4 + line.place"), 30)
    article = SQL(
        "(%s::int[])[1 + (m.buyer %% %s * %s + floor(%s * %s)::int) %% %s]",
        product_ids(env),
        FAMILIES,
        family,
        lot,
        2 * family,
        PRODUCTS,
    )
    values = {
        "name": "Article",
        "product_id": article,
        "product_uom_id": env.ref("uom.product_uom_unit").id,
        "quantity": 1,
        "price_unit": SQL("line.amount"),
        "price_subtotal": SQL("line.amount"),
        "price_total": SQL("round(line.amount * %s, 2)", 1 + VAT),
    }
    return {
        column: SQL("CASE WHEN line.type = 'product' THEN %s END", value)
        for column, value in values.items()
    }


def item_amounts():
    """Return the amounts of the items; the last one holds what is still to be paid."""
    owed = SQL("CASE WHEN line.place = 4 THEN a.amount_residual_signed ELSE 0 END")
    return {
        "balance": SQL("signed.balance"),
        "amount_currency": SQL("signed.balance"),
        "debit": SQL("GREATEST(signed.balance, 0)"),
        "credit": SQL("GREATEST(- signed.balance, 0)"),
        "discount": 0,
        "tax_base_amount": SQL("CASE WHEN line.type = 'tax' THEN m.untaxed ELSE 0 END"),
        "amount_residual": owed,
        "amount_residual_currency": owed,
        "reconciled": SQL("line.place = 4 AND a.amount_residual_signed = 0"),
    }


def account_ids(env):
    """Return the accounts of the company for what is sold, taxed and owed."""
    types = {"income": "income", "vat": "liability_current", "receivable": "asset_receivable"}
    accounts = env["account.account"].with_company(env.company)
    return {
        name: accounts.search([("account_type", "=", account_type)], limit=1).id
        for name, account_type in types.items()
    }


def product_ids(env):
    """Return the ids of the articles sold, in families, which are created if they are missing."""
    products = env["product.product"].with_context(tracking_disable=True)
    known = products.search([("default_code", "=like", "VOLUME-%")], order="default_code")
    if not known:
        known = products.create(
            [
                {
                    "name": f"Article {number // (PRODUCTS // FAMILIES) + 1}-{number}",
                    "default_code": f"VOLUME-{number:03}",
                    "type": "consu",
                    "list_price": 10 + number,
                }
                for number in range(PRODUCTS)
            ]
        )
        env.flush_all()
    return known.ids
