from odoo import api, fields, models

#: What the settings are called in the database, and what they are as long as nobody says so.
PARAMETERS = {
    "bot_delay": ("crm_lifecycle.touchpoint_bot_delay", 10),
    "bot_window": ("crm_lifecycle.touchpoint_bot_window", 5),
    "credit_days": ("crm_lifecycle.touchpoint_credit_days", 365),
    "credit_half_life": ("crm_lifecycle.touchpoint_credit_half_life", 7),
}
#: No setting is more: a hundred years, and for the seconds half a day. Dates have no room for all.
MOST = 36_500


class ResConfigSettings(models.TransientModel):
    """What counts as a bot, and how the credit for a purchase is shared."""

    _inherit = "res.config.settings"

    touchpoint_bot_delay = fields.Integer(
        "Seconds after Delivery",
        config_parameter=PARAMETERS["bot_delay"][0],
        default=PARAMETERS["bot_delay"][1],
    )
    touchpoint_bot_window = fields.Integer(
        "Seconds of a Burst",
        config_parameter=PARAMETERS["bot_window"][0],
        default=PARAMETERS["bot_window"][1],
    )
    touchpoint_credit_days = fields.Integer(
        "Days before a Purchase",
        config_parameter=PARAMETERS["credit_days"][0],
        default=PARAMETERS["credit_days"][1],
    )
    touchpoint_credit_half_life = fields.Integer(
        "Days of the Half-life",
        config_parameter=PARAMETERS["credit_half_life"][0],
        default=PARAMETERS["credit_half_life"][1],
    )

    @api.model
    def _touchpoint_settings(self):
        """Give the settings as numbers, the usual ones where nothing sensible is set."""
        parameters = self.env["ir.config_parameter"].sudo()
        settings = {}
        for name, (key, usual) in PARAMETERS.items():
            text = parameters.get_param(key) or ""
            settings[name] = min(int(text), MOST) if text.isdecimal() else usual
        settings["credit_half_life"] = max(1, settings["credit_half_life"])
        return settings

    def set_values(self):
        """Decide anew on all openings and clicks when it changes what a bot is."""
        before = self._touchpoint_settings()
        result = super().set_values()
        after = self._touchpoint_settings()
        if any(before[name] != after[name] for name in ("bot_delay", "bot_window")):
            self.env["crm.touchpoint"].sudo()._judge_again()
        return result
