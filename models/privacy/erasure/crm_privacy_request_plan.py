from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_privacy_erasure_text import WINDOW

# Nothing is sent any more before anything else happens; accounts are closed before they are
# emptied; the rest in the order of the survey.
FIRST = ("mail.mail", "sms.sms", "mail.scheduled.message", "snailmail.letter", "mail.push")


class CrmPrivacyRequest(models.Model):
    """The plan of an erasure: what will be done, with counts, before anything happens.

    What must be known before?
        Who the person is: the officer has confirmed the records.
    How long does it take?
        What links to the person is found by indexes. Texts of small tables are read at once,
        those of large tables in the background: the plan is ready when the last one is read.
    Who approves it?
        Somebody else than who made the plan, if the company wants a second person.
    Can the plan be made again?
        Until the erasure begins; an approval is then needed again.
    """

    _inherit = "crm.privacy.request"

    line_ids = fields.One2many("crm.privacy.request.line", "request_id", "Plan", copy=False)
    erasure_state = fields.Selection(
        [
            ("searching", "Searching"),
            ("planned", "Planned"),
            ("running", "Erasing"),
            ("paused", "Stopped"),
            ("files", "Deleting Files"),
            ("erased", "Erased"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    planned_at = fields.Datetime("Planned On", readonly=True, copy=False)
    planned_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    second_person = fields.Boolean(related="company_id.privacy_second_person")
    place_count = fields.Integer("Places", compute="_compute_plan_counts")
    delete_count = fields.Integer("Delete", compute="_compute_plan_counts")
    blank_count = fields.Integer("Blank or Replace", compute="_compute_plan_counts")
    redact_count = fields.Integer("Strike Out", compute="_compute_plan_counts")
    detach_count = fields.Integer("Detach", compute="_compute_plan_counts")
    keep_count = fields.Integer("Keep", compute="_compute_plan_counts")
    open_count = fields.Integer("To Look At", compute="_compute_plan_counts")
    unclassified_count = fields.Integer("To Classify", compute="_compute_plan_counts")
    done_count = fields.Integer("Places Dealt With", compute="_compute_plan_counts")
    failed_count = fields.Integer("Failed", compute="_compute_plan_counts")

    @api.depends("line_ids.action", "line_ids.state")
    def _compute_plan_counts(self):
        for request in self:
            lines = request.line_ids
            actions, states = lines.mapped("action"), lines.mapped("state")
            request.place_count = len(lines)
            request.delete_count = actions.count("delete")
            request.blank_count = actions.count("blank") + actions.count("constant")
            request.redact_count = actions.count("redact")
            request.detach_count = actions.count("detach")
            request.keep_count = actions.count("keep")
            request.open_count = actions.count("report")
            request.unclassified_count = actions.count("unclassified")
            request.done_count = len(lines) - states.count("planned") - states.count("search")
            request.failed_count = states.count("failed")

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_plan(self):
        """Find everything of the person and say what will be done with it; change nothing."""
        self.check_access("write")
        for request in self:
            request._check_state("new", "verified", "approved")
            request._check_can_plan()
            request._plan()

    def action_open_lines(self):
        """Open the places of the plan, those of one kind if the button says so."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_privacy_request_line_action"
        )
        chosen = self.env.context.get("plan_filter")
        return {
            **action,
            "domain": [("request_id", "=", self.id)],
            "context": {f"search_default_{chosen}": 1} if chosen else {},
        }

    def _check_can_plan(self):
        """Refuse a plan that would be about the wrong person, or too late.

        :raise UserError: says what is missing
        """
        self.ensure_one()
        if self.type != "erasure":
            raise UserError(self.env._("Only an erasure has a plan."))
        if self.erasure_state in ("running", "paused", "files", "erased"):
            raise UserError(self.env._("The erasure has begun: its plan cannot be made again."))
        if not self.identity_at:
            raise UserError(
                self.env._("Confirm first who the person is: see “Identity” of %s.", self.name)
            )
        self._check_erasable()

    def _check_erasable(self):
        """Refuse to erase those who are not customers or prospects.

        :raise UserError: a record is an employee's or one of the own companies
        """
        identity = self._identity_records()
        users = self.env["res.users"].sudo().browse(identity.user_ids)
        if internal := users.filtered(lambda user: user.active and not user.share):
            raise UserError(
                self.env._(
                    "%(name)s is an active employee of yours. Archive the account first.",
                    name=internal[0].name,
                )
            )
        company = self.env["res.company"].sudo().with_context(active_test=False)
        if own := company.search([("partner_id", "in", list(identity.partner_ids))], limit=1):
            raise UserError(
                self.env._("%(name)s is one of your own companies.", name=own.display_name)
            )

    # ------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------

    def _plan(self):
        """Fill the lines; go on in the background with the texts of large tables."""
        self.env["crm.privacy.location"]._discover()
        found = self.env["crm.privacy.erasure"].sudo()._survey(self._identity())
        own = self.sudo()
        own.line_ids.unlink()
        own._add_lines(found)
        waiting = any(item.waiting for item in found)
        own.write(
            {
                "erasure_state": "searching" if waiting else "planned",
                "planned_at": fields.Datetime.now(),
                "planned_by_id": self.env.uid,
            }
        )
        if own.state == "approved":
            own.write({"state": "verified", "approved_at": False, "approved_by_id": False})
        if waiting:
            self._trigger_erasure()

    def _add_lines(self, found):
        """Add a line for each Found, in the order in which they will be done."""
        lines = self.env["crm.privacy.request.line"]
        ordered = sorted(found, key=lambda item: item.place.model not in FIRST)
        lines.create(
            [
                {**lines._values_of(item, sequence), "request_id": self.id}
                for sequence, item in enumerate(ordered, len(self.line_ids))
            ]
        )

    def _check_approval(self):
        """Let an erasure be approved with a plan only, and by a second person."""
        result = super()._check_approval()
        for request in self.filtered(lambda request: request.type == "erasure"):
            if request.erasure_state != "planned":
                raise UserError(
                    self.env._(
                        "Make the plan of %(name)s first, and wait until it is ready: who approves"
                        " must see what will be erased.",
                        name=request.name,
                    )
                )
            if request.second_person and request.planned_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You made the plan of %(name)s: a second person has to approve it.",
                        name=request.name,
                    )
                )
        return result

    def _trigger_erasure(self):
        self.env.ref("crm_lifecycle.ir_cron_crm_privacy_erasure").sudo()._trigger()

    # ------------------------------------------------------------
    # Texts of large tables
    # ------------------------------------------------------------

    def _search_step(self):
        """Read the next rows of a large table; the plan is ready after the last one."""
        line = self.line_ids.filtered(lambda line: line.state == "search")[:1]
        if not line:
            self.erasure_state = "planned"
            if self.automatic:
                self._run_automatic()
            return
        engine = self.env["crm.privacy.erasure"].sudo()
        last = engine._last_id(line.res_model)
        window = (line.searched_id + 1, line.searched_id + WINDOW)
        identity = self._identity()
        self._add_found(line, engine._search_window(line.res_model, identity, window))
        if window[1] >= last:
            line.unlink()
        else:
            line.searched_id = window[1]

    def _add_found(self, line, found):
        """Add what was found in a piece of a large table to the lines of its places."""
        for item in found:
            planned = self.line_ids.filtered(lambda other: other.state != "search")
            same = planned.filtered(
                lambda other, item=item: (
                    (other.location_id, other.scope, other.action)
                    == (item.place, item.scope, item.action)
                    and (other.keep_until or None) == item.until
                )
            )
            if same:
                ids = sorted({*same[0].res_ids, *item.ids})
                same[0].write({"res_ids": ids, "record_count": len(ids)})
            else:
                self._add_lines([item])
