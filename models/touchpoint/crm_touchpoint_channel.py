from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTouchpointChannel(models.Model):
    """The way a contact goes: e-mail, phone, web form ...

    Can a company add its own?
        Yes; other programs name a channel by its code when they log a contact.
    Which channels get credit for a purchase?
        Those with `is_credited`. Quotations, orders and invoices are the purchase itself.
    What about channels that are not used any more?
        They are archived; one that has contacts cannot be deleted.
    """

    _name = "crm.touchpoint.channel"
    _description = "Touchpoint Channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="How other programs name this channel. Small letters, digits and underscores.",
    )
    icon = fields.Char(default="fa-comment-o", help="The icon of the timeline.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_credited = fields.Boolean(
        "Gets Credit",
        default=True,
        help="Touchpoints through this channel may get credit for a purchase.",
    )

    _code_unique = models.Constraint("UNIQUE(code)", "Another channel has this code already.")
    _code_plain = models.Constraint(
        "CHECK(code ~ '^[a-z0-9_]+$')",
        "The code of a channel has small letters, digits and underscores only.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        used = self.env["crm.touchpoint"].sudo().search([("channel_id", "in", self.ids)], limit=1)
        if used:
            raise UserError(
                self.env._(
                    "The channel “%(channel)s” has touchpoints. Archive it instead of deleting it.",
                    channel=used.channel_id.name,
                )
            )

    def copy_data(self, default=None):
        """Give the copy a code of its own."""
        return [
            {**vals, "code": f"{channel.code}_copy"} | (default or {})
            for channel, vals in zip(self, super().copy_data(default), strict=True)
        ]
