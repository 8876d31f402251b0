from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmQualificationAnswer(models.Model):
    """One answer to one criterion of one lead: what was said, when, by whom.

    Which row counts?
        The latest one of the value that the lead has now. After so many days (a setting) it is
        *stale*: shown with its age, and asked again.
    Can a row change?
        No, rows are only added: when an answer is given, changed, emptied, or confirmed again.
        A merge of leads carries the rows over; deleting a lead deletes them.
    An answer that is copied to the other framework?
        Is an answer there too, of the same moment and author.
    """

    _name = "crm.qualification.answer"
    _description = "Qualification Answer"
    _order = "date desc, id desc"
    _rec_name = "criterion"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    criterion = fields.Selection("_selection_criterion", required=True)
    value = fields.Selection(
        [("no", "No"), ("partial", "Partial"), ("confirmed", "Confirmed")],
        string="Answer",
        help="Empty: the answer was taken back.",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="Answered by")
    company_id = fields.Many2one("res.company", ondelete="cascade")

    @api.model
    def _selection_criterion(self):
        return self.env["crm.qualification.criterion"]._selection_name()

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: answers are only added."""
        raise UserError(
            self.env._("Past answers cannot be changed. Give the answer on the lead again instead.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Past answers cannot be deleted; they go with their lead."))

    @api.model
    def _append(self, answers):
        """Add answers given now by the user.

        :param answers: pairs of a lead and the names of its criteria that were answered
        """
        now = fields.Datetime.now()
        return self.sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "criterion": name,
                    "value": lead[name],
                    "date": now,
                    "user_id": self.env.uid,
                    "company_id": lead.company_id.id,
                }
                for lead, names in answers
                for name in names
            ]
        )

    @api.model
    def _latest(self, leads):
        """Give when and by whom the present answers of leads were given, in one query.

        :return: dict of (lead id, criterion, value) -> (date, name of the author)
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (answer.lead_id, answer.criterion, answer.value)"
                "  answer.lead_id, answer.criterion, answer.value, answer.date, author.name"
                " FROM crm_qualification_answer answer"
                " LEFT JOIN res_users ON res_users.id = answer.user_id"
                " LEFT JOIN res_partner author ON author.id = res_users.partner_id"
                " WHERE answer.lead_id IN %s AND answer.value IS NOT NULL"
                " ORDER BY answer.lead_id, answer.criterion, answer.value,"
                "  answer.date DESC, answer.id DESC",
                tuple(leads.ids),
            )
        )
        return {(lead, name, value): (date, by) for lead, name, value, date, by in rows}

    @api.model
    def _stale_sql(self, default_days):
        """Give the SQL of the ids of leads with an answer of their framework that is stale.

        :param int default_days: for leads that belong to no company
        """
        lead = self.env["crm.lead"]
        present = SQL(" ").join(
            SQL("WHEN %s THEN %s", name, SQL.identifier("lead", name))
            for name, _label in self._selection_criterion()
        )
        lead.flush_model()
        self.flush_model()
        self.env["res.company"].flush_model(["qualification_stale_days"])
        return SQL(
            "(SELECT lead.id FROM crm_lead lead"
            " JOIN (SELECT lead_id, criterion, value, MAX(date) AS date"
            "   FROM crm_qualification_answer GROUP BY lead_id, criterion, value) answer"
            "  ON answer.lead_id = lead.id"
            " LEFT JOIN res_company company ON company.id = lead.company_id"
            " WHERE answer.value = CASE answer.criterion %(present)s END"
            "  AND starts_with(answer.criterion, lead.qualification_framework || '_')"
            "  AND answer.date < %(now)s"
            "   - make_interval(days => COALESCE(company.qualification_stale_days, %(days)s)))",
            present=present,
            now=fields.Datetime.now(),
            days=default_days,
        )

    @api.model
    def _repoint(self, from_ids, to_id):
        """Give the answers of merged leads to the lead that stays."""
        self.flush_model(["lead_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_answer SET lead_id = %s WHERE lead_id IN %s",
                to_id,
                tuple(from_ids),
            )
        )
        self.invalidate_model(["lead_id"])
