from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

#: How many moves the path of a customer shows.
PATH_LENGTH = 12


class ResPartner(models.Model):
    """Why a customer is in its segment: the answer to the "why?" of the contact's form.

    Which ranges are shown?
        Those of the scores that the customer has, by the cuts that are valid now.
    What is the path?
        The last moves of the customer, the oldest first. They begin where it came from.
    Who may open the invoices?
        Who may read invoices in accounting; for others there is no link.
    """

    _inherit = "res.partner"

    @api.readonly
    def get_rfm_reasons(self):
        """Say why a contact is in its segment.

        :return: the policy, its day and that of its cuts; `segment` with its advice, the
            `figures` with their ranges, the `path`; `customer_value`, if it is estimated
        """
        self.ensure_one()
        self.check_access("read")
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        if not policy:
            raise UserError(
                self.env._(
                    "%(company)s has no RFM policy that is shown on contacts. Choose one under"
                    " RFM policies.",
                    company=self.env.company.name,
                )
            )
        owner = self.commercial_partner_id
        score = self.env["crm.rfm.score"].search(
            [("policy_id", "=", policy.id), ("partner_id", "=", owner.id)]
        )
        segment = score.segment_id or self._rfm_prospect_segment()
        return {
            "policy": {"id": policy.id, "name": policy.name},
            "date": policy.refresh_date,
            "cuts_date": policy.method != "fixed" and self._rfm_cuts_date(policy),
            "segment": policy._segment_badge(segment) | {"advice": segment.advice or False},
            "figures": self._rfm_figures(score) if score else [],
            "value_tier": self._rfm_tier(score),
            "path": self._rfm_path(policy, owner),
            "customer_value": self._rfm_customer_value(),
            "invoices_of": self._may_open_invoices() and bool(score) and owner.id,
        }

    @api.model
    def _rfm_cuts_date(self, policy):
        """Give the day from which on the scores mean what they mean."""
        return policy._thresholds().date if policy._thresholds() else False

    @api.model
    def _rfm_figures(self, score):
        """Give the three figures in words, with the range that gave each its score."""
        names, scale = score.policy_id._dimension_names(), score.policy_id.scale()
        is_scored = scale and score.code
        return [
            {
                "dimension": names[dimension],
                "score": is_scored and f"{dimension.upper()}{score[f'{dimension}_score']}",
                "value": value,
                "range": is_scored and scale[dimension][score[f"{dimension}_score"]],
            }
            for dimension, value in self._rfm_values(score).items()
        ]

    @api.model
    def _rfm_values(self, score):
        """Give the three figures of a row in words."""
        return {
            "r": self._rfm_last_words(score),
            "f": self.env._("1 purchase")
            if score.frequency == 1
            else self.env._("%(count)s purchases", count=score.frequency),
            "m": format_amount(self.env, score.monetary, score.currency_id),
        }

    @api.model
    def _rfm_last_words(self, score):
        """Give the day of the last purchase, and how long it is ago."""
        day, days = format_date(self.env, score.last_date), score.recency_days
        if not days:
            return self.env._("%(day)s, on the day of the figures", day=day)
        if days == 1:
            return self.env._("%(day)s, 1 day ago", day=day)
        return self.env._("%(day)s, %(days)s days ago", day=day, days=days)

    @api.model
    def _rfm_tier(self, score):
        """Give the value tier of a row in words; lost customers have none."""
        tiers = score._fields["value_tier"]._description_selection(self.env)
        return dict(tiers).get(score.value_tier, False)

    @api.model
    def _rfm_path(self, policy, owner):
        """Give the last moves, the oldest first, with the segment that the path begins in."""
        moves = self.env["crm.rfm.move"].search(
            [("policy_id", "=", policy.id), ("partner_id", "=", owner.id)], limit=PATH_LENGTH
        )
        ordered = moves.sorted(lambda move: (move.date, move.id))
        path = [
            {"date": m.date, "segment": policy._segment_badge(m.to_segment_id)} for m in ordered
        ]
        first = ordered[:1].from_segment_id
        return [{"date": False, "segment": policy._segment_badge(first)}, *path] if path else []

    def _rfm_customer_value(self):
        """Give what is estimated of the customer's value, where that is installed."""
        summary = getattr(self, "_customer_value_summary", None)
        return summary and summary() or False

    @api.model
    def _may_open_invoices(self):
        return self.env["account.move"].has_access("read") and self.env.user.has_groups(
            "account.group_account_invoice,account.group_account_readonly"
        )

    def action_open_rfm_invoices(self):
        """Open the posted documents behind the figures: those of the whole company."""
        self.ensure_one()
        self.env["account.move"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return action | {
            "domain": [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("move_type", "in", ("out_invoice", "out_receipt", "out_refund")),
                ("state", "=", "posted"),
            ],
            "context": {"create": False},
        }
