from odoo import fields, models
from odoo.exceptions import UserError

from . import journal, secret
from .redaction import Redactor


class CrmPrivacyRequest(models.Model):
    """What is written before an erasure begins, and how it is closed.

    What is written before?
        The line of the journal, which lies outside of the database.
    What happens at the end?
        The register gets its entry, the addresses their fingerprints, the person the last mail,
        and then the values are forgotten: request, letters, list of records.
    Who is told?
        The person, once, that it is done: it is the last use of the address. An erasure that is
        only repeated after a restored backup tells nobody.
    """

    _inherit = "crm.privacy.request"

    entry_ids = fields.One2many("crm.privacy.erasure.entry", "request_id", "Register")
    journal_at = fields.Datetime("In the Journal Since", readonly=True, copy=False)
    replay_of = fields.Char(
        "Repeats", readonly=True, copy=False, help="The erasure that was lost with a backup."
    )

    def action_print_erasure(self):
        """Print what was deleted and what is kept."""
        self.ensure_one()
        return self.entry_ids[:1].action_print()

    # ------------------------------------------------------------
    # Before
    # ------------------------------------------------------------

    def _run_erasure(self):
        """Write the journal before anything is erased."""
        self.ensure_one()
        self._check_planned()
        self._write_journal()
        return super()._run_erasure()

    def _write_journal(self):
        """Note outside of the database that this person is erased, before anything is."""
        self._freeze_identity()
        if self.sudo().journal_at:
            return
        now = fields.Datetime.now()
        try:
            journal.append(self.env, self._journal_entry(now))
        except OSError as error:
            raise UserError(
                self.env._(
                    "The journal of erasures cannot be written, so nothing was erased: after a"
                    " restored backup nobody would know of it. Ask your administrator to make its"
                    " folder writable (%(reason)s).",
                    reason=error.strerror,
                )
            ) from error
        self.sudo().journal_at = now

    def _journal_entry(self, now):
        """Give what the journal keeps: no value, only fingerprints and numbers of records."""
        identity = self._identity()
        return {
            "request": self.name,
            "type": "erasure",
            "date": fields.Datetime.to_string(now),
            "company": self.company_id.id,
            "fingerprints": self._fingerprints(identity),
            "records": self.env["crm.privacy.replay"]._marks(identity),
        }

    def _fingerprints(self, identity):
        """Give the sorted fingerprints of the addresses of an identity."""
        found = [("email", email) for email in identity.emails]
        found += [("phone", phone) for phone in identity.phones if phone.startswith("+")]
        return sorted({secret.fingerprint(kind, value) for kind, value in found})

    # ------------------------------------------------------------
    # At the end
    # ------------------------------------------------------------

    def _close_erasure(self, scan):
        """Write the register, remember the fingerprints, close, and forget the values."""
        identity = self._identity()
        self._write_entry(identity, scan)
        self.env["crm.privacy.suppression"].sudo()._add(identity.emails, identity.phones, self)
        self._finish()
        self._send_last_mails()
        self._forget_erased(scan)

    def _write_entry(self, identity, scan):
        """Add the erasure to the register, without the data."""
        return (
            self.env["crm.privacy.erasure.entry"]
            .sudo()
            .create(
                {
                    "name": self.name,
                    "request_id": self.id,
                    "company_id": self.company_id.id,
                    "date": self.run_at or fields.Datetime.now(),
                    "user_id": (self.user_id or self.planned_by_id).id,
                    "approved_by_id": self.approved_by_id.id,
                    "received_date": self.received_at,
                    "scan_date": fields.Datetime.now(),
                    "scanned_count": scan.part_count,
                    "other_count": scan.other_count,
                    "fingerprints": self._fingerprints(identity),
                    "line_ids": self._entry_lines(),
                }
            )
        )

    def _entry_lines(self):
        """Give the lines of the register from those of the plan, in words and numbers."""
        lines = self.sudo().line_ids.filtered(lambda line: line.state in ("done", "kept"))
        return [
            fields.Command.create(
                {
                    "place": line.name,
                    "action": line.action,
                    "record_count": line.record_count
                    if line.state == "kept"
                    else line.changed_count,
                    "reason": line.reason if line.state == "kept" else False,
                    "article": line.article,
                    "keep_until": line.keep_until,
                }
            )
            for line in lines
            if line.state == "kept" or line.changed_count
        ]

    def _send(self, code):
        """Write to nobody when an erasure is only repeated: the person was told then."""
        return super(CrmPrivacyRequest, self.filtered(lambda request: not request.replay_of))._send(
            code
        )

    def _send_last_mails(self):
        """Let the mails to the person leave now: in a moment the address is forgotten."""
        domain = [("model", "=", self._name), ("res_id", "in", self.ids)]
        mails = self.env["mail.mail"].sudo().search([*domain, ("state", "=", "outgoing")])
        mails.send(auto_commit=False, raise_exception=False)
        failed = mails.exists().filtered(lambda mail: mail.state == "exception")
        if failed:
            self.sudo().message_post(
                body=self.env._(
                    "The last e-mail to the person could not be sent. The address is forgotten"
                    " now: tell the person in another way, if there is one."
                )
            )

    def _forget_erased(self, scan):
        """Forget who it was: the values of the request, the list of records, the hits."""
        self._help_activities().unlink()
        self._forget_mails()
        self._strike_out()
        self._forget_identity()
        scan.sudo().hit_ids.filtered(lambda hit: hit.verdict == "other").write({"note": False})
        self.sudo().write(
            {
                "partner_id": False,
                "lead_id": False,
                "verification_note": False,
            }
        )

    def _strike_out(self):
        """Strike the person out of what the officer wrote into the request."""
        redactor = Redactor(self._identity())
        self.env.flush_all()
        self.env["crm.privacy.erasure"].sudo()._redact_rows(self._name, self.ids, redactor)
        self.env.invalidate_all(flush=False)
