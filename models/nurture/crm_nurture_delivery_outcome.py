from odoo import api, fields, models
from odoo.tools import SQL

from ..touchpoint import bots
from ..touchpoint.mailing_trace import brin
from . import frequency
from .crm_nurture_step_mail import NO_ADDRESS

#: What tells what became of a delivery.
OUTCOMES = ("crm.nurture.delivery", "mailing.trace", "link.tracker.click", "mail.mail", "sms.sms")

RESULTS = [
    ("done", "Step done"),
    ("yes", "Yes"),
    ("no", "No"),
    ("queued", "Waits to leave"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
    ("bounced", "Bounced"),
    ("suppressed", "Suppressed"),
    ("no_address", "No address"),
    ("cancelled", "Cancelled"),
    ("failed", "Failed"),
]

#: What became of a delivery `d` with the trace `t` that humans `h` touched.
RESULT = """
    CASE WHEN d.outcome <> 'queued' OR t.id IS NULL THEN d.outcome
         WHEN d.retry_at IS NOT NULL AND t.trace_status IN ('outgoing', 'error') THEN 'queued'
         WHEN t.trace_status IN ('cancel', 'error') AND t.failure_type IN %(no_address)s
              THEN 'no_address'
         WHEN t.trace_status = 'cancel' THEN 'cancelled'
         WHEN t.trace_status = 'outgoing' AND %(gone)s THEN 'cancelled'
         WHEN t.trace_status = 'error' THEN 'failed'
         WHEN t.trace_status = 'bounce' THEN 'bounced'
         WHEN t.trace_status = 'reply' THEN 'replied'
         WHEN h.clicked THEN 'clicked'
         WHEN h.opened THEN 'opened'
         WHEN t.trace_status = 'open' OR t.links_click_datetime IS NOT NULL
           OR t.trace_type = 'sms' AND t.trace_status = 'sent' THEN 'delivered'
         WHEN t.trace_status IN ('sent', 'pending') THEN 'sent'
         ELSE 'queued' END
"""

#: Somebody deleted or cancelled, in the queue of Odoo, what a trace `t` waits for.
GONE = """
    NOT CASE t.trace_type
        WHEN 'mail' THEN EXISTS (SELECT FROM mail_mail m WHERE m.id = t.mail_mail_id
                                    AND m.state <> 'cancel')
        ELSE EXISTS (SELECT FROM sms_sms m WHERE m.id = t.sms_id_int) END
"""

#: Which rule kept a message back, as a word of Odoo or of the gate.
RULE = """
    CASE WHEN d.outcome IN ('suppressed', 'no_address', 'failed')
           OR t.trace_status IN ('cancel', 'error', 'bounce') THEN t.failure_type END
"""

JOINS = """
    crm_nurture_delivery d
    LEFT JOIN mailing_trace t ON t.id = d.trace_id
    LEFT JOIN (%(humans)s) h ON h.trace_id = t.id
"""


class CrmNurtureDelivery(models.Model):
    """What became of a message after the engine handed it over.

    Who knows?
        The trace of Odoo. Nothing of it is copied: `result` reads it.
    What is the difference between queued, sent and delivered?
        *Queued* waits to leave, a first time or again. *Sent*: our server took it. *Delivered*:
        the provider says so (SMS), or something at the other end has looked at it (e-mail).
    What does not count?
        Openings and clicks by programs. A mail that only they opened is delivered, not opened.
    What is cancelled?
        What was queued, and did not leave: because the person said no or left the sequence, or
        because somebody took it out of the queue.
        *Suppressed* never got into the queue.
    """

    _inherit = "crm.nurture.delivery"

    result = fields.Selection(RESULTS, compute="_compute_result")
    tries = fields.Integer(default=0, help="How often sending failed for a passing reason.")
    retry_at = fields.Datetime(
        "Waits Until", help="The message has not left, and is tried again then."
    )

    _date_idx = brin("date")
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")

    def _compute_result(self):
        results = {key: result for key, result, _rule in self._results()}
        for delivery in self:
            delivery.result = results.get(delivery.id)

    def _results(self):
        """Give what became of these: list of (id, result, rule)."""
        if not self.ids:
            return []
        self._flush_outcomes()
        ids = SQL("SELECT id FROM crm_nurture_delivery WHERE id = ANY(%s)", list(self.ids))
        return self.env.execute_query(
            SQL(
                "SELECT d.id, %s, %s FROM %s WHERE d.id IN (%s)",
                self._outcome_sql(),
                self._rule_sql(),
                self._outcome_joins_sql(ids),
                ids,
            )
        )

    @api.model
    def _flush_outcomes(self):
        """Write what tells what became of a delivery."""
        for model in OUTCOMES:
            self.env[model].sudo().flush_model()

    @api.model
    def _outcome_sql(self):
        """Give the expression of what became of a delivery, for `_outcome_joins_sql`."""
        return SQL(RESULT, gone=SQL(GONE), no_address=NO_ADDRESS)

    @api.model
    def _rule_sql(self):
        """Give the expression of what kept a message back, for `_outcome_joins_sql`."""
        return SQL(RULE)

    @api.model
    def _outcome_joins_sql(self, deliveries=None):
        """Give what stands after FROM: deliveries `d`, their traces `t`, what humans did `h`.

        :param SQL deliveries: a query of ids, if only some are asked for
        """
        touched = SQL(
            "SELECT x.trace_id FROM crm_nurture_delivery x JOIN mailing_trace y"
            " ON y.id = x.trace_id WHERE (y.open_datetime IS NOT NULL"
            " OR y.links_click_datetime IS NOT NULL) AND %s",
            SQL("x.id IN (%s)", deliveries) if deliveries else SQL("TRUE"),
        )
        settings = self.env["res.config.settings"]._touchpoint_settings()
        humans = bots.humans_sql(touched, settings["bot_delay"], settings["bot_window"])
        return SQL(JOINS, humans=humans)

    @api.model
    def _try_again(self, traces):
        """Note that messages could not leave, and when they are tried again.

        :return: the moment of each trace that is: dict of trace -> moment
        """
        now = fields.Datetime.now()
        moments = {}
        for delivery in self.search([("trace_id", "in", traces.ids)]):
            delivery.tries += 1
            minutes = frequency.retry_minutes(delivery.tries)
            delivery.retry_at = minutes and fields.Datetime.add(now, minutes=minutes)
            if minutes:
                moments[delivery.trace_id] = delivery.retry_at
        return moments
