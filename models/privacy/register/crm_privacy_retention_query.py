from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...touchpoint import events
from ..erasure import retention
from . import retention_period

SALES_MOVES = ("out_invoice", "out_receipt", "out_refund")
NOT_OVER = ("suspect", "lead", "prospect")


class CrmPrivacyRetention(models.Model):
    """Who is due by a rule, since when and why, and who is left out: one statement."""

    _inherit = "crm.privacy.retention"

    def _old_domain(self):
        """Give the records of a rule that is not about persons."""
        limit = fields.Datetime.to_datetime(self._limit())
        return self._own_domain() & Domain("create_date", "<", limit)

    def _wanted(self, today, ids=None):
        """Give the SQL of the records whose period is over.

        Its columns: res_id, company_id, last_date, basis (of that date), due_date, has_email, and
        why and until when each is left out: hold, hold_until.

        :param ids: only these records
        """
        return SQL(
            """
            WITH person AS MATERIALIZED (%(persons)s),
                 recent AS MATERIALIZED (%(recent)s),
                 dated AS (
                    SELECT p.*, GREATEST(p.collected, p.bought, answer.at) AS last_date,
                           CASE GREATEST(p.collected, p.bought, answer.at)
                                WHEN answer.at THEN 'answered' WHEN p.bought THEN 'bought'
                                ELSE 'collected' END AS basis
                      FROM person p CROSS JOIN LATERAL (%(answer)s) answer
                 ),
                 due AS (
                    SELECT d.*, %(due_on)s AS due_date FROM dated d
                     WHERE %(due_on)s <= %(today)s
                       AND NOT EXISTS (SELECT FROM recent r WHERE r.email = d.email)
                 )
            SELECT d.id AS res_id, d.company_id, d.last_date, d.basis, d.due_date, d.has_email,
                   held.hold, held.hold_until
              FROM due d LEFT JOIN (%(holds)s) held ON held.id = d.id
            """,
            persons=self._persons(ids),
            recent=self._recent(today),
            answer=self._answer(),
            due_on=retention_period.due_on_sql(SQL("d.last_date"), self.months),
            today=today,
            holds=self._holds(today),
        )

    def _persons(self, ids=None):
        """Give the SQL of those the rule is about, whenever their last contact was."""
        domain = self._own_domain() & self._company_domain() & self._subject_domain()
        if ids is not None:
            domain &= Domain("id", "in", ids)
        records = self.env[self.model].sudo().with_context(active_test=False)
        chosen = records._search(domain).subselect()
        if self.model == "crm.lead":
            return SQL(
                "SELECT l.id, l.company_id, l.partner_id, l.email_normalized AS email, %s,"
                " NULL::date AS bought, FALSE AS has_email"
                " FROM crm_lead l LEFT JOIN crm_suspect_import i ON i.id = l.suspect_import_id"
                " WHERE l.id IN %s",
                _collected("l"),
                chosen,
            )
        bought = _bought()
        condition = {
            "customer": SQL("b.bought IS NOT NULL"),
            "prospect": SQL("b.bought IS NULL"),
        }
        return SQL(
            "SELECT p.id, p.company_id, p.id AS partner_id, p.email_normalized AS email, %s,"
            " b.bought, p.email_normalized IS NOT NULL"
            " AND p.privacy_restricted IS NOT TRUE AND NOT EXISTS (SELECT FROM mail_blacklist"
            " m WHERE m.active AND m.email = p.email_normalized) AS has_email"
            " FROM res_partner p LEFT JOIN crm_suspect_import i ON i.id = p.suspect_import_id"
            " LEFT JOIN (%s) b ON b.company = p.commercial_partner_id"
            " WHERE %s AND p.id IN %s",
            _collected("p"),
            bought,
            condition.get(self.subject, SQL("b.bought IS NULL")),
            chosen,
        )

    def _subject_domain(self):
        """Give the records the rule can be about, by what is on them."""
        if self.model == "crm.lead":
            return Domain("won_status", "!=", "won")
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        ours = companies.search([("id", "!=", False)]).partner_id.ids
        domain = (
            Domain("commercial_partner_id", "not in", ours)
            & Domain("partner_share", "=", True)
            & Domain("employee", "=", False)
        )
        if not self.with_companies:
            domain &= Domain("is_company", "=", False)
        if self.subject == "prospect":
            domain &= Domain("lifecycle_kind", "in", NOT_OVER)
        if self.subject == "contact":
            domain &= Domain("lifecycle_kind", "=", False) & Domain("supplier_rank", "=", 0)
            domain &= Domain("type", "=", "contact")
        return domain

    def _company_domain(self):
        """Give the records of the rule's company, or of those without a rule of their own."""
        if self.company_id:
            return Domain("company_id", "=", self.company_id.id)
        others = self.search(
            [
                ("subject", "=", self.subject),
                ("action", "=", self.action),
                ("company_id", "!=", False),
            ]
        )
        return Domain("company_id", "not in", others.company_id.ids)

    def _recent(self, today):
        """Give the SQL of the e-mail addresses whose owner did something since the limit.

        The same person may be in another record: a request of yesterday counts for all of them.
        """
        return SQL(
            """
            SELECT p.email_normalized AS email FROM crm_touchpoint t
              JOIN res_partner p ON p.id = t.partner_id
             WHERE %(answer)s AND t.date >= %(limit)s AND p.email_normalized IS NOT NULL
             UNION
            SELECT l.email_normalized FROM crm_touchpoint t JOIN crm_lead l ON l.id = t.lead_id
             WHERE %(answer)s AND t.date >= %(limit)s AND l.email_normalized IS NOT NULL
            """,
            answer=_is_answer("t"),
            # the day of the limit itself is due
            limit=fields.Date.add(self._limit(today), days=1),
        )

    def _answer(self):
        """Give the SQL of the last day when the person did something."""
        own = SQL("t.lead_id = p.id") if self.model == "crm.lead" else SQL("t.partner_id = p.id")
        parts = [
            SQL(
                "SELECT max(t.date)::date AS at FROM crm_touchpoint t WHERE %s AND %s",
                own,
                _is_answer("t"),
            ),
            SQL(
                "SELECT max(log.create_date)::date FROM res_users_log log"
                " JOIN res_users u ON u.id = log.create_uid WHERE u.partner_id = p.partner_id"
            ),
        ]
        if self.model == "crm.lead":
            parts.append(
                SQL(
                    "SELECT max(t.date)::date FROM crm_touchpoint t"
                    " WHERE t.partner_id = p.partner_id AND t.lead_id IS NULL AND %s",
                    _is_answer("t"),
                )
            )
        return SQL("SELECT max(a.at) AS at FROM (%s) a", SQL(" UNION ALL ").join(parts))

    def _holds(self, today):
        """Give the SQL of the first reason why a person is left out, and until when."""
        name = "lead_id" if self.model == "crm.lead" else "partner_id"
        reasons = [_legal_holds(self.model, today), _open_requests(name)]
        if self.model == "crm.lead":
            reasons += [_open_opportunities("id"), _open_orders("opportunity_id")]
        else:
            reasons += [
                _open_opportunities("partner_id"),
                _open_orders("partner_id", "partner_invoice_id", "partner_shipping_id"),
                _open_invoices(),
            ]
            if self.action == "anonymise":
                reasons.append(_kept_invoices(today))
        ranked = [
            SQL("SELECT %s AS rank, h.* FROM (%s) h", rank, reason)
            for rank, reason in enumerate(reasons)
        ]
        return SQL(
            "SELECT DISTINCT ON (h.id) h.id, h.hold, h.hold_until FROM (%s) h"
            " ORDER BY h.id, h.rank",
            SQL(" UNION ALL ").join(ranked),
        )


