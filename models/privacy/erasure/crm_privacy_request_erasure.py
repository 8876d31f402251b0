import logging
from time import monotonic

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .identity import Identity
from .redaction import Redactor
from .retention import ARTICLE

_logger = logging.getLogger(__name__)

# A person is mostly erased within this time, while the officer waits.
AT_ONCE_SECONDS = 8
BUSY = ("searching", "running", "files")


class CrmPrivacyRequest(models.Model):
    """The run of an erasure: place after place, each on its own.

    What if one place fails?
        It is rolled back and marked with the reason, the others go on. The erasure stops at the
        end and can be resumed, which tries the failed places again.
    What if the server dies?
        Each place that is done is marked in the same transaction. The job goes on with the next.
    What if something of the person came between the plan and the run?
        What links to the person is looked up again when the run begins; links and texts once more
        at its end.
    Is the accounting still in order?
        The hashes of the entries are verified before and after, if the person has entries.
    When are the files gone from the disk?
        In the last step, after the transaction with the rows.
    """

    _inherit = "crm.privacy.request"

    automatic = fields.Boolean(readonly=True, copy=False, help="Decided by a retention rule.")
    source = fields.Selection(
        selection_add=[("retention", "Retention rule")], ondelete={"retention": "set default"}
    )
    erased_at = fields.Datetime("Erased On", readonly=True, copy=False)
    erased_ids = fields.Json(copy=False, export_string_translation=False)
    swept = fields.Boolean(copy=False, export_string_translation=False)
    todo_count = fields.Integer("To Do", compute="_compute_todo_count")

    @api.depends("line_ids")
    def _compute_todo_count(self):
        for request in self:
            request.todo_count = len(request.line_ids)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def _run_erasure(self):
        """Erase what was planned; the request is closed later, after the scan."""
        self.ensure_one()
        self._check_planned()
        self._check_erasable()
        own = self.sudo()
        own._begin_erasure()
        end = monotonic() + AT_ONCE_SECONDS
        while own.erasure_state == "running" and monotonic() < end:
            own._erasure_step()
        self._trigger_erasure()
        return False

    def _check_planned(self):
        """Refuse to erase without a plan that is ready.

        :raise UserError: says so
        """
        if self.erasure_state != "planned":
            raise UserError(self.env._("Make the plan first, and wait until it is ready."))

    def action_refuse(self):
        """Refuse nothing that has begun to be erased."""
        begun = self.filtered(lambda r: r.erasure_state in ("running", "paused", "files", "erased"))
        if begun:
            raise UserError(
                self.env._(
                    "The erasure of %(name)s has begun: it cannot be refused any more.",
                    name=begun[0].name,
                )
            )
        return super().action_refuse()

    def action_stop_erasure(self):
        """Stop after the place that is being erased; what is done stays done."""
        self.check_access("write")
        self.filtered(lambda r: r.erasure_state == "running").sudo().erasure_state = "paused"

    def action_resume_erasure(self):
        """Go on, and try again what failed."""
        self.check_access("write")
        paused = self.sudo().filtered(lambda r: r.erasure_state == "paused")
        failed = paused.line_ids.filtered(lambda line: line.state == "failed")
        failed.write({"state": "planned", "error": False})
        paused.write({"erasure_state": "running", "swept": False})
        self._trigger_erasure()

    def _run_automatic(self):
        """Approve and run what a rule has decided."""
        now = fields.Datetime.now()
        self.write({"state": "approved", "approved_at": now})
        self.action_run()

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _begin_erasure(self):
        """Note who is erased, keep what must be kept, and bring the plan up to date."""
        identity = self._freeze_identity()
        sets = {name: list(getattr(identity, name)) for name in Identity._fields[:5]}
        kept = self.env["crm.privacy.legal.identity"]._keep(identity.partner_ids, ARTICLE)
        self._refresh_plan(identity)
        if kept:
            self._add_kept_identities(kept)
        self.write(
            {
                "erasure_state": "running",
                "erased_ids": sets,
                "integrity_before": self._integrity(),
            }
        )

    def _refresh_plan(self, identity):
        """Look up again what links to the person; texts of others' rows stay as planned."""
        self.line_ids.filtered(lambda line: line.scope != "mention").unlink()
        self._add_lines(self.env["crm.privacy.erasure"]._survey(identity, own_only=True))

    def _add_kept_identities(self, kept):
        place = self.env["crm.privacy.location"].search(
            [("model", "=", kept._name), ("field", "=", "partner_id")]
        )
        for record in kept:
            self.env["crm.privacy.request.line"].create(
                {
                    "request_id": self.id,
                    "location_id": place.id,
                    "name": self.env._("Identity as invoiced, with restricted access"),
                    "res_model": record._name,
                    "sequence": 0,
                    "scope": "kept",
                    "action": "keep",
                    "record_count": 1,
                    "res_ids": record.ids,
                    "reason": self.env._("Accounting documents must be kept (C. com. L123-22)"),
                    "article": record.article,
                    "keep_until": record.keep_until,
                    "state": "kept",
                }
            )

    def _erasure_step(self):
        """Do one place; after the last one look once more, then go to the files."""
        line = self.line_ids.filtered(lambda line: line.state == "planned")[:1]
        if line:
            self._erase_line(line)
        elif not self.swept:
            self._sweep_again()
        elif self.failed_count:
            self.erasure_state = "paused"
        else:
            self.write({"erasure_state": "files", "integrity_after": self._integrity()})

    def _erase_line(self, line):
        """Do one place in a savepoint; mark it as done, or as failed with the reason."""
        identity = self._identity()
        engine = self.env["crm.privacy.erasure"].sudo()
        place, ids = line.location_id, line.res_ids or []
        try:
            with self.env.cr.savepoint():
                changed = engine._apply(
                    place, line.scope, line.action, ids, identity, Redactor(identity)
                )
            line.write({"state": "done", "changed_count": changed})
        except psycopg2.OperationalError:
            # the server, or another transaction: the next run does it again
            raise
        except Exception as error:  # noqa: BLE001  whatever a place or an addon raises
            _logger.info("Erasure %s failed at %s: %s", self.name, line.name, type(error).__name__)
            line.write({"state": "failed", "error": engine._safe_message(error)})
        self.env.invalidate_all()

    def _sweep_again(self):
        """Add what came since the plan, or what only shows now that other rows are gone.

        Texts of large tables are left to the search of everything that follows.
        """
        self.env.invalidate_all()
        found = self.env["crm.privacy.erasure"].sudo()._survey(self._identity())
        known = {}
        for line in self.line_ids.filtered(lambda line: line.state in ("kept", "open")):
            key = (line.location_id, line.scope, line.action)
            known.setdefault(key, set()).update(line.res_ids or ())
        self._add_lines(
            [
                item
                for item in found
                if not item.waiting
                and not set(item.ids) <= known.get((item.place, item.scope, item.action), set())
            ]
        )
        self.swept = True

    # ------------------------------------------------------------
    # Background
    # ------------------------------------------------------------

    @api.model
    def _cron_erase(self):
        """Go on with plans that search, erasures that run, and files that wait."""
        requests = self.search([("erasure_state", "in", BUSY)], order="id")
        for request in requests:
            while request.exists() and request.erasure_state in BUSY:
                request._background_step()
                time_left = self.env["ir.cron"]._commit_progress(
                    1, remaining=requests._remaining_steps()
                )
                if not time_left:
                    return

    def _background_step(self):
        if self.erasure_state == "searching":
            self._search_step()
        elif self.erasure_state == "running":
            self._erasure_step()
        else:
            self._delete_files()

    def _remaining_steps(self):
        busy = self.exists().filtered(lambda request: request.erasure_state in BUSY)
        waiting = busy.line_ids.filtered(lambda line: line.state in ("planned", "search"))
        return len(waiting) + len(busy)

    def _delete_files(self):
        """Delete the files that no attachment uses any more; the erasure itself is done."""
        self.env["ir.attachment"].sudo()._gc_file_store()
        self.write({"erasure_state": "erased", "erased_at": fields.Datetime.now()})
        self._after_erasure()

    def _after_erasure(self):
        """Do what follows an erasure; the scan for what is left adds itself here."""
