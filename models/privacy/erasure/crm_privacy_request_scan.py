from odoo import api, fields, models
from odoo.exceptions import UserError

from . import journal, secret
from .crm_privacy_scan import OPEN
from .search import Search


class CrmPrivacyRequest(models.Model):
    """How an erasure is closed: only after a search of everything has found nothing else.

    What happens after the run?
        The whole database and all files are searched in the background. If all that is found is
        kept by law, the erasure closes itself; otherwise it stays open and says what to do.
    What happens at the end?
        The register gets its entry, the addresses their fingerprints, the person the last mail,
        and then the values are forgotten: request, list of records, search.
    """

    _inherit = "crm.privacy.request"

    scan_ids = fields.One2many("crm.privacy.scan", "request_id", "Searches")
    scan_id = fields.Many2one(
        "crm.privacy.scan",
        "Last Search",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    scan_state = fields.Selection(related="scan_id.state", string="Search Is")
    scan_progress = fields.Float(related="scan_id.progress", string="Searched")
    scan_left_count = fields.Integer(compute="_compute_scan_words")
    scan_explained_count = fields.Integer(related="scan_id.explained_count")
    scan_words = fields.Text("What to Do", compute="_compute_scan_words")
    entry_ids = fields.One2many("crm.privacy.erasure.entry", "request_id", "Register")
    journal_at = fields.Datetime("In the Journal Since", readonly=True, copy=False)
    replay_of = fields.Char(
        "Repeats", readonly=True, copy=False, help="The erasure that was lost with a backup."
    )

    @api.depends("scan_id.state", "scan_id.hit_ids.verdict", "line_ids.location_id.action")
    def _compute_scan_words(self):
        for request in self:
            scan = request.scan_id
            ended = scan and scan.state not in OPEN
            request.scan_left_count = scan._blocking_count() if ended else 0
            request.scan_words = request._what_to_do(scan) if ended else False

    def _what_to_do(self, scan):
        """Say what keeps the erasure open, and the way out."""
        words = []
        places = len(self._unclassified_lines())
        if places or scan.unclassified_count:
            words.append(
                self.env._(
                    "%(count)s places that nobody has classified have something of the person."
                    " Decide in “Where data is” what is done there, then erase again.",
                    count=places or scan.unclassified_count,
                )
            )
        if scan.left_count:
            words.append(
                self.env._(
                    "%(count)s left over. Open each one: correct or delete it, or say that it is"
                    " about another person of the same name. Then search again.",
                    count=scan.left_count,
                )
            )
        if scan.failed_count:
            words.append(
                self.env._(
                    "%(count)s tables or folders could not be read. Search again; if that does"
                    " not help, show the list of the parts to your administrator.",
                    count=scan.failed_count,
                )
            )
        return "\n".join(words)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_scan(self):
        """Search everything again for what is left of the person."""
        self._check_state("approved")
        for request in self:
            if not request.sudo().identity_frozen:
                raise UserError(
                    self.env._(
                        "Nothing of %(name)s was erased yet: there is nothing to search for."
                        " Run the erasure first.",
                        name=request.name,
                    )
                )
            request._start_scan()

    def action_erase_again(self):
        """Erase what came to light: after places were classified, or rules were changed."""
        self._check_state("approved")
        for request in self.filtered(lambda request: request.erasure_state == "erased"):
            request.sudo()._erase_rest()
            request._trigger_erasure()

    def action_open_scan_hits(self):
        """Open what the last search found."""
        self.ensure_one()
        return self.scan_id.action_open_hits()

    def action_print_erasure(self):
        """Print what was deleted and what is kept."""
        self.ensure_one()
        return self.entry_ids[:1].action_print()

    # ------------------------------------------------------------
    # Around the run
    # ------------------------------------------------------------

    def _run_erasure(self):
        """Write the journal before anything is erased."""
        self.ensure_one()
        self._check_planned()
        self._write_journal()
        return super()._run_erasure()

    def _after_erasure(self):
        """Search what is left, before the request is closed."""
        super()._after_erasure()
        self._start_scan()

    def _erase_rest(self):
        """Add what is found now to the plan, and let it be erased."""
        self.line_ids.filtered(lambda line: line.state == "open").unlink()
        kept = {
            (line.location_id.id, line.scope): set(line.res_ids or ())
            for line in self.line_ids.filtered(lambda line: line.state == "kept")
        }
        self.env["crm.privacy.location"]._discover()
        found = self.env["crm.privacy.erasure"]._survey(self._identity())
        self._add_lines(
            [
                item
                for item in found
                if item.waiting or not set(item.ids) <= kept.get((item.place.id, item.scope), set())
            ]
        )
        waiting = any(item.waiting for item in found)
        self.write({"erasure_state": "searching" if waiting else "running", "swept": False})

    def _unclassified_lines(self):
        """Give the places of the plan that nobody has classified, even now."""
        return self.sudo().line_ids.filtered(
            lambda line: line.state == "open" and line.location_id.action == "unclassified"
        )

    def _write_journal(self):
        """Note outside of the database that this person is erased, before anything is."""
        self._freeze_identity()
        if self.sudo().journal_at:
            return
        now = fields.Datetime.now()
        journal.append(self.env, self._journal_entry(now))
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

    def _start_scan(self):
        """Begin a new search, instead of those that are not at their end."""
        scans = self.env["crm.privacy.scan"].sudo()
        scans.search([("request_id", "in", self.ids)]).unlink()
        created = scans.create([{"request_id": request.id} for request in self])
        for scan in created:
            scan.request_id.scan_id = scan
        scans._trigger_cron()
        return created

    def _value_search(self):
        """Give the search for the values of the person."""
        identity = self._identity()
        others = [*identity.ibans, *identity.streets]
        return Search(identity.emails, identity.phones, identity.names, others)

    # ------------------------------------------------------------
    # After the search
    # ------------------------------------------------------------

    def _places_of(self, hits):
        """Give a dict of hit -> the values that judge it: verdict, place, article, end date."""
        lines = self._kept_lines()
        locations = self._locations_of(hits)
        return {
            hit: self._judgement(hit, locations.get((hit.res_model, hit.column_name)), lines)
            for hit in hits
        }

    def _own_hits(self, hits):
        """Give the hits in the letters of this request: they go when it is closed."""
        domain = [("model", "=", self._name), ("res_id", "in", self.ids)]
        own = {
            "mail.message": self.env["mail.message"].sudo().search(domain).ids,
            "mail.mail": self.env["mail.mail"].sudo().search(domain).ids,
        }
        return hits.filtered(lambda hit: hit.res_id in own.get(hit.res_model, ()))

    def _locations_of(self, hits):
        """Give a dict of (model, field) -> place of the registry."""
        found = (
            self.env["crm.privacy.location"]
            .sudo()
            .search(
                [
                    ("model", "in", hits.mapped("res_model")),
                    ("field", "in", hits.mapped("column_name")),
                ]
            )
        )
        return {(place.model, place.field): place for place in found}

    def _judgement(self, hit, location, lines):
        """Tell whether the plan explains a hit."""
        line = lines.get((hit.res_model, hit.res_id)) if hit.res_id else None
        if line:
            verdict = "explained"
        elif hit.res_model and (not location or location.action == "unclassified"):
            verdict = "unclassified"
        else:
            verdict = "left"
        return {
            "verdict": verdict,
            "location_id": location.id if location else False,
            "article": line.article if line else False,
            "keep_until": line.keep_until if line else False,
        }

    def _kept_lines(self):
        """Give a dict of (model, id) -> the line of the plan that keeps the record."""
        return {
            (line.res_model, record_id): line
            for line in self.sudo().line_ids.filtered(lambda line: line.state == "kept")
            for record_id in line.res_ids or ()
        }

    def _scan_ended(self, scan):
        """Close the erasure, or tell the officer that it cannot be closed."""
        self.ensure_one()
        if self.state != "approved" or scan.state in OPEN:
            return
        if scan.state == "clean" and not self._unclassified_lines():
            self._close_erasure(scan)
        else:
            self._ask_for_help(scan)

    def _ask_for_help(self, scan):
        """Give the officer one task: the erasure is not complete."""
        if self._help_activities():
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The erasure is not complete"),
            note=self._what_to_do(scan),
            user_id=(self.user_id or self._officer(self.company_id)).id or self.env.uid,
        )

    def _help_activities(self):
        """Give the tasks that ask the officer to complete the erasure."""
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return self.sudo().activity_ids.filtered(
            lambda activity: activity.automated and activity.activity_type_id == kind
        )

    def _send(self, code):
        """Write to nobody when an erasure is only repeated: the person was told then."""
        return super(CrmPrivacyRequest, self.filtered(lambda request: not request.replay_of))._send(
            code
        )

    def _close_erasure(self, scan):
        """Write the register, remember the fingerprints, close, and forget the values."""
        identity = self._identity()
        self._write_entry(identity, scan)
        self.env["crm.privacy.suppression"].sudo()._add(identity.emails, identity.phones, self)
        self._finish()
        self._send_last_mails()
        self._forget_person(scan)

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
                    "user_id": self.user_id.id,
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

    def _forget_person(self, scan):
        """Forget who it was: the values of the request, the list of records, the hits."""
        self._help_activities().unlink()
        self._forget_mails()
        self._forget_identity()
        scan.sudo().hit_ids.filtered(lambda hit: hit.verdict == "other").write({"note": False})
        self.sudo().write(
            {
                "partner_id": False,
                "lead_id": False,
                "verification_note": False,
            }
        )
