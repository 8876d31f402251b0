import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..consent import signed_link

_logger = logging.getLogger(__name__)


class CrmPrivacyRequest(models.Model):
    """Access and portability: the copy of the data, made in the background.

    What does the officer do?
        Starts it, looks into the copy when it is ready, because no program finds everything
        that concerns other people, and delivers it. Only then the person gets the link.
    What if the server dies in the middle?
        The parts that are done stay done.
    How long is it there?
        Some days (setting) from the delivery; then the file is deleted and the link is worth
        nothing. Each download is counted.
    """

    _inherit = "crm.privacy.request"

    ARCHIVE = "request_archive"

    part_ids = fields.One2many("crm.privacy.request.part", "request_id", "Parts of the Copy")
    copy_state = fields.Selection(
        [
            ("running", "Being made"),
            ("failed", "Interrupted"),
            ("ready", "Ready to be checked"),
            ("delivered", "Delivered"),
            ("deleted", "Deleted"),
        ],
        "Copy of the Data",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    copy_progress = fields.Integer(compute="_compute_copy_progress")
    copy_error = fields.Text(readonly=True, copy=False)
    archive_id = fields.Many2one("ir.attachment", readonly=True, copy=False, ondelete="set null")
    archive_expires_at = fields.Datetime("Available Until", readonly=True, copy=False)
    archive_downloads = fields.Integer("Downloads", readonly=True, copy=False)
    archive_url = fields.Char(
        compute="_compute_archive_url",
        groups="crm_lifecycle.group_privacy_officer",
        export_string_translation=False,
    )

    @api.depends("part_ids.state", "copy_state")
    def _compute_copy_progress(self):
        for request in self:
            parts = request.part_ids
            done = len(parts.filtered(lambda part: part.state != "todo"))
            finished = request.copy_state in ("ready", "delivered", "deleted")
            # the last step puts the parts together
            request.copy_progress = 100 if finished else 95 * done // max(len(parts), 1)

    def _compute_archive_url(self):
        for request in self:
            payload = {"request": request.id, "address": request._address_mark()}
            payload["archive"] = request.archive_id.id
            hours = 24 * request.company_id.privacy_archive_days
            token = signed_link._sign(self.env, self.ARCHIVE, payload, hours)
            request.archive_url = f"{request.get_base_url()}/privacy/request/archive/{token}"

    # ------------------------------------------------------------
    # Making it
    # ------------------------------------------------------------

    def _run_access(self):
        """Begin to copy the data; it goes on in the background."""
        return self._begin_copy()

    def _run_portability(self):
        """Begin to copy the data that the person provided; it goes on in the background."""
        return self._begin_copy()

    def _begin_copy(self):
        """List the parts of the copy, and wake the job that makes them."""
        self.ensure_one()
        places = self._export_places()
        self.part_ids.sudo().unlink()
        self.env["crm.privacy.request.part"].sudo().create(
            [
                {"request_id": self.id, "model": model, "subject": found[0].subject}
                for model, found in places.items()
            ]
        )
        self._start_copy()
        return False

    def _export_places(self):
        """Give the places of the copy by model."""
        places = self.env["crm.privacy.location"].sudo()
        if not places.search_count([("id", "!=", False)], limit=1):
            places._discover()
        return places._export_places(provided_only=self.type == "portability")

    def _start_copy(self):
        """Wake the job."""
        self.sudo().write({"copy_state": "running", "copy_error": False})
        self.env.ref("crm_lifecycle.ir_cron_privacy_copy").sudo()._trigger()

    @api.model
    def _cron_copy(self):
        """Make the copies that were started, step by step."""
        progress = self.env["ir.cron"]._commit_progress
        while True:
            request = self.search([("copy_state", "=", "running")], limit=1, order="run_at, id")
            if not request or not request.try_lock_for_update():
                return
            todo = request.part_ids.filtered(lambda part: part.state == "todo")
            request._copy_step(todo[:1])
            if not progress(1, remaining=self.search_count([("copy_state", "=", "running")])):
                return

    def _copy_step(self, part):
        """Read the next rows of a part, or put the parts together when all are read."""
        try:
            with self.env.cr.savepoint():
                if part:
                    part._read_step()
                else:
                    self._complete_copy()
        except Exception as error:  # noqa: BLE001 - whatever a model of any addon raises
            _logger.info("Copy of data, request %s: %s", self.id, type(error).__name__)
            self.env.invalidate_all()
            self._note_failure(part, error)

    def _note_failure(self, part, error):
        """Say which part failed and why; the others go on."""
        if part:
            part.write({"state": "failed", "error": f"{type(error).__name__}: {error}"[:500]})
        else:
            self.write({"copy_state": "failed", "copy_error": f"{error}"[:500]})

    def _complete_copy(self):
        """Put the parts together, unless one of them failed."""
        failed = self.part_ids.filtered(lambda part: part.state == "failed")
        if failed:
            self.write(
                {
                    "copy_state": "failed",
                    "copy_error": self.env._(
                        "Some parts could not be read: %(parts)s. Try them again.",
                        parts=", ".join(failed.mapped("label")),
                    ),
                }
            )
            return
        archive = self._make_archive()
        self.part_ids.unlink()
        self.write({"copy_state": "ready", "archive_id": archive.id})
        self._tell_officer_ready()

    def _tell_officer_ready(self):
        """Ask who answers to look into the copy."""
        self.activity_schedule(
            "crm_lifecycle.mail_activity_type_privacy_copy",
            date_deadline=self.deadline,
            user_id=(self.user_id or self._officer(self.company_id)).id,
            summary=self.env._("Check the copy of the data, then deliver it"),
        )

    def action_retry_copy(self):
        """Try again what failed; other copies stay as they are."""
        self.check_access("write")
        failed = self.filtered(lambda request: request.copy_state == "failed")
        parts = failed.part_ids.sudo().filtered(lambda part: part.state == "failed")
        parts.write({"state": "todo", "error": False})
        if failed:
            failed._start_copy()

    # ------------------------------------------------------------
    # Delivering it
    # ------------------------------------------------------------

    def action_open_archive(self):
        """Download the copy, to look whether it has data of other people."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.archive_id.id}?download=true",
            "target": "download",
        }

    def action_deliver(self):
        """Send the person the link, and close the request."""
        self.check_access("write")
        for request in self:
            if request.state != "approved" or request.copy_state != "ready":
                raise UserError(
                    self.env._(
                        "The copy of %(name)s is not ready to be delivered.", name=request.name
                    )
                )
            days = request.company_id.privacy_archive_days
            expires = fields.Datetime.now() + relativedelta(days=days)
            request.sudo().write({"copy_state": "delivered", "archive_expires_at": expires})
        self.activity_unlink(["crm_lifecycle.mail_activity_type_privacy_copy"])
        self._finish()

    def _send_finished(self):
        """Send the link instead of the general answer."""
        copies = self.filtered(lambda request: request.copy_state == "delivered")
        copies._send("archive")
        return super(CrmPrivacyRequest, self - copies)._send_finished()

    def _may_download(self, payload):
        """Tell whether the file of a link is still there."""
        same = self.archive_id and self.archive_id.id == payload.get("archive")
        in_time = self.archive_expires_at and self.archive_expires_at > fields.Datetime.now()
        return bool(same and in_time and self.copy_state == "delivered")

    def _download(self):
        """Give the file, and count the download."""
        self.archive_downloads += 1
        self.message_post(
            body=self.env._("The person has downloaded the copy of the data."),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
        return self.archive_id.raw

    @api.autovacuum
    def _gc_archives(self):
        """Delete the copies whose time is over."""
        expired = self.sudo().search(
            [("copy_state", "=", "delivered"), ("archive_expires_at", "<=", fields.Datetime.now())]
        )
        expired.archive_id.unlink()
        expired.write({"copy_state": "deleted"})
