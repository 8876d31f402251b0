from odoo import models
from odoo.tools import SQL


class CrmNurtureEnrollment(models.Model):
    """Who left a sequence by the link in a message is led out before the next step.

    Also as another lead with the same address, and whoever let them in.
    """

    _inherit = "crm.nurture.enrollment"

    def _departures(self):
        """Add those whose address wants nothing of the sequence any more."""
        departures = super()._departures()
        sequence = self.sequence_id
        if not self:
            return departures
        why = ("exited", "unsubscribed")
        rows = self.env.execute_query(
            SQL(
                "SELECT e.id FROM crm_nurture_enrollment e JOIN %s r ON r.id = e.%s"
                " JOIN crm_nurture_optout o ON o.sequence_id = e.sequence_id"
                "  AND o.email = r.email_normalized WHERE e.id = ANY(%s)",
                SQL.identifier(self.env[sequence.model]._table),
                SQL.identifier(sequence._subject()),
                list(self.ids),
            )
        )
        return {row[0]: why for row in rows} | departures
