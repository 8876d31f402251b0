from odoo import fields, models


class CrmNurtureOptout(models.Model):
    """An address that wants nothing of one sequence any more, and may get other messages.

    And who wants nothing at all?
        Is on Odoo's list of excluded addresses, and an objection is noted; see the gate.
    When does it take effect?
        Before the next message, also one that waits to leave; and who is inside leaves.
    And who asks to get them again?
        A manager deletes the line; whoever is let in then comes in as any other.
    Why the address?
        The next lead of the same person has it as well.
    """

    _name = "crm.nurture.optout"
    _description = "Unsubscribed from a Sequence"
    _order = "date desc, id desc"
    _rec_name = "email"
    _log_access = False

    sequence_id = fields.Many2one("crm.nurture.sequence", required=True, ondelete="cascade")
    email = fields.Char(required=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _once = models.Constraint(
        "UNIQUE(sequence_id, email)", "This address has left the sequence already."
    )
