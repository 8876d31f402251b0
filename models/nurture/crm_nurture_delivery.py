from odoo import fields, models


class CrmNurtureDelivery(models.Model):
    """One step done once for one enrollment.

    How is it exactly once?
        It is written in the transaction that does the step, and no two rows have the same
        enrollment, step and round.
    What became of it?
        `outcome` says what the engine did; what became of a message after that, its trace.
    """

    _name = "crm.nurture.delivery"
    _description = "Step Done for Somebody"
    _order = "date desc, id desc"
    _log_access = False  # written by the engine alone, for thousands at once

    enrollment_id = fields.Many2one("crm.nurture.enrollment", required=True, ondelete="cascade")
    step_id = fields.Many2one("crm.nurture.step", required=True, ondelete="cascade", index=True)
    round = fields.Integer(required=True, default=1)
    date = fields.Datetime(required=True)
    outcome = fields.Selection(
        [
            ("done", "Step done"),
            ("queued", "Queued"),
            ("yes", "Yes"),
            ("no", "No"),
            ("suppressed", "Suppressed"),
            ("no_address", "No address"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        required=True,
    )
    note = fields.Char("Why")
    trace_id = fields.Many2one("mailing.trace", ondelete="set null", index="btree_not_null")

    _once = models.Constraint(
        "UNIQUE(enrollment_id, step_id, round)", "This step has been done for this person."
    )
