from odoo import api, fields, models
from odoo.tools import SQL

FIRST_CRON = "ir_cron_nurture"
WORKER_CRON = "ir_cron_nurture_worker_"

#: No transaction that lets people in takes longer.
LONGEST_MINUTES = 15


class CrmNurtureEnrollment(models.Model):
    """When the engine runs: at the next moment that somebody is due.

    How is it woken?
        By triggers of its scheduled action. One trigger is enough, for the moment of the one who
        is due first; the interval of the action is for what nobody woke it for.
    Who shares the work?
        As many scheduled actions as the settings say, each in a process of its own if there are
        enough. The first calls the others when more is due than one batch.
    """

    _inherit = "crm.nurture.enrollment"

    @api.model
    def _wake(self):
        """Let the engine run at the next moment that somebody is due."""
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(
            f"crm_lifecycle.{FIRST_CRON}", raise_if_not_found=False
        )
        if not cron_id:
            return
        self.flush_model(["state", "due_at"])
        now = fields.Datetime.now()
        # a call that comes before this transaction is over would not see what it wrote
        [(due_at, called_at)] = self.env.execute_query(
            SQL(
                "SELECT (SELECT MIN(due_at) FROM crm_nurture_enrollment WHERE state = 'waiting'),"
                " (SELECT MIN(call_at) FROM ir_cron_trigger WHERE cron_id = %s AND call_at > %s)",
                cron_id,
                fields.Datetime.add(now, minutes=LONGEST_MINUTES),
            )
        )
        if due_at and not (called_at and called_at <= due_at):
            self.env["ir.cron"].browse(cron_id)._trigger(max(due_at, now))

    @api.model
    def _call_helpers(self):
        """Let the other scheduled actions take their part of what is due."""
        for cron in self._crons()[1:]:
            cron._trigger()

    @api.model
    def _crons(self):
        """Give the scheduled actions of the engine, the first one first."""
        names = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("module", "=", "crm_lifecycle"),
                    ("model", "=", "ir.cron"),
                    "|",
                    ("name", "=", FIRST_CRON),
                    ("name", "=like", f"{WORKER_CRON}%"),
                ]
            )
        )
        return self.env["ir.cron"].sudo().browse(sorted(names.mapped("res_id"))).exists()

    @api.model
    def _set_workers(self, count):
        """Create or delete scheduled actions until there are so many."""
        crons = self._crons()
        crons[max(count, 1) :].unlink()
        for number in range(len(crons) + 1, count + 1):
            copy = crons[:1].copy({"cron_name": f"{crons[:1].cron_name} ({number})"})
            self.env["ir.model.data"].sudo().create(
                {
                    "module": "crm_lifecycle",
                    "name": f"{WORKER_CRON}{number}",
                    "model": "ir.cron",
                    "res_id": copy.id,
                    "noupdate": True,
                }
            )
