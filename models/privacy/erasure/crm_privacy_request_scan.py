from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_privacy_scan import OPEN
from .search import Search


class CrmPrivacyRequest(models.Model):
    """How an erasure is closed: only after a search of everything has found nothing else.

    What happens after the run?
        The whole database and all files are searched in the background. If all that is found is
        kept by law, the erasure closes itself; otherwise it stays open and says what to do.
    What is left over?
        What no line of the plan keeps; and each place of the plan that nobody has classified,
        even if it has a link to the person only, which no search of texts finds.
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

    # ------------------------------------------------------------
    # Around the run
    # ------------------------------------------------------------

    def _after_erasure(self):
        """Search what is left, before the request is closed."""
        result = super()._after_erasure()
        self._start_scan()
        return result

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
