from odoo import api, fields, models
from odoo.tools import format_amount, format_date, formatLang

from . import scipy_guard


class CrmRfmPolicy(models.Model):
    """The estimate of the customer value in words, in the language of the reader.

    What does a manager see?
        On what it rests, how well the model tells the past, what it makes of the customers in
        general, and what to be careful about; or why there is no estimate, and what to do.
    And a specialist?
        The parameters of the two models as well, in the developer mode.
    """

    _inherit = "crm.rfm.policy"

    value_summary = fields.Text("Estimate in Words", compute="_compute_value_summary")
    value_parameters = fields.Char("Parameters of the Models", compute="_compute_value_parameters")

    @api.depends("value_state", "value_date", "value_fit")
    @api.depends_context("lang")
    def _compute_value_summary(self):
        for policy in self:
            policy.value_summary = "\n".join(policy._value_lines())

    @api.depends("value_fit")
    def _compute_value_parameters(self):
        for policy in self:
            fit = policy.value_fit or {}
            words = []
            for names, values, likelihood in (
                (("r", "alpha", "a", "b"), "purchases", "log_likelihood"),
                (("p", "q", "gamma"), "amounts", "amounts_log_likelihood"),
            ):
                if fit.get(values):
                    words += [f"{n} {v:.3f}" for n, v in zip(names, fit[values], strict=True)]
                    words.append(f"log-likelihood {fit[likelihood]:.1f}")
            policy.value_parameters = ", ".join(words)

    def _value_lines(self):
        """Give the sentences of `value_summary`."""
        if not scipy_guard.available():
            return [self._value_missing_words()]
        if not self.value_state:
            return [self.env._("The customer value has not been estimated yet.")]
        if self.value_state == "refused":
            return [self._value_basis_words(), self._value_refusal_words()]
        return [
            self._value_basis_words(),
            self._value_past_words(),
            self._value_customer_words(),
            *self._value_warnings(),
        ]

    @api.model
    def _value_missing_words(self):
        """Say what to install."""
        return self.env._(
            "To estimate what customers will buy, Odoo needs the Python packages numpy and scipy on"
            " its server. Ask the administrator to install them (pip install numpy scipy) and to"
            " restart Odoo."
        )

    def _value_basis_words(self):
        return self.env._(
            "As of %(date)s: %(customers)s customers, of whom %(repeaters)s bought more than"
            " once, over %(months)s months.",
            date=format_date(self.env, self.value_date),
            customers=self._format_count("customers"),
            repeaters=self._format_count("repeaters"),
            months=round(self.value_fit["history_days"] / 30.44),
        )

    def _format_count(self, name):
        return formatLang(self.env, self.value_fit[name], digits=0)

    def _value_refusal_words(self):
        """Say why there is no estimate."""
        match self.value_fit["problem"]:
            case "repeaters":
                return self.env._(
                    "That is too few to estimate anything: at least %(count)s customers must"
                    " have bought more than once. Until then, rely on the segments.",
                    count=self._format_count("min_repeaters"),
                )
            case "history":
                return self.env._(
                    "That is too short to estimate a year: the first purchase must be at least"
                    " 12 months ago. Until then, rely on the segments."
                )
            case "unsettled":
                return self.env._(
                    "Their purchases do not tell how customers leave, so nothing can be"
                    " estimated. This happens when nearly all of them buy all the time, for"
                    " instance by contract, or when all of them are alike."
                )
        return self.env._(
            "No estimate would be believable: by the model they should have bought again"
            " %(model)s times, but they did %(actual)s times. This happens with purchases by"
            " contract or season, which do not come at random times.",
            model=self._format_count("model_repeats"),
            actual=self._format_count("repeats"),
        )

    def _value_past_words(self):
        return self.env._(
            "They bought again %(actual)s times; by the model it should have been %(model)s.",
            actual=self._format_count("repeats"),
            model=self._format_count("model_repeats"),
        )

    def _value_customer_words(self):
        """Say what the models make of the customers in general."""
        r, alpha, a, b = self.value_fit["purchases"]
        words = self.env._(
            "A customer buys every %(weeks)s weeks on average, and after %(share)s %% of the"
            " purchases never comes back.",
            weeks=formatLang(self.env, alpha / r, digits=1),
            share=round(100 * a / (a + b)),
        )
        if self.value_state != "done":
            return words
        p, q, gamma = self.value_fit["amounts"]
        amount = format_amount(self.env, p * gamma / (q - 1), self.currency_id)
        worth = self.env._("A purchase is worth %(amount)s on average.", amount=amount)
        return f"{words} {worth}"

    def _value_warnings(self):
        """Say what to be careful about."""
        if self.value_state == "purchases":
            return [
                self.env._(
                    "Their amounts are too much alike, too few or too uneven for an estimate:"
                    " there are purchases to expect, but no value."
                )
            ]
        if not self.value_fit["doubtful"]:
            return []
        if self.value_fit["correlation"] > 0:
            return [
                self.env._(
                    "Customers who buy more often also spend more each time: take the expected"
                    " value as a rough guess only."
                )
            ]
        return [
            self.env._(
                "Customers who buy more often spend less each time: take the expected value as a"
                " rough guess only."
            )
        ]
