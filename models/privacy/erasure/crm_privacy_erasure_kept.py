from odoo import api, fields, models
from odoo.tools import SQL

from .retention import keep_until

POSTED = SQL("(move.state = 'posted' OR move.posted_before)")

# What the rows of a model are kept for: (id, date, company) of those that belong to accounting.
QUERIES = {
    "account.move": """SELECT move.id, move.date, move.company_id FROM account_move move
        WHERE %(posted)s AND move.id = ANY(%(ids)s)""",
    "account.move.line": """SELECT line.id, move.date, move.company_id FROM account_move_line line
        JOIN account_move move ON move.id = line.move_id
        WHERE %(posted)s AND line.id = ANY(%(ids)s)""",
    "account.payment": """SELECT payment.id, coalesce(move.date, payment.date), payment.company_id
        FROM account_payment payment LEFT JOIN account_move move ON move.id = payment.move_id
        WHERE (%(posted)s OR payment.state IN ('in_process', 'paid'))
        AND payment.id = ANY(%(ids)s)""",
    "account.bank.statement.line": """SELECT line.id, move.date, move.company_id
        FROM account_bank_statement_line line JOIN account_move move ON move.id = line.move_id
        WHERE %(posted)s AND line.id = ANY(%(ids)s)""",
    "account.bank.statement": """SELECT line.statement_id, max(move.date), min(move.company_id)
        FROM account_bank_statement_line line JOIN account_move move ON move.id = line.move_id
        WHERE %(posted)s AND line.statement_id = ANY(%(ids)s) GROUP BY line.statement_id""",
    "account.analytic.line": """SELECT line.id, move.date, move.company_id
        FROM account_analytic_line line JOIN account_move_line item ON item.id = line.move_line_id
        JOIN account_move move ON move.id = item.move_id
        WHERE %(posted)s AND line.id = ANY(%(ids)s)""",
    "sale.order": """SELECT line.order_id, max(move.date), min(move.company_id)
        FROM sale_order_line line
        JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
        JOIN account_move_line item ON item.id = link.invoice_line_id
        JOIN account_move move ON move.id = item.move_id
        WHERE %(posted)s AND line.order_id = ANY(%(ids)s) GROUP BY line.order_id""",
    "sale.order.line": """SELECT line.id, max(move.date), min(move.company_id)
        FROM sale_order_line line
        JOIN sale_order_line other ON other.order_id = line.order_id
        JOIN sale_order_line_invoice_rel link ON link.order_line_id = other.id
        JOIN account_move_line item ON item.id = link.invoice_line_id
        JOIN account_move move ON move.id = item.move_id
        WHERE %(posted)s AND line.id = ANY(%(ids)s) GROUP BY line.id""",
    "res.partner.bank": """SELECT bank.id, max(move.date), min(move.company_id)
        FROM res_partner_bank bank LEFT JOIN account_payment payment
        ON payment.partner_bank_id = bank.id
        JOIN account_move move ON move.partner_bank_id = bank.id OR move.id = payment.move_id
        WHERE %(posted)s AND bank.id = ANY(%(ids)s) GROUP BY bank.id""",
    "mail.message": """SELECT message.id, move.date, move.company_id FROM mail_message message
        JOIN account_move move ON message.model = 'account.move' AND move.id = message.res_id
        JOIN res_company company ON company.id = move.company_id
        WHERE company.restrictive_audit_trail AND message.message_type = 'notification'
        AND %(posted)s AND message.id = ANY(%(ids)s)
        UNION ALL
        SELECT message.id, max(line.date), min(line.company_id) FROM mail_message message
        JOIN account_move_line line
        ON message.model = 'res.partner' AND line.partner_id = message.res_id
        JOIN res_company company ON company.id = line.company_id
        WHERE company.restrictive_audit_trail AND message.message_type = 'notification'
        AND message.id = ANY(%(ids)s) GROUP BY message.id""",
}
# The rows of these models are kept as long as the row that they hang on.
HANGING = {
    "mail.tracking.value": ("mail_message_id", "mail.message"),
    "mail.message.translation": ("message_id", "mail.message"),
}
EVIDENCE = ("account.move", "account.payment", "account.bank.statement.line", "sale.order")


class CrmPrivacyErasure(models.AbstractModel):
    """What the law orders to keep, whoever asks for its erasure, and until when.

    What is kept?
        What was posted, and its evidence: entries and their lines, payments, lines of bank
        statements, the orders that were invoiced, the bank accounts used, the files attached to
        them; and where the audit trail is restricted, the notes on changes of entries and of
        contacts with entries.
    What is not?
        Drafts, quotations, orders without an invoice; messages about kept documents.
    Until when?
        So many years from the end of the financial year of the entry as its company says, in
        France ten; the latest where there are several.
    """

    _inherit = "crm.privacy.erasure"

    @api.model
    def _kept_rows(self, model, ids):
        """Give {id: end date} of those rows of a model that the law orders to keep."""
        ids = sorted(ids)
        if not ids or not self._keeps(model):
            return {}
        if model == "ir.attachment":
            return self._kept_files(ids)
        if model in HANGING:
            return self._kept_hanging(model, ids)
        query = SQL(QUERIES[model], posted=POSTED, ids=ids)
        kept = {}
        for row_id, date, company_id in self.env.execute_query(query):
            until = self._keep_until(date, company_id)
            kept[row_id] = max(until, kept.get(row_id, until))
        today = fields.Date.context_today(self)
        return {row_id: until for row_id, until in kept.items() if until >= today}

    def _keeps(self, model):
        return model in QUERIES or model in HANGING or model == "ir.attachment"

    def _without_hash(self, ids):
        """Leave out lines of hashed entries: another label would break the chain, at any time."""
        query = SQL(
            "SELECT line.id FROM account_move_line line JOIN account_move move"
            " ON move.id = line.move_id WHERE line.id = ANY(%s) AND move.inalterable_hash IS NULL",
            list(ids),
        )
        return [row_id for (row_id,) in self.env.execute_query(query)]

    def _keep_until(self, date, company_id):
        company = self.env["res.company"].sudo().browse(company_id)
        month, last_day = int(company.fiscalyear_last_month), company.fiscalyear_last_day
        return keep_until(date, month, last_day, company.privacy_accounting_years)

    def _kept_hanging(self, model, ids):
        """Give the kept rows among those that hang on rows of another model."""
        name, parent_model = HANGING[model]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL.identifier(name),
                SQL.identifier(self.env[model]._table),
                ids,
            )
        )
        kept = self._kept_rows(parent_model, {parent for _row_id, parent in rows})
        return {row_id: kept[parent] for row_id, parent in rows if parent in kept}

    def _kept_files(self, ids):
        """Give the files that are attached to what is kept."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, res_model, res_id FROM ir_attachment"
                " WHERE id = ANY(%s) AND res_model = ANY(%s)",
                ids,
                list(EVIDENCE),
            )
        )
        kept = {
            model: self._kept_rows(model, {row[2] for row in rows if row[1] == model})
            for model in {row[1] for row in rows}
        }
        return {
            row_id: kept[model][res_id] for row_id, model, res_id in rows if res_id in kept[model]
        }
