from odoo import api, fields, models
from odoo.tools import SQL

from ...models.privacy.request.crm_privacy_request import SOURCES, STATES, TYPES


class CrmPrivacyRequestReport(models.Model):
    """One row per request, for the statistics: how many, of what type, how fast.

    Which ones are late?
        Those answered after their deadline, and those that wait although it has passed.
    Does it name persons?
        No: a number, dates and types only.
    """

    _name = "crm.privacy.request.report"
    _description = "Statistics of the Requests of Persons"
    _auto = False
    _order = "received_at desc, id desc"

    name = fields.Char("Reference", readonly=True)
    type = fields.Selection(TYPES, readonly=True)
    state = fields.Selection(
        STATES,
        readonly=True,
    )
    source = fields.Selection(
        SOURCES,
        "Received By",
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Answered By", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    received_at = fields.Datetime("Received On", readonly=True)
    deadline = fields.Date("Answer Until", readonly=True)
    closed_at = fields.Datetime("Answered On", readonly=True)
    nbr = fields.Integer("Requests", readonly=True)
    days = fields.Float("Days to Answer", readonly=True, aggregator="avg")
    late_rate = fields.Float("Late (%)", readonly=True, aggregator="avg")
    refused_rate = fields.Float("Refused (%)", readonly=True, aggregator="avg")
    extended_rate = fields.Float("Extended (%)", readonly=True, aggregator="avg")

    _depends = {
        "crm.privacy.request": [
            "name",
            "type",
            "state",
            "source",
            "user_id",
            "company_id",
            "received_at",
            "deadline",
            "closed_at",
            "extended_at",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, name, type, state, source, user_id, company_id, received_at, deadline,
                   closed_at, 1 AS nbr,
                   CASE WHEN closed_at IS NOT NULL
                        THEN EXTRACT(epoch FROM closed_at - received_at) / 86400.0 END AS days,
                   %(late)s AS late_rate,
                   CASE WHEN closed_at IS NOT NULL
                        THEN CASE WHEN state = 'refused' THEN 100.0 ELSE 0.0 END
                   END AS refused_rate,
                   CASE WHEN extended_at IS NULL THEN 0.0 ELSE 100.0 END AS extended_rate
              FROM crm_privacy_request
            """,
            late=self._late(),
        )

    @api.model
    def _late(self):
        """Give the share of late requests as SQL: nothing for those that still have time."""
        today = fields.Date.context_today(self)
        return SQL(
            """CASE WHEN COALESCE(closed_at::date, %(today)s) > deadline THEN 100.0
                    WHEN closed_at IS NOT NULL THEN 0.0 END""",
            today=today,
        )

    def action_open_request(self):
        """Open the request of a row."""
        self.ensure_one()
        return self.env["crm.privacy.request"].browse(self.id)._get_records_action()
