from odoo import api, fields, models
from odoo.tools import SQL

from ..lifecycle import columns_sql
from . import events
from .loose_many2one import LooseMany2one

#: What is compared and written, in the order of the columns of `_wanted`.
FIGURES = (
    "first_touch_id",
    "first_touch_date",
    "first_touch_channel_id",
    "last_touch_id",
    "last_touch_date",
    "last_touch_channel_id",
    "last_inbound_date",
)
TABLES = {"partner_id": "res_partner", "lead_id": "crm_lead"}


class CrmTouchpointSummary(models.Model):
    """The first and the last touch of one contact or one lead: a side table.

    Whose touches are those of a lead?
        Its own, and those of its contact that belong to no other lead.
    Who writes it?
        Only `_refresh`, in SQL, and only rows that change; nothing is written on contacts and
        leads. It reads all rows of a person in one pass, so it is right whatever happened
        before.
    What is the last touch of the person?
        `last_inbound_date`: what the person did. An opening is no contact.
    """

    _name = "crm.touchpoint.summary"
    _description = "First and Last Contact"
    _log_access = False

    partner_id = LooseMany2one("res.partner", "Contact", readonly=True, ondelete="cascade")
    lead_id = LooseMany2one("crm.lead", "Lead", readonly=True, ondelete="cascade")
    first_touch_id = LooseMany2one("crm.touchpoint", readonly=True, ondelete="cascade")
    first_touch_date = fields.Datetime(readonly=True)
    first_touch_channel_id = LooseMany2one(
        "crm.touchpoint.channel", readonly=True, ondelete="restrict"
    )
    last_touch_id = LooseMany2one("crm.touchpoint", readonly=True, ondelete="cascade")
    last_touch_date = fields.Datetime(readonly=True)
    last_touch_channel_id = LooseMany2one(
        "crm.touchpoint.channel", readonly=True, ondelete="restrict"
    )
    last_inbound_date = fields.Datetime(readonly=True)

    _one_per_partner = models.UniqueIndex("(partner_id) WHERE partner_id IS NOT NULL")
    _one_per_lead = models.UniqueIndex("(lead_id) WHERE lead_id IS NOT NULL")

    def init(self):
        """Leave room in the pages, so that a changed row stays where it is."""
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 85)", SQL.identifier(self._table))
        )

    @api.model
    def _refresh_after(self, rows):
        """Bring the rows of the people of these touchpoints up to date."""
        for subject in TABLES:
            self._refresh(subject, self._people_of(subject, rows))

    @api.model
    def _people_of(self, subject, rows):
        """Give the contacts, or the leads, that touchpoints say something about."""
        if subject == "partner_id":
            return SQL("SELECT partner_id AS id FROM %s n WHERE partner_id IS NOT NULL", rows)
        return SQL(
            """
            SELECT lead_id AS id FROM %(rows)s n WHERE lead_id IS NOT NULL
             UNION ALL
            SELECT l.id FROM %(rows)s n JOIN crm_lead l ON l.partner_id = n.partner_id
             WHERE n.lead_id IS NULL
            """,
            rows=rows,
        )

    @api.model
    def _refresh(self, subject, who):
        """Bring the rows of some contacts or leads up to date.

        :param str subject: partner_id or lead_id
        :param SQL who: a query of their ids
        """
        self.env["crm.touchpoint"]._flush_people()
        self.env.cr.execute(
            SQL(
                """
                WITH who AS MATERIALIZED (SELECT DISTINCT id FROM (%(who)s) w),
                     place AS (%(places)s),
                     wanted AS MATERIALIZED (%(wanted)s),
                     updated AS (
                        UPDATE crm_touchpoint_summary s SET %(assigned)s
                          FROM wanted w
                         WHERE s.%(subject)s = w.id AND %(differ)s
                     )
                INSERT INTO crm_touchpoint_summary (%(subject)s, %(columns)s)
                SELECT w.id, %(new)s FROM wanted w
                 WHERE COALESCE(w.first_touch_date, w.last_inbound_date) IS NOT NULL
                   AND NOT EXISTS (
                       SELECT FROM crm_touchpoint_summary s WHERE s.%(subject)s = w.id)
                ON CONFLICT DO NOTHING
                """,
                who=who,
                places=_lead_places() if subject == "lead_id" else _partner_places(),
                wanted=_wanted(),
                columns=columns_sql.listed(FIGURES),
                new=columns_sql.listed(FIGURES, "w"),
                assigned=columns_sql.assigned(FIGURES, "w"),
                differ=columns_sql.differ(FIGURES, "s", "w"),
                subject=SQL.identifier(subject),
            )
        )
        self.invalidate_model()
        self._invalidate_people()

    @api.model
    def _invalidate_people(self):
        """Let contacts and leads read their rows again."""
        for name in ("res.partner", "crm.lead"):
            fields_shown = self.env[name]._touch_fields()
            self.env[name].invalidate_model(fields_shown, flush=False)

    @api.model
    def _drop(self, subject, ids):
        """Remove the rows of contacts or leads that are gone."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_touchpoint_summary WHERE %s IN %s",
                SQL.identifier(subject),
                tuple(ids),
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _gc_of_nobody(self):
        """Remove the rows whose contact or lead was deleted behind Odoo's back.

        Those that name a touchpoint which went with somebody else are made again.
        """
        for subject, table in TABLES.items():
            self.env.cr.execute(
                SQL(
                    "DELETE FROM crm_touchpoint_summary s WHERE s.%(column)s IS NOT NULL"
                    " AND NOT EXISTS (SELECT FROM %(table)s who WHERE who.id = s.%(column)s)",
                    column=SQL.identifier(subject),
                    table=SQL.identifier(table),
                )
            )
            self._refresh(
                subject,
                SQL(
                    "SELECT %(column)s AS id FROM crm_touchpoint_summary s"
                    " WHERE %(column)s IS NOT NULL AND (%(first)s OR %(last)s)",
                    column=SQL.identifier(subject),
                    first=_is_gone("first_touch_id"),
                    last=_is_gone("last_touch_id"),
                ),
            )


def _is_gone(column):
    """Tell whether a summary names a touchpoint that is not there any more."""
    column = SQL.identifier("s", column)
    return SQL(
        "(%s IS NOT NULL AND NOT EXISTS (SELECT FROM crm_touchpoint t WHERE t.id = %s))",
        column,
        column,
    )


def _places(column, alias="t"):
    """Give the aggregates of touchpoints: who, the first and last touch, the last response."""
    return SQL(
        "%(who)s AS id, min(%(place)s) FILTER (WHERE %(touch)s) AS first_place,"
        " max(%(place)s) FILTER (WHERE %(touch)s) AS last_place,"
        " max(%(place)s) FILTER (WHERE %(response)s) AS response_place",
        who=SQL.identifier(alias, column),
        place=events.place_in_time_sql(alias),
        touch=events.is_touch_sql(alias),
        response=events.is_response_sql(alias),
    )


def _partner_places():
    """Give the places in time of the touches of contacts."""
    return SQL(
        """
        SELECT who.id, first_place, last_place, response_place
          FROM who LEFT JOIN (
            SELECT %s FROM crm_touchpoint t
             WHERE t.partner_id IN (SELECT id FROM who) GROUP BY t.partner_id
          ) own ON own.id = who.id
        """,
        _places("partner_id"),
    )


def _lead_places():
    """Give the places in time of the touches of leads, and of their contacts."""
    return SQL(
        """
        SELECT who.id,
               LEAST(own.first_place, contact.first_place) AS first_place,
               GREATEST(own.last_place, contact.last_place) AS last_place,
               GREATEST(own.response_place, contact.response_place) AS response_place
          FROM who
          JOIN crm_lead l ON l.id = who.id
          LEFT JOIN (
            SELECT %(own)s FROM crm_touchpoint t
             WHERE t.lead_id IN (SELECT id FROM who) GROUP BY t.lead_id
          ) own ON own.id = who.id
          LEFT JOIN (
            SELECT %(of_contact)s FROM crm_touchpoint t
             WHERE t.lead_id IS NULL AND t.partner_id IN (
                SELECT lead.partner_id FROM who JOIN crm_lead lead ON lead.id = who.id)
             GROUP BY t.partner_id
          ) contact ON contact.id = l.partner_id
        """,
        own=_places("lead_id"),
        of_contact=_places("partner_id"),
    )


def _wanted():
    """Give what the rows should be: ids, dates and channels of the places in time."""
    return SQL(
        """
        SELECT p.id, %(first)s AS first_touch_id, f.date AS first_touch_date,
               f.channel_id AS first_touch_channel_id, %(last)s AS last_touch_id,
               t.date AS last_touch_date, t.channel_id AS last_touch_channel_id,
               %(response)s AS last_inbound_date
          FROM place p
          LEFT JOIN crm_touchpoint f ON f.id = %(first)s
          LEFT JOIN crm_touchpoint t ON t.id = %(last)s
        """,
        first=events.id_of_place_sql(SQL("p.first_place")),
        last=events.id_of_place_sql(SQL("p.last_place")),
        response=events.date_of_place_sql(SQL("p.response_place")),
    )
