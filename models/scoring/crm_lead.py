from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    """The score of leads and opportunities.

    Who has one?
        Each open lead whose contact may be profiled. Won or lost, it keeps the score it had.
    Which touchpoints count?
        Its own, and those of its contact that belong to no other lead.
    When is it refreshed at once?
        When its qualification changes; otherwise a few minutes after something happened.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.score.mixin"]
    _score_subject = "lead_id"

    score_history_ids = fields.One2many(
        "crm.score.history", "lead_id", groups="sales_team.group_sale_salesman"
    )

    def write(self, vals):
        """Refresh the score of leads whose qualification has changed."""
        watched = any(self._is_qualification_field(name) for name in vals)
        before = {lead: lead._score_qualified() for lead in self} if watched else {}
        result = super().write(vals)
        changed = [lead.id for lead, value in before.items() if lead._score_qualified() != value]
        self.browse(changed)._refresh_scores()
        return result

    def _merge_dependences(self, opportunities):
        """Carry the history of the scores over, and score the lead with all its touchpoints."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.score.policy"]._score_repoint("lead_id", opportunities.ids, self.id)
        self._refresh_scores()
        return result

    @api.model
    def _is_qualification_field(self, name):
        """Tell whether writing a field may change the qualification."""
        return name.startswith(("bant_", "champ_", "qualification_"))

    def _score_qualified(self):
        """Give what the score takes from the qualification; None, which is not 0: nothing."""
        lead = self.sudo()
        return None if lead.qualification_state == "open" else lead.qualification_score

    @api.model
    def _score_subject_domain(self):
        is_open = Domain("active", "=", True) & Domain("won_status", "=", "pending")
        return is_open & self._score_shown_domain()

    @api.model
    def _score_shown_domain(self):
        allowed = self.env["res.partner"]._profiling_domain()
        if allowed.is_true():
            return allowed
        return Domain("partner_id", "=", False) | Domain("partner_id", "any", allowed)

    @api.model
    def _score_gone(self, record_ids):
        allowed = self._score_shown_domain()
        return None if allowed.is_true() else self._score_gone_outside(allowed, record_ids)

    @api.model
    def _score_touch_key(self):
        return SQL("COALESCE(lead_id, -partner_id)")

    @api.model
    def _score_touch_condition(self, record_ids):
        if record_ids is None:
            return SQL("TRUE")
        partners = self.browse(record_ids).partner_id.ids
        return SQL(
            "(lead_id = ANY(%s) OR (lead_id IS NULL AND partner_id = ANY(%s)))",
            list(record_ids),
            partners,
        )

    @api.model
    def _score_join_touches(self, query, alias):
        condition = SQL(
            "contact.key = -%s AND contact.key < 0", SQL.identifier(alias, "partner_id")
        )
        sides = super()._score_join_touches(query, alias)
        query.add_join("LEFT JOIN", "contact", "touch", condition)
        return [*sides, "contact"]

    @api.model
    def _score_touched(self, touches):
        return SQL(
            "SELECT t.lead_id AS record_id FROM %(touches)s t WHERE t.lead_id IS NOT NULL"
            " UNION ALL SELECT l.id FROM %(touches)s t"
            " JOIN crm_lead l ON l.partner_id = t.partner_id AND l.active WHERE t.lead_id IS NULL",
            touches=touches,
        )

    @api.model
    def _score_qualification(self, alias):
        return SQL(
            "CASE WHEN %s != 'open' THEN COALESCE(%s, 0) END",
            SQL.identifier(alias, "qualification_state"),
            SQL.identifier(alias, "qualification_score"),
        )

    @api.model
    def _score_odoo_probability(self):
        return SQL("(SELECT l.automated_probability FROM crm_lead l WHERE l.id = d.record_id)")

    def _score_own_touches(self):
        own = [("lead_id", "=", self.id)]
        if not self.partner_id:
            return own
        contact = [("lead_id", "=", False), ("partner_id", "=", self.partner_id.id)]
        return list(Domain(own) | Domain(contact))

    def _score_in_charge(self):
        return super()._score_in_charge() or self.team_id.user_id.filtered("active")
