from odoo import models
from odoo.tools import format_amount, format_date, formatLang

from . import scipy_guard


class ResPartner(models.Model):
    """What a customer will probably be worth, beside the RFM figures of the contact."""

    _inherit = "res.partner"

    def _customer_value_summary(self):
        """Give what the contact shows of the estimate by the default policy of the company.

        :return: ``{"lines": [(label, figure), ...], "note": text}``; empty when there is none:
            without scipy, without a purchase, or when the policy could not be estimated
        """
        self.ensure_one()
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company).sudo()
        if not scipy_guard.available() or policy.value_state not in ("done", "purchases"):
            return {}
        score = self.env["crm.rfm.score"].search(
            [("policy_id", "=", policy.id), ("partner_id", "=", self.commercial_partner_id.id)]
        )
        return self._customer_value_of(score, policy) if score else {}

    def _customer_value_of(self, score, policy):
        """Give the figures of a row of the side table, with their labels."""
        chance = self.env._("%(share)s %%", share=score.p_active)
        lines = [
            (self.env._("Still a customer"), chance if score.p_active else self.env._("n/a")),
            (self.env._("Purchases"), formatLang(self.env, score.expected_purchases, digits=1)),
        ]
        if policy.value_state == "done":
            amount = format_amount(self.env, score.expected_value, policy.currency_id)
            lines.append((self.env._("Value"), amount))
        note = self.env._(
            "In the next 12 months, as estimated on %(date)s.",
            date=format_date(self.env, policy.value_date),
        )
        return {"lines": lines, "note": note}
