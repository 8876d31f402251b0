from odoo import api, models
from odoo.tools import SQL


class CrmLifecycleMixin(models.AbstractModel):
    """The score in the line under the title of a form."""

    _inherit = "crm.lifecycle.mixin"

    @api.model
    def _summary_columns(self, query):
        score = self._join_score(self._table, query)
        rest = SQL(
            "EXISTS (SELECT FROM crm_score_rest WHERE %s = %s AND end_date IS NULL)",
            SQL.identifier(self._score_subject),
            SQL.identifier(self._table, "id"),
        )
        self.env["crm.score"].flush_model()
        self.env["crm.score.rest"].flush_model()
        return {
            **super()._summary_columns(query),
            "score": SQL.identifier(score, "score"),
            "temperature": SQL.identifier(score, "temperature"),
            "is_at_rest": rest,
        }

    def _summary_parts(self, row):
        parts = super()._summary_parts(row)
        if row["temperature"]:
            names = ("score", "temperature", "is_at_rest")
            parts["score"] = {name: row[name] for name in names} | {"curve": self._score_curve()}
        return parts