def _is_answer(alias):
    """Give the SQL condition of a contact by the person; to unsubscribe is to end it."""
    return SQL(
        "(%s AND %s != 'unsubscribed')",
        events.is_response_sql(alias),
        SQL.identifier(alias, "event"),
    )


def _collected(alias):
    """Give the SQL of the day when the data was collected: that of the list, else of the row."""
    return SQL(
        "COALESCE(i.collection_date, %s::date) AS collected", SQL.identifier(alias, "create_date")
    )


def _bought():
    """Give the SQL of the last purchase of each company or person."""
    return SQL(
        """
        SELECT who.company, max(who.at) AS bought FROM (
            SELECT m.commercial_partner_id AS company, m.invoice_date AS at FROM account_move m
             WHERE m.state = 'posted' AND m.move_type IN %s
             UNION ALL
            SELECT p.commercial_partner_id, o.date_order::date FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id WHERE o.state = 'sale'
        ) who GROUP BY who.company
        """,
        SALES_MOVES,
    )


def _legal_holds(model, today):
    """Give the SQL of those with a legal hold; that of a company holds its people too."""
    records = SQL("crm_lead r ON r.id = h.lead_id OR r.partner_id = h.partner_id")
    if model == "res.partner":
        records = SQL("res_partner r ON h.partner_id IN (r.id, r.commercial_partner_id)")
    return SQL(
        "SELECT r.id, 'hold' AS hold, h.date_end AS hold_until FROM crm_privacy_hold h JOIN %s"
        " WHERE h.active AND (h.date_end IS NULL OR h.date_end >= %s)",
        records,
        today,
    )


