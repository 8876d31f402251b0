from odoo import api, fields, models
from odoo.tools import SQL

from . import events

TOUCH_FIELDS = ["first_touch_channel_id", "last_touch_channel_id"]


class CrmLifecycleTransition(models.Model):
    """The channels of the first and the last touch before each move.

    Which touches?
        Those that may get credit, see `events.is_credited`, through a channel that may, up to
        the moment of the move: the lead's and its contact's; the contact's and, of a company,
        those of its people.
    When are they filled?
        With the move, as far as the contacts are known; a harvest completes them, because it
        finds out later what happened before.
    """

    _inherit = "crm.lifecycle.transition"

    first_touch_channel_id = fields.Many2one(
        "crm.touchpoint.channel", "First Channel", readonly=True, ondelete="restrict"
    )
    last_touch_channel_id = fields.Many2one(
        "crm.touchpoint.channel", "Last Channel", readonly=True, ondelete="restrict"
    )

    @api.model
    def _append(self, records, stage, cause, **options):
        """Add the channels that are known at the moment of the move."""
        rows = super()._append(records, stage, cause, **options)
        rows.flush_recordset()
        self._fill_touches(records._lifecycle_subject, SQL("m.id IN %s", tuple(rows.ids)))
        return rows

    @api.model
    def _append_entries(self, records, cause):
        """Add the channels of new leads whose contacts are known; others have no past yet."""
        result = super()._append_entries(records, cause)
        if records._name == "crm.lead":
            known = records.filtered("partner_id")
            if known:
                self._fill_touches("lead_id", SQL("m.lead_id IN %s", tuple(known.ids)))
        return result

    @api.model
    def _complete_touches(self, rows):
        """Fill the channels of all moves of the people that touchpoints are about."""
        leads = self.env["crm.touchpoint.summary"]._people_of("lead_id", rows)
        contacts = SQL(
            "SELECT who.id FROM %s n JOIN res_partner p ON p.id = n.partner_id"
            " CROSS JOIN LATERAL (VALUES (p.id), (p.commercial_partner_id)) who (id)",
            rows,
        )
        self._fill_touches("lead_id", SQL("m.lead_id IN (%s)", leads))
        self._fill_touches("partner_id", SQL("m.partner_id IN (%s)", contacts))

    @api.model
    def _fill_touches(self, subject, condition):
        """Write the channels of the moves that fit a condition, where they are others.

        :param str subject: lead_id or partner_id
        :param SQL condition: on the moves, `m`
        """
        self.env["crm.touchpoint"]._flush_people()
        self.env.cr.execute(
            SQL(
                """
                WITH best AS MATERIALIZED (
                    SELECT m.id, min(touch.place) AS first_place, max(touch.place) AS last_place
                      FROM crm_lifecycle_transition m
                      LEFT JOIN LATERAL (%(touches)s) touch ON touch.date <= m.date
                     WHERE m.%(subject)s IS NOT NULL AND %(condition)s
                     GROUP BY m.id
                ), channel AS (
                    SELECT b.id, f.channel_id AS first_id, t.channel_id AS last_id
                      FROM best b
                      LEFT JOIN crm_touchpoint f ON f.id = %(first)s
                      LEFT JOIN crm_touchpoint t ON t.id = %(last)s
                )
                UPDATE crm_lifecycle_transition m
                   SET first_touch_channel_id = c.first_id, last_touch_channel_id = c.last_id
                  FROM channel c
                 WHERE c.id = m.id AND (m.first_touch_channel_id, m.last_touch_channel_id)
                       IS DISTINCT FROM (c.first_id, c.last_id)
                """,
                touches=_lead_touches() if subject == "lead_id" else _contact_touches(),
                subject=SQL.identifier(subject),
                condition=condition,
                first=events.id_of_place_sql(SQL("b.first_place")),
                last=events.id_of_place_sql(SQL("b.last_place")),
            )
        )
        self.invalidate_model(TOUCH_FIELDS)


def _touches(condition, join=None):
    """Give the touches that may get credit."""
    return SQL(
        "SELECT t.date, %s AS place FROM crm_touchpoint t"
        " JOIN crm_touchpoint_channel c ON c.id = t.channel_id AND c.is_credited %s"
        " WHERE %s AND %s",
        events.place_in_time_sql("t"),
        join or SQL(),
        events.is_credited_sql("t"),
        condition,
    )


def _lead_touches():
    """Give the touches of the lead of a move, and of its contact."""
    return SQL(
        "%s UNION ALL %s",
        _touches(SQL("t.lead_id = m.lead_id")),
        _touches(
            SQL("t.lead_id IS NULL AND l.id = m.lead_id"),
            SQL("JOIN crm_lead l ON l.partner_id = t.partner_id"),
        ),
    )


def _contact_touches():
    """Give the touches of the contact of a move, and of the people of a company."""
    return SQL(
        "%s UNION ALL %s",
        _touches(SQL("t.partner_id = m.partner_id")),
        _touches(
            SQL("p.commercial_partner_id = m.partner_id AND p.id <> m.partner_id"),
            SQL("JOIN res_partner p ON p.id = t.partner_id"),
        ),
    )
