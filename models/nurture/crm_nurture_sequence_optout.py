from odoo import fields, models
from odoo.tools import SQL


class CrmNurtureSequence(models.Model):
    """Who left a sequence by the link in a message is out, and does not come in again.

    Also as another lead with the same address, and whoever lets them in.
    """

    _inherit = "crm.nurture.sequence"

    def _obstacles(self, person):
        """Add who wants nothing of the sequence any more."""
        left = self.sudo()._record(
            person,
            SQL(
                "EXISTS (SELECT FROM crm_nurture_optout o"
                " WHERE o.sequence_id = %s AND o.email = who.email_normalized)",
                self.id,
            ),
        )
        return [*super()._obstacles(person), ("exited", "unsubscribed", left)]

    def _opt_out(self, emails):
        """Write nothing of these sequences to these addresses any more, and let them leave."""
        addresses = sorted({email for email in emails if email})
        if not self or not addresses:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_nurture_optout (sequence_id, email, date)"
                " SELECT s, e, %s FROM unnest(%s) s, unnest(%s) e ON CONFLICT DO NOTHING",
                fields.Datetime.now(),
                list(self.ids),
                addresses,
            )
        )
        for sequence in self:
            address = f"{sequence._subject()}.email_normalized"
            sequence._inside([(address, "in", addresses)])._leave("exited", cause="unsubscribed")

    def _opt_out_by(self, mailing, email):
        """Let whoever got a message of a sequence at an address leave it, and not come in again.

        Also those who have another address by now: it is the same person who says so.
        """
        traces = self.env["mailing.trace"].sudo()
        got = traces.search([("mass_mailing_id", "=", mailing.id), ("email", "=", email)])
        deliveries = self.env["crm.nurture.delivery"].sudo()
        people = deliveries.search([("trace_id", "in", got.ids)]).enrollment_id
        self._opt_out([email, *people.mapped(f"{self._subject()}.email_normalized")])

    def _leave_by_number(self, record, number):
        """Let all leave who have the number that stopped the SMS, and not come in again.

        :param record: the lead or contact that got the SMS
        """
        for sequence in self:
            by_number = [(f"{sequence._subject()}.phone_sanitized", "=", number)]
            sequence._inside(by_number)._leave("exited", cause="unsubscribed")
        self._opt_out([record.email_normalized])

    def _inside(self, domain):
        """Give who is inside, and fulfils a domain."""
        enrollments = self.env["crm.nurture.enrollment"].sudo()
        return enrollments.search([("sequence_id", "=", self.id), ("left_at", "=", False), *domain])
