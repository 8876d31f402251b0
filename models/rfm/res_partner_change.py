from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .res_partner import GROUPS

#: In a change: whatever segment it was.
ANY = "any"


class ResPartner(models.Model):
    """Where contacts were on two days, as a field to search by.

    Why a field?
        So that a number of the transition matrix opens its customers by a condition, however
        many they are, and the list filters and groups them on.
    What is its value?
        `policy/from/to/2026-01-01/2026-06-30`: the ids of the policy and of the segments on
        the first and the second day; `any` instead of a segment means all. It cannot be read.
    """

    _inherit = "res.partner"

    rfm_change = fields.Char(
        "RFM Change",
        compute="_compute_rfm_change",
        search="_search_rfm_change",
        groups=GROUPS,
        exportable=False,
        export_string_translation=False,
    )

    def _compute_rfm_change(self):
        self.rfm_change = False

    def _search_rfm_change(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._rfm_change_domain(text) for text in value)

    @api.model
    def _rfm_change_domain(self, text):
        """Give the contacts of one number of the matrix."""
        policy_id, first_ids, second_ids, *days = self._parse_rfm_change(text)
        policy = self.env["crm.rfm.policy"].browse(policy_id).exists()
        policy.check_access("read")
        if not policy.history_date:
            message = self.env._(
                "The RFM policy that this filter is about was deleted, or has no history yet. Take"
                " the filter out, and choose the customers in the moves between segments again."
            )
            raise UserError(message)
        days = policy._matrix_days(*days)
        return Domain("id", "in", policy._changed_partners(first_ids, second_ids, *days))

    @api.model
    def _parse_rfm_change(self, text):
        """Take the value apart: the policy, the segments of both days (None: all), the days."""
        try:
            policy, first, second, *days = text.split("/")
            date_from, date_to = (fields.Date.to_date(day) for day in days)
            first_ids, second_ids = (None if s == ANY else [int(s)] for s in (first, second))
            return int(policy), first_ids, second_ids, date_from, date_to
        except (AttributeError, ValueError):
            message = self.env._("“%(text)s” does not say who changed segments when.", text=text)
            raise UserError(message) from None

    @api.model
    def _created_by(self, day):
        """Give the contacts that existed at the end of a day."""
        return Domain("create_date", "<", fields.Date.add(day, days=1))
