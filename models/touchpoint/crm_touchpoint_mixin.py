from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle import joined_columns

GROUPS = "sales_team.group_sale_salesman"
#: Fields that are columns of the row in the side table.
SIDE_COLUMNS = (
    "first_touch_id",
    "first_touch_date",
    "first_touch_channel_id",
    "last_touch_id",
    "last_touch_date",
    "last_touch_channel_id",
    "last_inbound_date",
)
DAYS = "last_inbound_days"

joined_columns.declare("_touch_to_sql", [*SIDE_COLUMNS, DAYS])


class CrmTouchpointMixin(models.AbstractModel):
    """The contacts with a person, as if they were columns of the contact or lead.

    Where are they?
        In `crm.touchpoint.summary`, joined in: they sort, group and filter like columns, and
        nothing is ever written on the contact or lead.
    Are they always up to date?
        They are those of the last harvest; `action_refresh_touchpoints` harvests for these
        records at once.
    """

    _name = "crm.touchpoint.mixin"
    _description = "Touchpoints of a Person"

    first_touch_id = fields.Many2one(
        "crm.touchpoint",
        "First Contact",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("first_touch_id", *condition),
        groups=GROUPS,
    )
    first_touch_date = fields.Datetime(
        "First Contact on",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("first_touch_date", *condition),
        groups=GROUPS,
    )
    first_touch_channel_id = fields.Many2one(
        "crm.touchpoint.channel",
        "First Channel",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("first_touch_channel_id", *condition),
        groups=GROUPS,
    )
    last_touch_id = fields.Many2one(
        "crm.touchpoint",
        "Last Contact",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("last_touch_id", *condition),
        groups=GROUPS,
    )
    last_touch_date = fields.Datetime(
        "Last Contact on",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("last_touch_date", *condition),
        groups=GROUPS,
    )
    last_touch_channel_id = fields.Many2one(
        "crm.touchpoint.channel",
        "Last Channel",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("last_touch_channel_id", *condition),
        groups=GROUPS,
    )
    last_inbound_date = fields.Datetime(
        "Last Answer",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch("last_inbound_date", *condition),
        groups=GROUPS,
        help="When the person did something: clicked, answered, asked, ordered. An opened mail is"
        " no answer.",
    )
    last_inbound_days = fields.Integer(
        "Days since Last Answer",
        compute="_compute_touches",
        search=lambda self, *condition: self._search_touch(DAYS, *condition),
        aggregator="avg",
        groups=GROUPS,
    )

    @api.model
    def _touch_fields(self):
        """Give the fields that come from the side table."""
        return [*SIDE_COLUMNS, DAYS]

    def _compute_touches(self):
        """Read the rows of all these records in one query."""
        subject = self._lifecycle_subject
        summaries = (
            self.env["crm.touchpoint.summary"]
            .sudo()
            .search_fetch([(subject, "in", self.ids)], [subject, *SIDE_COLUMNS])
        )
        row = {summary[subject].id: summary for summary in summaries}
        now = fields.Datetime.now()
        for record in self:
            summary = row.get(record._origin.id, summaries.browse())
            for name in SIDE_COLUMNS:
                record[name] = summary[name].sudo(False) if name.endswith("_id") else summary[name]
            answered = summary.last_inbound_date
            record[DAYS] = (now - answered).days if answered else False

    def _search_touch(self, name, operator, value):
        """Compare with the joined column."""
        return joined_columns.condition(self, name, operator, value)

    def _touch_to_sql(self, alias, name, query):
        """Join the row of the side table, once for all its columns."""
        side = self._join_touches(alias, query)
        if name != DAYS:
            return SQL.identifier(side, name)
        return SQL(
            "floor(EXTRACT(EPOCH FROM %s - %s) / 86400)::int",
            fields.Datetime.now(),
            SQL.identifier(side, "last_inbound_date"),
        )

    def _join_touches(self, alias, query):
        """Join the side table, and give its alias."""
        side = query.make_alias(alias, "touches")
        query.add_join(
            "LEFT JOIN",
            side,
            "crm_touchpoint_summary",
            SQL(
                "%s = %s",
                SQL.identifier(side, self._lifecycle_subject),
                SQL.identifier(alias, "id"),
            ),
        )
        return side

    def unlink(self):
        """Take the contacts along that belong to nobody else."""
        subject, ids = self._lifecycle_subject, self.ids
        bereft = self._touch_dependents()
        result = super().unlink()
        if ids:
            self.env["crm.touchpoint"].sudo()._forget(subject, ids)
            self.env["crm.touchpoint.summary"].sudo()._drop(subject, ids)
        bereft._refresh_touch_summary()
        return result

    def _touch_dependents(self):
        """Give the records whose first and last contact may come from these."""
        return self.env["crm.lead"]

    def _refresh_touch_summary(self):
        """Bring the first and the last contact of these records up to date."""
        if self:
            self.env["crm.touchpoint.summary"].sudo()._refresh(
                self._lifecycle_subject, SQL("SELECT unnest(%s) AS id", self.ids)
            )

    def action_refresh_touchpoints(self):
        """Look for the contacts with these persons now; return how many are new."""
        self.check_access("read")
        self.env["crm.touchpoint"].check_access("read")
        return sum(self.env["crm.touchpoint"].sudo()._harvest(self).values())

    def action_log_touchpoint(self):
        """Open the dialog to log a contact with this person."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_touchpoint_entry_action"
        )
        return {**action, "context": {f"default_{self._lifecycle_subject}": self.id}}