def _open_requests(name):
    """Give the SQL of those whose request is not answered yet."""
    return SQL(
        "SELECT r.%s AS id, 'request' AS hold, NULL::date AS hold_until FROM crm_privacy_request r"
        " WHERE r.state NOT IN ('done', 'refused')",
        SQL.identifier(name),
    )


def _open_opportunities(name):
    """Give the SQL of those with an open opportunity."""
    return SQL(
        "SELECT o.%s AS id, 'opportunity' AS hold, NULL::date AS hold_until FROM crm_lead o"
        " WHERE o.active AND o.type = 'opportunity' AND o.won_status = 'pending'",
        SQL.identifier(name),
    )


def _open_orders(*names):
    """Give the SQL of those with an open quotation, or an order that is not invoiced."""
    return SQL(
        "SELECT unnest(ARRAY[%s]) AS id, 'order' AS hold, NULL::date AS hold_until"
        " FROM sale_order o WHERE o.state IN ('draft', 'sent')"
        " OR (o.state = 'sale' AND o.invoice_status = 'to invoice')",
        SQL(", ").join(SQL.identifier("o", name) for name in names),
    )


def _open_invoices():
    """Give the SQL of those with a draft or unpaid invoice."""
    return SQL(
        "SELECT unnest(ARRAY[m.partner_id, m.commercial_partner_id]) AS id, 'unpaid' AS hold,"
        " NULL::date AS hold_until FROM account_move m WHERE m.move_type != 'entry'"
        " AND (m.state = 'draft' OR (m.state = 'posted'"
        " AND m.payment_state IN ('not_paid', 'partial')))"
    )


def _kept_invoices(today):
    """Give the SQL of those with a posted entry that must be kept, and until when."""
    return SQL(
        """
        SELECT kept.id, 'invoice' AS hold, max(kept.until) AS hold_until FROM (
            SELECT unnest(ARRAY[m.partner_id, m.commercial_partner_id]) AS id, %s AS until
              FROM account_move m JOIN res_company c ON c.id = m.company_id
             WHERE m.state = 'posted' AND m.partner_id IS NOT NULL
        ) kept GROUP BY kept.id HAVING max(kept.until) >= %s
        """,
        retention.keep_until_sql("m", "c"),
        today,
    )
