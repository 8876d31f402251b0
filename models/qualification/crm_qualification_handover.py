from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lifecycle import facts, progress


class CrmQualificationHandover(models.Model):
    """What happened between marketing and sales with a lead: the history of hand-overs.

    Which events?
        Handed over by marketing; accepted or rejected by sales, with the hours it took and the
        reason; overdue when the time for an answer was over.
    Can a row change?
        No, rows are only added. A merge of leads carries them over.
    Whose team, salesperson, source, campaign?
        Those of the lead at that moment, before a rejection takes the salesperson away.
    """

    _name = "crm.qualification.handover"
    _description = "Hand-over to Sales"
    _order = "date desc, id desc"
    _rec_name = "event"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    event = fields.Selection(
        [
            ("handed_over", "Handed over"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("overdue", "Overdue"),
        ],
        required=True,
    )
    date = fields.Datetime(required=True, index=True)
    deadline = fields.Datetime()
    hours = fields.Float("Hours to Answer", digits=(16, 1), aggregator="avg")
    in_time = fields.Boolean()
    reason_id = fields.Many2one("crm.lost.reason", ondelete="restrict", index="btree_not_null")
    note = fields.Char()
    author_id = fields.Many2one("res.users", string="Done by")
    # as it was at that moment
    user_id = fields.Many2one("res.users", string="Salesperson")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    source_id = fields.Many2one("utm.source", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null")

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history is only added to."""
        raise UserError(self.env._("The history of hand-overs cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of hand-overs cannot be deleted."))

    @api.model
    def _append(self, leads, event, reason=None, note=None):
        """Add an event that happens now to leads, of any number.

        :param str event: a value of `event`
        :param reason: the `crm.lost.reason` of a rejection
        :param str note: the words of the user
        """
        now = fields.Datetime.now()
        common = {
            "event": event,
            "date": now,
            "author_id": self.env.uid,
            "reason_id": reason.id if reason else False,
            "note": note,
        }
        return self.sudo().create(
            [
                common | facts.attribution_values(lead) | self._timing(lead, event, now)
                for lead in leads.sudo()
            ]
        )

    @api.model
    def _timing(self, lead, event, now):
        """Give the values that say how long sales took."""
        values = {"lead_id": lead.id, "deadline": lead.handover_deadline}
        if event in ("accepted", "rejected"):
            values["hours"] = progress.days_between(lead.handover_date, now) * 24
            values["in_time"] = not lead.handover_deadline or now <= lead.handover_deadline
        return values

    @api.model
    def _repoint(self, from_ids, to_id):
        """Give the history of merged leads to the lead that stays."""
        self.flush_model(["lead_id"])
        self.env.cr.execute(
            SQL(
                "UPDATE crm_qualification_handover SET lead_id = %s WHERE lead_id IN %s",
                to_id,
                tuple(from_ids),
            )
        )
        self.invalidate_model(["lead_id"])
