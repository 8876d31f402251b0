from odoo import models
from odoo.tools import SQL


class MailingMailing(models.Model):
    """Who may not get a message that waits to leave.

    What is asked?
        The gate, as when it was handed over; and for messages of sequences whether the person
        left the sequence: by the link in a message, or by one of its rules. Who came to the end
        of the sequence gets the last message, of course.
    """

    _inherit = "mailing.mailing"

    def _refused_at_last(self, res_ids):
        """Give why messages that wait may not leave: record id -> (failure type, text)."""
        self.ensure_one()
        refused = {
            record_id: ("privacy", ground.text)
            for record_id, ground in self._privacy_grounds(res_ids).items()
            if not ground.allowed
        }
        if self.nurture_sequence_id:
            refused |= self._left_sequence(res_ids)
        return refused

    def _left_sequence(self, res_ids):
        """Give those of the records that left the sequence, with the reason."""
        sequence = self.nurture_sequence_id
        table = SQL.identifier(self.env[sequence.model]._table)
        subject = SQL.identifier(sequence._subject())
        self.env["crm.nurture.enrollment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, o.id, e.cause
                  FROM %(table)s r
                  LEFT JOIN crm_nurture_optout o
                    ON o.sequence_id = %(sequence)s AND o.email = r.email_normalized
                  LEFT JOIN LATERAL (
                       SELECT cause, state FROM crm_nurture_enrollment
                        WHERE sequence_id = %(sequence)s AND %(subject)s = r.id
                        ORDER BY round DESC LIMIT 1) e ON TRUE
                 WHERE r.id = ANY(%(ids)s) AND (o.id IS NOT NULL OR e.state = 'goal'
                       OR e.state = 'exited' AND e.cause IS DISTINCT FROM 'exit')
                """,
                table=table,
                subject=subject,
                sequence=sequence.id,
                ids=list(res_ids),
            )
        )
        causes = self.env["crm.nurture.enrollment"]._fields["cause"]
        names = dict(causes._description_selection(self.env))
        left = self.env._("Left the sequence before the message did")
        channel = "sms_optout" if self.mailing_type == "sms" else "mail_optout"
        return {
            record_id: (channel, names.get("unsubscribed" if optout else cause) or left)
            for record_id, optout, cause in rows
        }
