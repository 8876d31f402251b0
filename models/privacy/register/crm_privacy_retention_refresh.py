from odoo import fields, models
from odoo.tools import SQL

from ...lifecycle import long_statement

#: What may change of a listed person, in the order of `_wanted`.
FACTS = ("last_date", "basis", "due_date", "has_email", "hold", "hold_until")
#: So many persons are asked in one transaction.
ASK_BATCH = 200


class CrmPrivacyRetention(models.Model):
    """The list of those who are due: brought up to date with one statement for each rule."""

    _inherit = "crm.privacy.retention"

    def _refresh(self, ids=None):
        """Write who is due, who is left out and why, and who was asked.

        :param ids: only these records
        """
        self.env.flush_all()
        for rule in self.filtered("active"):
            if rule._is_about_persons():
                rule._refresh_persons(ids)
            rule._count()

    def _refresh_persons(self, ids):
        """Write the difference between who is listed and who should be."""
        long_statement.take_memory(self.env)
        today, rows = fields.Date.today(), self.env["data_recycle.record"]
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE IF NOT EXISTS crm_privacy_wanted (
                    res_id int PRIMARY KEY, company_id int, last_date date, basis varchar,
                    due_date date, has_email bool, hold varchar, hold_until date
                ) ON COMMIT DELETE ROWS
                """
            )
        )
        self.env.cr.execute("TRUNCATE crm_privacy_wanted")
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_privacy_wanted (res_id, company_id, %s) SELECT w.res_id,"
                " w.company_id, %s FROM (%s) w",
                SQL(", ").join(map(SQL.identifier, FACTS)),
                SQL(", ").join(SQL.identifier("w", name) for name in FACTS),
                self._wanted(today, ids),
            )
        )
        for statement in (self._drop(ids), self._change(), self._add()):
            self.env.cr.execute(statement)
        self.env.cr.execute(self._set_states(ids))
        rows.invalidate_model()

    def _listed(self, ids):
        """Give the SQL condition of the rows of this rule that are not done."""
        states = self.env["data_recycle.record"]._open_states()
        condition = SQL("r.retention_id = %s AND r.retention_state IN %s", self.id, states)
        return condition if ids is None else SQL("%s AND r.res_id = ANY(%s)", condition, list(ids))

    def _drop(self, ids):
        """Give the SQL that removes who is not due any more, also of those who were done."""
        return SQL(
            "DELETE FROM data_recycle_record r WHERE r.retention_id = %s AND %s"
            " AND NOT EXISTS (SELECT FROM crm_privacy_wanted w WHERE w.res_id = r.res_id)",
            self.id,
            SQL("TRUE") if ids is None else SQL("r.res_id = ANY(%s)", list(ids)),
        )

    def _change(self):
        """Give the SQL that brings the others up to date."""
        new = SQL(", ").join(SQL.identifier("w", name) for name in FACTS)
        old = SQL(", ").join(SQL.identifier("r", name) for name in FACTS)
        return SQL(
            "UPDATE data_recycle_record r SET (%s) = (%s) FROM crm_privacy_wanted w"
            " WHERE r.retention_id = %s AND r.res_id = w.res_id AND r.retention_state != 'done'"
            " AND (%s) IS DISTINCT FROM (%s)",
            SQL(", ").join(map(SQL.identifier, FACTS)),
            new,
            self.id,
            old,
            new,
        )

    def _add(self):
        """Give the SQL that lists who is due for the first time."""
        model = self.env["ir.model"]._get(self.model)
        return SQL(
            """
            INSERT INTO data_recycle_record (active, retention_id, recycle_model_id, res_model_id,
                   res_model_name, res_id, company_id, retention_state, create_uid, create_date,
                   write_uid, write_date, %(columns)s)
            SELECT TRUE, %(rule)s, %(recycle)s, %(model)s, %(model_name)s, w.res_id, w.company_id,
                   'due', %(uid)s, %(now)s, %(uid)s, %(now)s, %(facts)s
              FROM crm_privacy_wanted w
             WHERE NOT EXISTS (SELECT FROM data_recycle_record r
                                WHERE r.retention_id = %(rule)s AND r.res_id = w.res_id)
            """,
            columns=SQL(", ").join(map(SQL.identifier, FACTS)),
            facts=SQL(", ").join(SQL.identifier("w", name) for name in FACTS),
            rule=self.id,
            recycle=self.recycle_model_id.id,
            model=model.id,
            model_name=model.model,
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _set_states(self, ids):
        """Give the SQL that says what is next for each listed person."""
        answered_by = fields.Datetime.subtract(fields.Datetime.now(), days=self.ask_days)
        return SQL(
            """
            UPDATE data_recycle_record r SET retention_state = n.state
              FROM (SELECT r.id, CASE
                        WHEN r.hold IS NOT NULL THEN 'held'
                        WHEN r.problem IS NOT NULL THEN 'failed'
                        WHEN NOT %(ask)s OR NOT r.has_email THEN 'due'
                        WHEN r.asked_at IS NULL THEN 'ask'
                        WHEN r.asked_at > %(answered_by)s THEN 'asked'
                        ELSE 'due' END AS state
                      FROM data_recycle_record r WHERE %(listed)s) n
             WHERE n.id = r.id AND n.state IS DISTINCT FROM r.retention_state
            """,
            ask=bool(self.ask_first),
            answered_by=answered_by,
            listed=self._listed(ids),
        )

    def _count(self):
        """Note how many are due and how many are left out."""
        now = fields.Datetime.now()
        if not self._is_about_persons():
            count = self.env[self.model].sudo().search_count(self._old_domain())
            self._note_figures(due_count=count, held_count=0, asked_count=0, refreshed_at=now)
            return
        rows = self.env["data_recycle.record"]
        counts = dict(
            rows._read_group([("retention_id", "=", self.id)], ["retention_state"], ["__count"])
        )
        self._note_figures(
            due_count=sum(counts.get(state, 0) for state in ("due", "ask", "failed")),
            held_count=counts.get("held", 0),
            asked_count=counts.get("asked", 0),
            refreshed_at=now,
        )

    def _forget(self):
        """Empty the list of a rule that has changed; who was asked is forgotten with it."""
        self.flush_recordset()
        states = self.env["data_recycle.record"]._open_states()
        listed = [("retention_id", "in", self.ids), ("retention_state", "in", states)]
        self.env["data_recycle.record"].sudo().search(listed).unlink()
        self._note_figures(due_count=0, held_count=0, asked_count=0, refreshed_at=False)

    # ------------------------------------------------------------
    # Asking once
    # ------------------------------------------------------------

    def _ask_batch(self):
        """Ask the next persons whether to stay in touch; return how many."""
        rows = self.env["data_recycle.record"].search(
            [("retention_id", "=", self.id), ("retention_state", "=", "ask")],
            limit=ASK_BATCH,
            order="id",
        )
        rows = rows.try_lock_for_update()
        if not rows:
            return 0
        rows.write({"asked_at": fields.Datetime.now(), "retention_state": "asked"})
        self.ask_template_id.send_mail_batch(rows.mapped("res_id"), force_send=False)
        return len(rows)
