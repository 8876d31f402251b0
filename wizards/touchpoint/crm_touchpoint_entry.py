from odoo import api, fields, models

from ...models.touchpoint import events


class CrmTouchpointEntry(models.TransientModel):
    """The dialog to log a contact that Odoo does not record by itself."""

    _name = "crm.touchpoint.entry"
    _description = "Log a Contact"

    partner_id = fields.Many2one("res.partner", "Contact")
    lead_id = fields.Many2one("crm.lead")
    channel_id = fields.Many2one(
        "crm.touchpoint.channel",
        required=True,
        default=lambda self: self.env.ref("crm_lifecycle.touchpoint_channel_phone", False),
    )
    event = fields.Selection(events.EVENTS, required=True, default="called")
    direction = fields.Selection(
        [("inbound", "The person contacted us"), ("outbound", "We contacted the person")],
        required=True,
        default="outbound",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    @api.onchange("event")
    def _onchange_event(self):
        if self.event:
            self.direction = events.usual_direction(self.event)

    def action_log(self):
        """Log the contact."""
        self.ensure_one()
        self.env["crm.touchpoint"]._log(
            {
                "channel": self.channel_id.code,
                "event": self.event,
                "direction": self.direction,
                "date": self.date,
                "partner_id": self.partner_id.id,
                "lead_id": self.lead_id.id,
            }
        )
        return {"type": "ir.actions.act_window_close"}
