from odoo import fields, models
from odoo.tools import SQL


class CrmRfmScore(models.Model):
    """What the customer will buy in the next 12 months, by the estimate of the policy.

    Who writes it?
        `crm.rfm.policy._estimate_value`, in SQL, and only rows where the figures as they are
        shown have changed.
    What does an empty chance mean?
        That the customer bought only once: whether such a customer is still there cannot be
        known. It is shown as "n/a", and left out of averages.
    """

    _name = "crm.rfm.score"
    _inherit = ["crm.rfm.score", "crm.rfm.value.mixin"]

    _value_fields = frozenset(("value_state", "p_active", "expected_purchases", "expected_value"))

    value_state = fields.Selection(related="policy_id.value_state")
    p_active = fields.Integer(
        "Still a Customer (%)",
        readonly=True,
        aggregator="avg",
        help="The chance that the customer has not left for good. Not known of customers who "
        "bought only once.",
    )
    expected_purchases = fields.Float(
        "Purchases in 12 Months",
        digits=(16, 1),
        readonly=True,
        help="How often the customer will probably buy in the next 12 months.",
    )
    expected_value = fields.Monetary(
        "Value in 12 Months",
        readonly=True,
        help="What the customer will probably buy for in the next 12 months, net of tax.",
    )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Put what is not known last, whichever way the list is sorted."""
        if field_name in self._value_fields and not nulls:
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
