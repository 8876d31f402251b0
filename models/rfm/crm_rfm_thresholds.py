from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount

from . import cuts


class CrmRfmThresholds(models.AbstractModel):
    """The twelve cuts that make scores of figures: what a policy enters, what a cut keeps.

    `r_cut_4` is the number of days within which the last purchase must be for an R of 4;
    `f_cut_4` the number of purchases, `m_cut_4` the amount from which on a customer has an F
    or M of 4. A better score never asks for less; see `cuts` for the arithmetic.
    """

    _name = "crm.rfm.thresholds"
    _description = "RFM Cuts"

    r_cut_2 = fields.Integer("R2: within (days)", default=540)
    r_cut_3 = fields.Integer("R3: within (days)", default=365)
    r_cut_4 = fields.Integer("R4: within (days)", default=180)
    r_cut_5 = fields.Integer("R5: within (days)", default=60)
    f_cut_2 = fields.Integer("F2: purchases from", default=2)
    f_cut_3 = fields.Integer("F3: purchases from", default=3)
    f_cut_4 = fields.Integer("F4: purchases from", default=6)
    f_cut_5 = fields.Integer("F5: purchases from", default=12)
    m_cut_2 = fields.Float("M2: amount from", digits=(16, 2), default=200)
    m_cut_3 = fields.Float("M3: amount from", digits=(16, 2), default=1_000)
    m_cut_4 = fields.Float("M4: amount from", digits=(16, 2), default=5_000)
    m_cut_5 = fields.Float("M5: amount from", digits=(16, 2), default=20_000)

    def _check_cuts(self):
        """Refuse cuts where a better score would ask for less."""
        for record in self:
            for dimension, name in record._dimension_names().items():
                if not cuts.ordered(record._cuts(dimension), falling=dimension == "r"):
                    raise ValidationError(self._disorder_words(dimension, name))

    def _disorder_words(self, dimension, name):
        """Say which way the cuts of a dimension must go."""
        if dimension == "r":
            return self.env._(
                "%(name)s: the higher the score, the fewer days. Enter the most days for R2 and"
                " the fewest for R5.",
                name=name,
            )
        return self.env._(
            "%(name)s: the higher the score, the higher its threshold. Enter the lowest for"
            " %(lowest)s and the highest for %(highest)s.",
            name=name,
            lowest=f"{dimension.upper()}2",
            highest=f"{dimension.upper()}5",
        )

    def _dimension_names(self):
        """Give the names of the three dimensions, in their order."""
        return {
            "r": self.env._("Recency"),
            "f": self.env._("Frequency"),
            "m": self.env._("Monetary value"),
        }

    def _cuts(self, dimension):
        """Give the cuts of the scores 2 to 5 of a dimension."""
        self.ensure_one()
        return tuple(self[cuts.column(dimension, score)] for score in cuts.SHARES)

    def _cut_values(self):
        """Give the twelve cuts by the names of their columns."""
        return {name: self[name] for name in cuts.COLUMNS}

    def _range_words(self, dimension, score):
        """Say what a score of a dimension means, as in "6 to 11 purchases".

        :param str dimension: r, f or m
        :param int score: 1 to 5
        """
        self.ensure_one()
        words = {"r": self._days_words, "f": self._purchases_words, "m": self._amount_words}
        return words[dimension](self._cuts(dimension), score)

    def _days_words(self, days, score):
        more_than, up_to = cuts.falling_bounds(days, score)
        if up_to is None and more_than < 0:
            return self.env._("any day")
        if up_to is None:
            return self._days_ago_words(more_than)
        if up_to < 0 or up_to == more_than:
            return self.env._("nobody")
        if more_than is None or more_than < 0:
            return self._days_within_words(up_to)
        return self.env._("%(first)s to %(last)s days ago", first=more_than + 1, last=up_to)

    def _days_ago_words(self, days):
        if days == 1:
            return self.env._("more than 1 day ago")
        return self.env._("more than %(days)s days ago", days=days)

    def _days_within_words(self, days):
        if days == 1:
            return self.env._("within 1 day")
        return self.env._("within %(days)s days", days=days)

    def _purchases_words(self, counts, score):
        first, after = cuts.bounds(counts, score)
        first = first or 1
        if after is None:
            return self.env._("%(count)s purchases or more", count=first)
        if after <= first:
            return self.env._("nobody")
        if after == 2:
            return self.env._("1 purchase")
        if after - first == 1:
            return self.env._("%(count)s purchases", count=first)
        return self.env._("%(first)s to %(last)s purchases", first=first, last=after - 1)

    def _amount_words(self, amounts, score):
        first, below = cuts.bounds(amounts, score)
        first, below = (self._format_cut(amount) for amount in (first, below))
        if first is None:
            return self.env._("less than %(amount)s", amount=below)
        if below is None:
            return self.env._("%(amount)s or more", amount=first)
        if first == below:
            return self.env._("nobody")
        return self.env._("%(first)s to less than %(amount)s", first=first, amount=below)

    def _format_cut(self, amount):
        """Write an amount in the currency of the company."""
        if amount is None:
            return None
        return format_amount(self.env, amount, self.company_id.currency_id)
