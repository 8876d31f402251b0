from odoo import fields, models


class CrmNurturePublicationMove(models.Model):
    """Where somebody was when a version was published, and where this person was put."""

    _name = "crm.nurture.publication.move"
    _description = "Person Moved to Another Version"
    _log_access = False  # for thousands at once

    publication_id = fields.Many2one(
        "crm.nurture.publication", required=True, ondelete="cascade", index=True
    )
    enrollment_id = fields.Many2one(
        "crm.nurture.enrollment", "Person", required=True, ondelete="cascade", index=True
    )
    from_step_id = fields.Many2one("crm.nurture.step", required=True, ondelete="cascade")
    to_step_id = fields.Many2one("crm.nurture.step", ondelete="cascade")
    state = fields.Char(required=True)
    due_at = fields.Datetime("Next Step on")
    cause = fields.Char()
    reason = fields.Char()
