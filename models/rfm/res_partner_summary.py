from odoo import api, fields, models
from odoo.tools import SQL

#: The currency of the figures of a policy.
CURRENCY = """(
    SELECT company.currency_id
      FROM crm_rfm_policy policy JOIN res_company company ON company.id = policy.company_id
     WHERE policy.id = %s)
"""
#: The company whose figures a person shows.
OWNER = """(
    SELECT owner.name
      FROM res_partner owner
     WHERE owner.id = %(me)s.commercial_partner_id AND owner.id != %(me)s.id)
"""


class ResPartner(models.Model):
    """The RFM line of a contact's form.

    Whose figures does a person show?
        Those of its company, and says so: the company buys.
    What do others show?
        Who is in the lifecycle and never bought is a prospect. Suppliers and contacts without
        a lifecycle show nothing, and neither does who may not be profiled.
    What does it cost?
        It comes with the one query of the line. The reasons are read when somebody asks for
        them, see `get_rfm_reasons`.
    """

    _inherit = "res.partner"

    @api.model
    def _summary_columns(self, query):
        """Join the row of the commercial partner and its segment."""
        columns = super()._summary_columns(query)
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        if not policy:
            return columns
        score = self._join_rfm_of_company(policy, query)
        segment = query.left_join(score, "segment_id", "crm_rfm_segment", "id", "segment")
        for name in ("crm.rfm.score", "crm.rfm.segment"):
            self.env[name].flush_model()
        shown = ("code", "last_date", "frequency", "monetary")
        return {
            **columns,
            **{f"rfm_{name}": SQL.identifier(score, name) for name in shown},
            "rfm_segment": SQL("to_jsonb(%s)", SQL.identifier(segment)),
            "rfm_currency": SQL(CURRENCY, policy.id),
            "rfm_owner": SQL(OWNER, me=SQL.identifier(self._table)),
            "rfm_could_buy": self._rfm_could_buy_sql(query),
        }

    def _join_rfm_of_company(self, policy, query):
        """Join the row of the commercial partner, and give its alias."""
        side = query.make_alias(self._table, "rfm_company")
        mine = self._field_to_sql(self._table, "commercial_partner_id", query)
        allowed = self._profiled_sql()
        condition = SQL(
            "%s = %s AND %s = %s %s",
            SQL.identifier(side, "partner_id"),
            mine,
            SQL.identifier(side, "policy_id"),
            policy.id,
            SQL("AND %s IN %s", mine, allowed) if allowed else SQL(),
        )
        query.add_join("LEFT JOIN", side, "crm_rfm_score", condition)
        return side

    def _rfm_could_buy_sql(self, query):
        """Tell of whom to say that it never bought."""
        allowed = self._profiled_sql()
        me = SQL.identifier(self._table, "id")
        return SQL(
            "%s IN ('suspect', 'lead', 'prospect') %s",
            self._field_to_sql(self._table, "lifecycle_kind", query),
            SQL("AND %s IN %s", me, allowed) if allowed else SQL(),
        )

    def _summary_parts(self, row):
        parts = super()._summary_parts(row)
        if row.get("rfm_segment"):
            parts["rfm"] = self._rfm_line(row)
        elif row.get("rfm_could_buy"):
            parts["rfm"] = {"segment": False}
        return parts

    def _rfm_line(self, row):
        """Say what the line shows of a customer."""
        return {
            "segment": self._rfm_badge(row["rfm_segment"]),
            "rfm": row["rfm_code"] or False,
            "frequency": row["rfm_frequency"],
            "days": (fields.Date.context_today(self) - row["rfm_last_date"]).days,
            "monetary": float(row["rfm_monetary"]),
            "currency_id": row["rfm_currency"],
            "of_company": row["rfm_owner"] or False,
        }

    def _rfm_badge(self, segment):
        """Give what shows a segment."""
        names, lang = segment["name"], self.env.lang or "en_US"
        return {
            "code": segment["code"],
            "name": names.get(lang) or names.get("en_US"),
            "color": segment["color"],
        }
