from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import events
from .loose_many2one import LooseMany2one

#: So many new rows change what PostgreSQL should know of the table.
MANY = 20_000


class CrmTouchpoint(models.Model):
    """One dated contact with a person: a reference to a record of Odoo, never a copy.

    Whose is it?
        A contact's (`partner_id`), a lead's (`lead_id`), or both: what happens with a lead also
        belongs to the contact of the lead. When the lead gets its contact later, or another
        one, its rows follow; so do the rows of merged records. Rows of nobody are not kept.
    Where does it come from?
        From a source (`source_id`, `res_model`, `res_id`), at most once per source and record;
        or it was logged (`key` keeps other programs from logging it twice).
    Can a row change?
        Not by users: rows are only added. The verdict `is_bot` may change when more is known.
    What is a touch?
        See `events`: an opening or a bounced mail is none, and neither is what a bot did.
    What happens when the person is deleted?
        Its rows go with it, unless they also belong to somebody who stays.
    """

    _name = "crm.touchpoint"
    _description = "Touchpoint"
    _order = "date desc, id desc"
    _rec_name = "event"
    _log_access = False

    # whose
    partner_id = LooseMany2one("res.partner", "Contact", readonly=True, ondelete="cascade")
    lead_id = LooseMany2one("crm.lead", "Lead", readonly=True, ondelete="cascade")
    company_id = LooseMany2one("res.company", "Company", readonly=True, ondelete="cascade")
    # what
    date = fields.Datetime(required=True, readonly=True)
    channel_id = LooseMany2one(
        "crm.touchpoint.channel", "Channel", required=True, readonly=True, ondelete="restrict"
    )
    event = fields.Selection(events.EVENTS, required=True, readonly=True)
    direction = fields.Selection(
        [("inbound", "Inbound"), ("outbound", "Outbound")], required=True, readonly=True
    )
    is_bot = fields.Boolean(
        "By a Program",
        required=True,
        default=False,
        readonly=True,
        help="A mail scanner opened or clicked, not the person.",
    )
    # where it comes from
    source_id = LooseMany2one("crm.touchpoint.source", "Source", readonly=True, ondelete="cascade")
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)
    key = fields.Char("Reference of the Other Program", readonly=True)
    user_id = LooseMany2one("res.users", "Logged by", readonly=True, ondelete="cascade")
    # marketing
    campaign_id = LooseMany2one("utm.campaign", "Campaign", readonly=True, ondelete="set null")
    medium_id = LooseMany2one("utm.medium", "Medium", readonly=True, ondelete="set null")

    _once = models.UniqueIndex("(source_id, res_id)")
    _key_once = models.UniqueIndex(
        "(key) WHERE key IS NOT NULL", "A touchpoint with this reference was logged before."
    )
    _partner_date_idx = models.Index(
        "(partner_id, date DESC, id DESC) WHERE partner_id IS NOT NULL"
    )
    _reply_idx = models.Index("(date) WHERE event = 'replied'")
    _lead_date_idx = models.Index("(lead_id, date DESC, id DESC) WHERE lead_id IS NOT NULL")

    def init(self):
        """Let rows that come in by SQL be those of humans."""
        self.env.cr.execute(
            SQL("ALTER TABLE %s ALTER is_bot SET DEFAULT FALSE", SQL.identifier(self._table))
        )

    def _compute_display_name(self):
        for touchpoint in self:
            event = dict(self._fields["event"]._description_selection(self.env))
            touchpoint.display_name = self.env._(
                "%(channel)s: %(event)s",
                channel=touchpoint.channel_id.name or "",
                event=event.get(touchpoint.event, ""),
            )

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: contacts are only added."""
        raise UserError(self.env._("What happened cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("What happened cannot be deleted. It goes with the contact or lead.")
        )

    @api.model
    def _harvest(self, records=None):
        """Read what is new in all sources; see `crm.touchpoint.source._harvest`."""
        sources = self.env["crm.touchpoint.source"].sudo()
        return sources.search([("active", "=", True)])._harvest(records)

    @api.model
    def _last_id(self):
        """Give the id after which the rows of this transaction will come."""
        self.env.cr.execute("SELECT COALESCE(max(id), 0) FROM crm_touchpoint")
        return self.env.cr.fetchone()[0]

    @api.model
    def _digest(self, last_id, count=0):
        """Draw the consequences of the rows that were added after an id."""
        if count > MANY:
            # else PostgreSQL plans as if they were not there
            self.env.cr.execute("ANALYZE crm_touchpoint")
        new = SQL("(SELECT * FROM crm_touchpoint WHERE id > %s)", last_id)
        self._mark_bots(self._traces_of(new))
        self._digest_people(new)

    @api.model
    def _flush_people(self):
        """Write what says who belongs to whom."""
        self.env["crm.lead"].flush_model(["partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    @api.model
    def _digest_people(self, rows):
        """Bring up to date what is derived of the people of these rows."""
        self._flush_people()
        self.env["crm.touchpoint.summary"]._refresh_after(rows)
        self.env["crm.lifecycle.transition"]._complete_touches(rows)
        self.invalidate_model()

    # ------------------------------------------------------------
    # When persons change
    # ------------------------------------------------------------

    @api.model
    def _follow(self, lead_ids, partner_of):
        """Give the rows of leads to their new contacts, where they were those of the old one.

        :param dict partner_of: the contact before, by lead
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_touchpoint t SET partner_id = l.partner_id
                  FROM crm_lead l
                  JOIN unnest(%s::int[], %s::int[]) old (lead_id, partner_id) ON old.lead_id = l.id
                 WHERE t.lead_id = l.id AND l.id = ANY(%s)
                   AND t.partner_id IS NOT DISTINCT FROM old.partner_id
                   AND t.partner_id IS DISTINCT FROM l.partner_id
                """,
                list(partner_of),
                [partner_id or None for partner_id in partner_of.values()],
                list(lead_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _repoint(self, subject, from_ids, to_id):
        """Give the rows of merged records to the record that stays.

        :param str subject: lead_id or partner_id
        """
        column = SQL.identifier(subject)
        self.env.cr.execute(
            SQL(
                "UPDATE crm_touchpoint SET %s = %s WHERE %s IN %s",
                column,
                to_id,
                column,
                tuple(from_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _forget(self, subject, ids):
        """Remove the rows of deleted records, and let go those that belong to another one too."""
        other = "lead_id" if subject == "partner_id" else "partner_id"
        column, other = SQL.identifier(subject), SQL.identifier(other)
        who = tuple(ids)
        self.env.cr.execute(
            SQL("DELETE FROM crm_touchpoint WHERE %s IN %s AND %s IS NULL", column, who, other)
        )
        self.env.cr.execute(
            SQL("UPDATE crm_touchpoint SET %s = NULL WHERE %s IN %s", column, column, who)
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_of_nobody(self):
        """Remove the rows whose contact or lead was deleted behind Odoo's back."""
        for subject, table in (("partner_id", "res_partner"), ("lead_id", "crm_lead")):
            gone = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT %(column)s FROM crm_touchpoint t WHERE %(column)s IS NOT NULL"
                    " AND NOT EXISTS (SELECT FROM %(table)s who WHERE who.id = t.%(column)s)",
                    column=SQL.identifier(subject),
                    table=SQL.identifier(table),
                )
            )
            if gone:
                self._forget(subject, [row[0] for row in gone])
