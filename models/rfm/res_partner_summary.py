from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import GROUPS

#: What the line of the form needs of the row and its segment.
SUMMARY_SQL = """
    SELECT score.partner_id, segment.code, segment.name, segment.color, segment.kind,
           score.code AS rfm, score.value_tier, score.last_date, score.frequency,
           score.monetary, company.currency_id
      FROM crm_rfm_score score
      JOIN crm_rfm_segment segment ON segment.id = score.segment_id
      JOIN crm_rfm_policy policy ON policy.id = score.policy_id
      JOIN res_company company ON company.id = policy.company_id
     WHERE score.policy_id = %(policy)s AND score.partner_id IN %(partners)s
           %(allowed)s
"""


class ResPartner(models.Model):
    """The RFM line of a contact's form.

    Whose figures does a person show?
        Those of its company, and says so: the company buys.
    What do others show?
        Who is in the lifecycle and never bought is a prospect. Suppliers and contacts without
        a lifecycle show nothing, and neither does who may not be profiled.
    What does it cost?
        One query with the form. The reasons are read when somebody asks for them, see
        `get_rfm_reasons`.
    """

    _inherit = "res.partner"

    rfm_summary = fields.Json("RFM Line", compute="_compute_rfm_summary", groups=GROUPS)

    @api.depends("commercial_partner_id", "lifecycle_stage_id")
    @api.depends_context("company", "lang")
    def _compute_rfm_summary(self):
        """Read the rows of the commercial partners, all in one query."""
        policy = self.env["crm.rfm.policy"]._default_for(self.env.company)
        rows = self._rfm_rows(policy)
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin.id)
            if row:
                partner.rfm_summary = partner._rfm_line(row)
            else:
                partner.rfm_summary = partner._rfm_prospect_line() if policy else False

    def _rfm_rows(self, policy):
        """Give the rows of the commercial partners, by partner."""
        partner_ids = tuple(self.commercial_partner_id._origin.ids)
        if not (policy and partner_ids):
            return {}
        for name in ("crm.rfm.score", "crm.rfm.segment"):
            self.env[name].flush_model()
        allowed = self._profiled_sql()
        query = SQL(
            SUMMARY_SQL,
            policy=policy.id,
            partners=partner_ids,
            allowed=SQL("AND score.partner_id IN %s", allowed) if allowed else SQL(),
        )
        rows = self.env.execute_query_dict(query)
        return {row["partner_id"]: row for row in rows}

    def _rfm_line(self, row):
        """Say what the line shows of a customer."""
        return {
            "segment": self._rfm_badge(row),
            "rfm": row["rfm"] or False,
            "frequency": row["frequency"],
            "days": (fields.Date.context_today(self) - row["last_date"]).days,
            "monetary": float(row["monetary"]),
            "currency_id": row["currency_id"],
            "of_company": self.commercial_partner_id != self and self._rfm_owner_name(),
        }

    def _rfm_badge(self, row):
        """Give what shows the segment of a row."""
        names, lang = row["name"], self.env.lang or "en_US"
        return {
            "code": row["code"],
            "name": names.get(lang) or names.get("en_US"),
            "color": row["color"],
        }

    def _rfm_owner_name(self):
        """Name the company whose figures a person shows."""
        return self.commercial_partner_id.sudo().name or True

    def _rfm_prospect_line(self):
        """Say that somebody never bought, if it could have; else nothing."""
        is_known = self.lifecycle_kind in ("suspect", "lead", "prospect")
        allowed = self._profiling_domain()
        if not is_known or not (allowed.is_true() or self.filtered_domain(allowed)):
            return False
        return {"segment": False}
