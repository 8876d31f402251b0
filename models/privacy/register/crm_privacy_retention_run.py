import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

_logger = logging.getLogger(__name__)

#: An erasure that is finished.
CLOSED = ("done", "refused")
#: So many persons, or records, in one transaction.
BATCH = 50
OLD_BATCH = 1000


class CrmPrivacyRetentionRun(models.Model):
    """The proof that a rule was applied: when, which, how many; nothing personal.

    Can it change?
        Only while it runs. A run that was killed goes on where it stopped: each batch handles
        its persons and counts them in one transaction.
    What is an erasure to finish?
        Anonymising makes requests like those of persons. One that finds something of the person
        where nobody has decided yet what to do waits for the officer, and is counted here.
    What if one person cannot be handled?
        The others are; this one stays in the list with the reason.
    """

    _name = "crm.privacy.retention.run"
    _description = "Proof of a Retention Rule"
    _order = "started_at desc, id desc"
    _rec_name = "rule"

    retention_id = fields.Many2one(
        "crm.privacy.retention", "Rule", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="retention_id.company_id", store=True)
    # as the rule was then
    rule = fields.Char("Name of the Rule", readonly=True)
    months = fields.Integer("Kept for Months", readonly=True)
    action = fields.Selection(
        [("anonymise", "Anonymised"), ("archive", "Archived"), ("unlink", "Deleted")],
        "What Was Done",
        readonly=True,
    )
    mode = fields.Selection(
        [("manual", "Decided by the officer"), ("automatic", "By night")],
        "How",
        readonly=True,
    )
    limit_date = fields.Date("Last Contact Before", readonly=True)
    user_id = fields.Many2one("res.users", "Decided By", readonly=True, ondelete="set null")
    started_at = fields.Datetime("Started On", readonly=True)
    ended_at = fields.Datetime("Ended On", readonly=True)
    done_count = fields.Integer("Records Dealt With", readonly=True)
    failed_count = fields.Integer("Failed", readonly=True)
    held_count = fields.Integer("Left Out", readonly=True)

    request_ids = fields.Many2many(
        "crm.privacy.request", string="Requests", readonly=True, help="Each with its own report."
    )
    request_count = fields.Integer("Erasures", compute="_compute_request_counts")
    open_count = fields.Integer("Erasures to Finish", compute="_compute_request_counts")

    @api.depends("request_ids.state")
    def _compute_request_counts(self):
        for run in self:
            run.request_count = len(run.request_ids)
            run.open_count = len(
                run.request_ids.filtered(lambda request: request.state not in CLOSED)
            )

    def action_open_requests(self):
        """Open the erasures, those to finish first."""
        self.ensure_one()
        name = self.env._("Erasures")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "crm.privacy.request",
            "view_mode": "list,form",
            "domain": [("id", "in", self.request_ids.ids)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The proof of a retention rule is kept."))

    def _end(self):
        """Note the end, and how many were left out."""
        self.retention_id._count()
        self.write({"ended_at": fields.Datetime.now(), "held_count": self.retention_id.held_count})

    def _step(self):
        """Handle the next batch; return how many were handled. The last one ends the run."""
        if not self.retention_id._is_about_persons():
            count = self._delete_old()
            if count < OLD_BATCH:
                self._end()
            return count
        rows = self._next_rows()
        if rows:
            self._do(rows)
        if len(rows) < BATCH:
            self._end()
        return len(rows)

    def _next_rows(self):
        """Give the next persons who are due, as far as nobody else handles them."""
        return (
            self.env["data_recycle.record"]
            .search(
                [("retention_id", "=", self.retention_id.id), ("retention_state", "=", "due")],
                limit=BATCH,
                order="id",
            )
            .try_lock_for_update()
        )

    def _delete_old(self):
        """Delete the next records that are not persons."""
        rule = self.retention_id
        records = self.env[rule.model].search(rule._old_domain(), limit=OLD_BATCH, order="id")
        count = len(records)
        records.unlink()
        self.done_count += count
        return count

    def _do(self, rows):
        """Do what the rule says, with those who are still due at this moment."""
        before = {row.id: row.res_id for row in rows}
        rows.problem = False
        self.retention_id._refresh_persons(list(before.values()))
        due = rows.exists().filtered(lambda row: row.retention_state in ("due", "ask"))
        self._do_or_halve(due)

    def _do_or_halve(self, rows):
        """Handle persons together; where that fails, halve until the bad one is alone."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                self._apply(rows)
        except psycopg2.OperationalError:
            # the server, or another transaction: not the fault of a person
            raise
        except Exception as error:  # noqa: BLE001  whatever an addon raises for one person
            if len(rows) == 1:
                _logger.info("Retention rule %s: %s", self.retention_id.id, error)
                rows.write({"problem": str(error)[:200], "retention_state": "failed"})
                self.failed_count += 1
                return
            half = len(rows) // 2
            self._do_or_halve(rows[:half])
            self._do_or_halve(rows[half:])

    def _apply(self, rows):
        """Do what the rule says, and keep of the rows the number of the record only."""
        rule = self.retention_id
        model = self.env[rule.model].with_context(active_test=False)
        records = model.browse(rows.mapped("res_id")).exists()
        count = len(rows)
        if self.action == "anonymise":
            # the erasure may remove the rows that lead to the persons
            numbers = rows.mapped("res_id")
            requests = rows._anonymise(records, origin=self.rule)
            self.request_ids = [Command.link(request.id) for request in requests or ()]
            rows.exists()._keep_number()
            rule._mark_done(numbers)
        else:
            records.action_archive()
            rows._keep_number()
        self.done_count += count
