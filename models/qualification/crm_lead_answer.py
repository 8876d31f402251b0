from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .criteria import ANSWERS, FRAMEWORKS, short


class CrmLead(models.Model):
    """How old the answers of a lead are, who gave them, and what to ask next.

    What does it cost to open a lead?
        One query, and none for a lead without answers: the words are read once for all.
    """

    _inherit = "crm.lead"

    qualification_details = fields.Json(
        compute="_compute_qualification_details", export_string_translation=False
    )
    qualification_next = fields.Char("To Ask Next", compute="_compute_qualification_next")
    qualification_stale = fields.Boolean(
        "Old Answers",
        compute="_compute_qualification_stale",
        search="_search_qualification_stale",
        help="An answer is older than the days that are set for the company.",
    )
    qualification_answer_ids = fields.One2many(
        "crm.qualification.answer", "lead_id", string="Answers of the Past"
    )

    @api.depends_context("lang")
    def _compute_qualification_details(self):
        words = self.env["crm.qualification.framework"]._words()
        given = self._qualification_given()
        for lead in self:
            lead.qualification_details = words | {
                "answers": {
                    name: {
                        "date": fields.Datetime.to_string(date),
                        "by": author,
                        "stale": lead._qualification_is_stale(date),
                    }
                    for name, (date, author) in given.get(lead.id, {}).items()
                }
            }

    @api.depends("qualification_missing", "qualification_framework")
    @api.depends_context("lang")
    def _compute_qualification_next(self):
        labels = self.env["crm.qualification.framework"]._words()["labels"]
        for lead in self:
            missing = (lead.qualification_missing or "").split(", ")
            names = FRAMEWORKS.get(lead.qualification_framework, ())
            lead.qualification_next = ", ".join(
                labels.get(name, name) for name in names if short(name) in missing
            )

    def _compute_qualification_stale(self):
        given = self._qualification_given()
        for lead in self:
            names = FRAMEWORKS.get(lead.qualification_framework, ())
            dates = [date for name, (date, _by) in given.get(lead.id, {}).items() if name in names]
            lead.qualification_stale = any(map(lead._qualification_is_stale, dates))

    @api.model
    def _search_qualification_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        days = self.env.company.qualification_stale_days
        stale = Domain("id", "in", self.env["crm.qualification.answer"].sudo()._stale_sql(days))
        return Domain.OR(stale if wanted else ~stale for wanted in value)

    def action_confirm_answers(self, names):
        """Say that answers still hold: they get today's date and the user as author.

        :param list names: names of criteria that the leads have an answer to
        """
        self.check_access("write")
        if not set(names) <= set(ANSWERS):
            raise UserError(self.env._("These are no criteria: %(names)s", names=", ".join(names)))
        confirmed = {lead: [name for name in names if lead[name]] for lead in self}
        self.env["crm.qualification.answer"]._append(confirmed.items())
        self.invalidate_recordset(["qualification_details", "qualification_stale"])

    def _qualification_given(self):
        """Give when and by whom the present answers were given.

        :return: dict of lead id -> criterion -> (date, name of the author)
        """
        leads = self.filtered(lambda lead: lead.id and any(lead[name] for name in ANSWERS))
        if not leads:
            return {}
        latest = self.env["crm.qualification.answer"].sudo()._latest(leads)
        return {
            lead.id: {
                name: latest[lead.id, name, lead[name]]
                for name in ANSWERS
                if (lead.id, name, lead[name]) in latest
            }
            for lead in leads
        }

    def _qualification_is_stale(self, date):
        """Tell whether an answer of this date is too old for the company of the lead."""
        company = self.company_id.sudo() or self.env.company
        limit = fields.Datetime.now() - timedelta(days=company.qualification_stale_days)
        return date < limit
