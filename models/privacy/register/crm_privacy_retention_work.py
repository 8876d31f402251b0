from odoo import api, fields, models
from odoo.tools import SQL


class CrmPrivacyRetention(models.Model):
    """The runs of a rule, by the officer or by night."""

    _inherit = "crm.privacy.retention"

    def _open_run(self):
        """Give the run that was not ended."""
        return self.env["crm.privacy.retention.run"].search(
            [("retention_id", "=", self.id), ("ended_at", "=", False)], limit=1
        )

    def _start_run(self, user=None):
        """Begin the proof of a run."""
        return self.env["crm.privacy.retention.run"].create(
            {
                "retention_id": self.id,
                "rule": self.name,
                "months": self.months,
                "action": self.action,
                "mode": "manual" if user else "automatic",
                "limit_date": self._limit(),
                "user_id": user.id if user else False,
                "started_at": fields.Datetime.now(),
            }
        )

    def _mark_done(self, numbers):
        """Remember whom the rule has handled: the number of the record, nothing else."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO data_recycle_record (active, retention_id, recycle_model_id,
                       res_model_name, res_id, retention_state)
                SELECT FALSE, %(rule)s, %(recycle)s, %(model)s, n, 'done'
                  FROM unnest(%(numbers)s::int[]) n
                 WHERE NOT EXISTS (SELECT FROM data_recycle_record r
                                    WHERE r.retention_id = %(rule)s AND r.res_id = n)
                """,
                rule=self.id,
                recycle=self.recycle_model_id.id,
                model=self.model,
                numbers=list(numbers),
            )
        )

    @api.model
    def _cron_run(self):
        """Count all rules, ask, and do what the automatic ones say, batch by batch."""
        rules = self.search([("active", "=", True)])
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(rules))
        for left, rule in zip(range(len(rules), 0, -1), rules, strict=True):
            rule._refresh_daily()
            while count := rule._work():
                if not progress._commit_progress(count, remaining=left):
                    return
            if not progress._commit_progress(1, remaining=left - 1):
                return

    def _refresh_daily(self):
        """Look who is due, unless that was done some hours ago."""
        some_hours_ago = fields.Datetime.subtract(fields.Datetime.now(), hours=6)
        if not self.refreshed_at or self.refreshed_at < some_hours_ago:
            self._refresh()

    def _work(self):
        """Do one batch of what is to be done by itself; return how many, or 0 at the end."""
        run = self._open_run()
        if run:
            return run._step()
        if self.mode != "automatic":
            return 0
        if self.ask_first and (asked := self._ask_batch()):
            return asked
        if self._anybody_due():
            return self._start_run()._step()
        return 0

    def _anybody_due(self):
        """Tell whether there is something to do."""
        if not self._is_about_persons():
            return self.env[self.model].search_count(self._old_domain(), limit=1)
        due = [("retention_id", "=", self.id), ("retention_state", "=", "due")]
        return self.env["data_recycle.record"].search_count(due, limit=1)
