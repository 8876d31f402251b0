from odoo import fields, models
from odoo.fields import Domain


class CrmScoreMixin(models.AbstractModel):
    """The rest of persons who never react: shown, searchable, ended by hand."""

    _inherit = "crm.score.mixin"

    def _search_is_at_rest(self, operator, value):
        self._check_score_access()
        if operator != "in":
            return NotImplemented
        subject = self._score_subject
        rests = self.env["crm.score.rest"].sudo()
        query = rests._search([(subject, "!=", False), ("end_date", "=", False)])
        resting = Domain("id", "in", query.subselect(subject))
        return Domain.OR(resting if wanted else ~resting for wanted in value)

    def _score_rests(self):
        """Give the rests of these records that have not ended."""
        domain = [(self._score_subject, "in", self.ids), ("end_date", "=", False)]
        return self.env["crm.score.rest"].sudo().search(domain)

    def _score_rest_domain(self):
        """Give the domain of the records that may be put to rest."""
        return self._score_subject_domain()

    def _score_wake(self, note=None):
        """End the rest of these records by hand.

        :param str note: why, in the user's words
        :return: the rests that ended
        """
        self.check_access("write")
        self._check_score_access()
        rests = self._score_rests()
        rests.write(
            {
                "end_date": fields.Datetime.now(),
                "end_cause": "manual",
                "end_user_id": self.env.uid,
                "note": note,
            }
        )
        self.invalidate_recordset(["is_at_rest"])
        return rests

    def action_score_wake(self):
        """End the rest of these persons: they may get mails again."""
        self._score_wake()
