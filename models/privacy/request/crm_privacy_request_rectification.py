from odoo import api, fields, models
from odoo.exceptions import UserError

TOLD = ("rectification", "erasure", "restriction")


class CrmPrivacyRequest(models.Model):
    """Rectification, and the recipients who are told of changes (articles 16 and 19).

    Who says what is corrected?
        The person, in own words; the officer enters the fields with the values after.
    Which recipients are proposed?
        Those of the processing register, when there is one.
    """

    _inherit = "crm.privacy.request"

    change_ids = fields.One2many("crm.privacy.request.change", "request_id", "Corrections")
    recipient_ids = fields.One2many("crm.privacy.request.recipient", "request_id", "Recipients")
    untold_count = fields.Integer(compute="_compute_untold_count")

    @api.depends("recipient_ids.notified_at", "recipient_ids.note", "type")
    def _compute_untold_count(self):
        for request in self:
            open_ones = request.recipient_ids.filtered(
                lambda recipient: not recipient.notified_at and not recipient.note
            )
            request.untold_count = len(open_ones) if request.type in TOLD else 0

    def _run_rectification(self):
        """Write the corrections."""
        self.ensure_one()
        changes = self.change_ids.filtered(lambda change: not change.applied_at)
        changes._apply()
        return True

    def _check_approval(self):
        """Refuse a rectification without corrections, or of nobody."""
        for request in self.filtered(lambda request: request.type == "rectification"):
            if not request.change_ids:
                raise UserError(
                    request.env._(
                        "Enter what is corrected, under “Corrections” of %(name)s.",
                        name=request.name,
                    )
                )
            if not all(change._record() for change in request.change_ids):
                raise UserError(
                    request.env._(
                        "Choose the contact or lead whose data are corrected, on %(name)s.",
                        name=request.name,
                    )
                )
        return super()._check_approval()

    def action_propose_recipients(self):
        """List the recipients of the processing register that are not listed yet."""
        self.ensure_one()
        names = self._known_recipients()
        listed = {name.casefold() for name in self.recipient_ids.mapped("name")}
        missing = [name for name in names if name.casefold() not in listed]
        if not missing:
            raise UserError(
                self.env._(
                    "No other recipient is known: the processing register names those who get"
                    " data. Enter the others by hand."
                )
            )
        self.recipient_ids.create([{"request_id": self.id, "name": name} for name in missing])

    def _known_recipients(self):
        """Give the names of those who get data; the processing register adds its own."""
        return []
