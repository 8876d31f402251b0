from odoo import fields, models

from .crm_privacy_location_rule import ACTIONS


class CrmPrivacyErasureEntryLine(models.Model):
    """What became of the records at one place, in words and numbers only."""

    _name = "crm.privacy.erasure.entry.line"
    _description = "Place in an Entry of the Register of Erasures"
    _order = "entry_id, action, place, id"

    entry_id = fields.Many2one(
        "crm.privacy.erasure.entry", required=True, ondelete="cascade", index=True, readonly=True
    )
    place = fields.Char(required=True, readonly=True)
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    record_count = fields.Integer("Records", readonly=True)
    reason = fields.Char(readonly=True)
    article = fields.Char(readonly=True)
    keep_until = fields.Date("Kept Until", readonly=True)
