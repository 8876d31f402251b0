"""Run in Odoo's shell, before the addon is there: a company that has worked for years."""

from datetime import datetime

from odoo.fields import Command

env = globals()["env"]

lead, opportunity, won = env["crm.lead"].create(
    [
        {"name": "Old lead", "type": "lead"},
        {"name": "Old opportunity", "type": "opportunity"},
        {"name": "Won opportunity", "type": "opportunity"},
    ]
)
won.action_set_won()
env.flush_all()
env.cr.execute("UPDATE crm_lead SET create_date = '2024-01-10 08:00:00'")

company, supplier = env["res.partner"].create(
    [{"name": "Old customer", "is_company": True}, {"name": "Supplier"}]
)
contact = env["res.partner"].create({"name": "Old contact", "parent_id": company.id})
product = env["product.product"].create({"name": "Machine"})
order = env["sale.order"].create(
    {
        "partner_id": contact.id,
        "order_line": [Command.create({"product_id": product.id})],
    }
)
order.action_confirm()
order.date_order = datetime(2023, 5, 4, 9)

journal = env["account.journal"].create({"name": "Old sales", "code": "OLDS", "type": "general"})
env.flush_all()
env.cr.execute(
    """
    INSERT INTO account_move (journal_id, company_id, currency_id, move_type, state, payment_state,
           auto_post, date, invoice_date, partner_id, commercial_partner_id, amount_untaxed_signed)
    SELECT %s, id, currency_id, 'out_invoice', 'posted', 'paid', 'no', '2023-05-04', '2023-05-04',
           %s, %s, 100
      FROM res_company WHERE id = %s
    """,
    [journal.id, contact.id, company.id, env.company.id],
)
env.cr.commit()
