from odoo import api, fields, models


class CrmPrivacyBreach(models.Model):
    """Who of the persons concerned was told, and how far the messages are."""

    _inherit = "crm.privacy.breach"

    recipient_ids = fields.One2many(
        "crm.privacy.breach.recipient", "breach_id", "Persons Told", readonly=True
    )
    recipient_count = fields.Integer("Persons Chosen", compute="_compute_recipient_counts")
    told_count = fields.Integer("Told", compute="_compute_recipient_counts")
    untold_count = fields.Integer("Not Delivered", compute="_compute_recipient_counts")
    letter_count = fields.Integer("Letters to Post", compute="_compute_recipient_counts")
    public_notice_at = fields.Datetime(
        "Public Notice On", tracking=True, help="When the public was told instead (34(3) c)."
    )

    @api.depends("recipient_ids.state")
    def _compute_recipient_counts(self):
        counts = {
            (breach.id, state, channel): count
            for breach, state, channel, count in self.env[
                "crm.privacy.breach.recipient"
            ]._read_group(
                [("breach_id", "in", self.ids)], ["breach_id", "state", "channel"], ["__count"]
            )
        }
        for breach in self:
            own = {key[1:]: count for key, count in counts.items() if key[0] == breach.id}
            breach.recipient_count = sum(own.values())
            breach.told_count = sum(own.get(("sent", way), 0) for way in ("email", "letter"))
            breach.untold_count = sum(own.get(("failed", way), 0) for way in ("email", "letter"))
            breach.letter_count = own.get(("waiting", "letter"), 0)

    def _persons_told(self):
        """Tell whether messages were sent to the persons; none is left in the queue."""
        waiting = self.recipient_ids.filtered(lambda row: row.state == "waiting")
        return bool(self.recipient_ids) and not waiting

    def action_open_recipients(self):
        """Open the persons of the count that the button names, or all of them."""
        self.ensure_one()
        state = self.env.context.get("privacy_state")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_breach_recipient_action"
        )
        return {
            **action,
            "domain": [("breach_id", "=", self.id)],
            "context": {f"search_default_{state}": 1} if state else {},
        }

    def action_tell_persons(self):
        """Write the message to the persons, and choose them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Persons"),
            "res_model": "crm.privacy.breach.notice",
            "view_mode": "form",
            "context": {"default_breach_id": self.id},
        }

    def action_open_notices(self):
        """Open the messages that were written."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_breach_notice_action"
        )
        return {**action, "domain": [("breach_id", "=", self.id)]}

    def action_add_note(self):
        """Add what is new to the history."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_breach_note_action_new"
        )
        return {**action, "context": {"default_breach_id": self.id}}
