from odoo import api, models
from odoo.tools import SQL

#: When each of some people was, or will be, written to since a moment, on whichever record.
SINCE = """
    WITH who AS (
        SELECT r.id, r.email_normalized AS email, r.phone_sanitized AS phone
          FROM %(table)s r WHERE r.id = ANY(%(ids)s)
    ), got AS (
        SELECT w.id, t.id AS trace_id FROM who w
          JOIN mailing_trace t ON t.res_id = w.id AND t.model = %(model)s
         UNION
        SELECT w.id, t.id FROM who w JOIN mailing_trace t ON t.email = w.email
         UNION
        SELECT w.id, t.id FROM who w JOIN mailing_trace t ON t.sms_number = w.phone
    ), dated AS (
        SELECT g.id, COALESCE(t.sent_datetime, m.scheduled_date, x.nurture_at, d.date,
                              t.create_date) AS date
          FROM got g JOIN mailing_trace t ON t.id = g.trace_id
          LEFT JOIN mail_mail m ON m.id = t.mail_mail_id
          LEFT JOIN sms_sms x ON x.id = t.sms_id_int AND t.trace_type = 'sms'
          LEFT JOIN crm_nurture_delivery d ON d.trace_id = t.id
         WHERE t.trace_status NOT IN ('cancel', 'error') AND t.is_test_trace IS NOT TRUE
    )
    SELECT id, array_agg(date) FROM dated WHERE date > %(since)s GROUP BY id
"""


class MailingTrace(models.Model):
    """Traces are asked what an address got lately, and tell their story to the deliveries."""

    _inherit = "mailing.trace"

    _nurture_email_idx = models.Index("(email, mass_mailing_id) WHERE email IS NOT NULL")
    _nurture_number_idx = models.Index("(sms_number) WHERE sms_number IS NOT NULL")

    @api.model
    def _messages_since(self, records, since):
        """Give when people got messages, by whatever record of theirs: id -> moments."""
        for model in (records._name, self._name, "crm.nurture.delivery", "mail.mail", "sms.sms"):
            self.env[model].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    SINCE,
                    table=SQL.identifier(records._table),
                    ids=list(records.ids),
                    model=records._name,
                    since=since,
                )
            )
        )

    def _failure_name(self):
        """Give what Odoo calls the failure, in words."""
        self.ensure_one()
        names = dict(self._fields["failure_type"]._description_selection(self.env))
        return names.get(self.failure_type) or self.env._("Unknown reason")

    def _nurture_hold(self, until, why):
        """Note why messages that could leave wait, and until when."""
        deliveries = self.env["crm.nurture.delivery"].sudo()
        deliveries.search([("trace_id", "in", self.ids)]).write({"note": why, "retry_at": until})

    def _nurture_trying(self):
        """Forget when these were to be tried again: they are being tried now."""
        deliveries = self.env["crm.nurture.delivery"].sudo()
        deliveries.search([("trace_id", "in", self.ids), ("retry_at", "!=", False)]).write(
            {"note": False, "retry_at": False}
        )

    def _nurture_cancel(self, failure_type, reason):
        """Cancel messages that waited to leave, and keep the reason."""
        self.set_canceled()
        self.write({"failure_type": failure_type, "failure_reason": reason})
        deliveries = self.env["crm.nurture.delivery"].sudo()
        deliveries.search([("trace_id", "in", self.ids)]).write({"note": reason, "retry_at": False})
