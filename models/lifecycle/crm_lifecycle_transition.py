from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from . import facts, progress


class CrmLifecycleTransition(models.Model):
    """One move of one lead or contact from a stage to another: the history.

    Which record does a row belong to?
        To the lead `lead_id` or to the contact `partner_id`, never to both.
    Can a row change?
        No: rows are only added, by `crm.lifecycle.mixin._lifecycle_move`. A merge of
        records carries the rows over to the record that stays; deleting a record
        deletes its history.
    Which date?
        The date of the event (the invoice, the order ...), never in the future and never
        before the row that comes before it. `days` is the time spent in the stage left.
    Whose source, campaign, team, salesperson?
        Those of the document that caused the move, else of the lead or contact, as they
        were at that moment. So figures of the past do not change when a lead changes hands.
    """

    _name = "crm.lifecycle.transition"
    _description = "Lifecycle Transition"
    _order = "date desc, id desc"
    _rec_name = "to_stage_id"

    # who moved
    lead_id = fields.Many2one("crm.lead", ondelete="cascade", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Contact", ondelete="cascade", index="btree_not_null"
    )
    # the move
    date = fields.Datetime(required=True, index=True)
    from_stage_id = fields.Many2one("crm.lifecycle.stage", string="From", ondelete="restrict")
    to_stage_id = fields.Many2one(
        "crm.lifecycle.stage", string="To", ondelete="restrict", index="btree_not_null"
    )
    days = fields.Float("Days in Previous Stage", digits=(16, 2), aggregator="avg")
    direction = fields.Selection(
        [
            ("entry", "Entry"),
            ("forward", "Forward"),
            ("backward", "Backward"),
            ("exit", "Exit"),
        ],
        required=True,
    )
    # why
    cause = fields.Selection(
        [
            ("manual", "By hand"),
            ("import", "Import"),
            ("rule", "Rule"),
            ("pipeline", "Pipeline"),
            ("quotation", "Quotation"),
            ("order", "Order"),
            ("invoice", "Invoice"),
            ("inactivity", "Inactivity"),
            ("merge", "Merge"),
            ("score", "Score"),
            ("sequence", "Sequence"),
        ],
        required=True,
        default="manual",
    )
    rule_id = fields.Many2one("crm.lifecycle.rule", ondelete="set null", index="btree_not_null")
    note = fields.Char()
    # as it was at that moment
    user_id = fields.Many2one("res.users", string="Salesperson")
    team_id = fields.Many2one("crm.team", string="Sales Team", ondelete="set null")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    source_id = fields.Many2one("utm.source", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", ondelete="set null")
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null")

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: the history is only added to."""
        raise UserError(self.env._("The lifecycle history cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The lifecycle history cannot be deleted."))

    @api.model
    def _append(self, records, stage, cause, *, rule=None, note=None, origins=None, dates=None):
        """Add the rows of a move, for records that still are in their previous stage.

        :param records: leads or contacts, of any number
        :param stage: where they go; empty to leave the lifecycle
        :param str cause: a value of `cause`
        :param rule: the rule that moved them
        :param str note: the words of the user
        :param dict origins: record id -> the record (order, invoice, lead ...) that caused it
        :param dict dates: record id -> when it happened, where no origin says it
        :return: the new rows, in the order of `records`
        """
        if not origins and not dates:
            return self.sudo()._append_now(records, stage, cause, rule=rule, note=note)
        origins, dates = origins or {}, dates or {}
        now = fields.Datetime.now()
        common = {
            "to_stage_id": stage.id,
            "cause": cause,
            "rule_id": rule.id if rule else False,
            "note": note,
        }
        return self.sudo().create(
            [
                common
                | self._move_values(
                    record, stage, origins.get(record.id), dates.get(record.id), now
                )
                for record in records.sudo()
            ]
        )

    @api.model
    def _append_now(self, records, stage, cause, *, rule=None, note=None):
        """Add the rows of a move that happens now: one statement for all of them."""
        whose = [name for name in facts.ATTRIBUTION if name in records._fields]
        copied = SQL(", ").join(SQL.identifier("r", name) for name in whose)
        before = records.sudo().lifecycle_stage_id
        directions = {
            one.id: progress.direction(one._position(), stage._position())
            for one in [*before, before.browse()]
        }
        records.flush_recordset(["lifecycle_stage_id", "lifecycle_date", *whose])
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %(table)s (%(subject)s, from_stage_id, to_stage_id, %(whose)s, date,"
                "  days, direction, cause, rule_id, note,"
                "  create_uid, write_uid, create_date, write_date)"
                " SELECT r.id, r.lifecycle_stage_id, %(stage)s, %(copied)s,"
                "  GREATEST(%(now)s, since.date),"
                "  GREATEST(EXTRACT(EPOCH FROM %(now)s - since.date) / 86400, 0),"
                "  d.direction, %(cause)s, %(rule)s, %(note)s,"
                "  %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                " FROM unnest(%(ids)s) WITH ORDINALITY who (id, place)"
                " JOIN %(source)s r USING (id)"
                " JOIN unnest(%(stages)s, %(directions)s) d (stage_id, direction)"
                "  ON d.stage_id = COALESCE(r.lifecycle_stage_id, 0)"
                " CROSS JOIN LATERAL (SELECT CASE WHEN r.lifecycle_stage_id IS NOT NULL"
                "  THEN r.lifecycle_date END) since (date)"
                " ORDER BY who.place RETURNING id",
                table=SQL.identifier(self._table),
                subject=SQL.identifier(records._lifecycle_subject),
                whose=SQL(", ").join(map(SQL.identifier, whose)),
                copied=copied,
                stage=stage.id or None,
                now=SQL("%s::timestamp", fields.Datetime.now()),
                cause=cause,
                rule=rule.id if rule else None,
                note=note or None,
                uid=self.env.uid,
                ids=list(records.ids),
                source=SQL.identifier(records._table),
                stages=[key or 0 for key in directions],
                directions=list(directions.values()),
            )
        )
        records.invalidate_recordset(["lifecycle_transition_ids"], flush=False)
        return self.browse(row[0] for row in rows)

    @api.model
    def _append_entries(self, records, cause):
        """Add the first row of records that were created in a stage, dated as they are.

        One statement for all of them: the creation of many leads must not become slower.
        Who adds columns to the transition fills them for entries by extending this method.
        """
        whose = [name for name in facts.ATTRIBUTION if name in records._fields]
        copied = ["lifecycle_stage_id", "lifecycle_date", *whose]
        # all of them: new records have more to write, and would be written twice
        records.flush_recordset()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(subject)s, to_stage_id, date, %(whose)s, days,"
                "  direction, cause, create_uid, write_uid, create_date, write_date)"
                " SELECT id, %(copied)s, 0, 'entry', %(cause)s, %(uid)s, %(uid)s,"
                "  now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'"
                " FROM %(source)s WHERE id IN %(ids)s ORDER BY id",
                table=SQL.identifier(self._table),
                subject=SQL.identifier(records._lifecycle_subject),
                whose=SQL(", ").join(map(SQL.identifier, whose)),
                copied=SQL(", ").join(map(SQL.identifier, copied)),
                cause=cause,
                uid=self.env.uid,
                source=SQL.identifier(records._table),
                ids=tuple(records.ids),
            )
        )
        records.invalidate_recordset(["lifecycle_transition_ids"], flush=False)

    @api.model
    def _repoint(self, subject, from_ids, to_id):
        """Give the history of merged records to the record that stays.

        :param str subject: lead_id or partner_id
        """
        self.flush_model([subject])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE %s IN %s",
                SQL.identifier(self._table),
                SQL.identifier(subject),
                to_id,
                SQL.identifier(subject),
                tuple(from_ids),
            )
        )
        self.invalidate_model([subject])

    def _move_values(self, record, stage, origin, wanted, now):
        """Give the values of one row that depend on the record and on what caused it."""
        before = record.lifecycle_stage_id
        since = record.lifecycle_date if before else None
        if origin:
            origin = origin.sudo()
            wanted = wanted or origin._lifecycle_event_date()
        date = progress.move_date(wanted, since, now)
        return {
            **record._lifecycle_subject_values(),
            **record._lifecycle_attribution_values(),
            **(facts.known_values(origin._lifecycle_attribution_values()) if origin else {}),
            "from_stage_id": before.id,
            "date": date,
            "days": progress.days_between(since, date),
            "direction": progress.direction(before._position(), stage._position()),
        }

    def action_open_record(self):
        """Open the lead or contact that moved."""
        self.ensure_one()
        record = self.lead_id or self.partner_id
        return record.get_formview_action()
