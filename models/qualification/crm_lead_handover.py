from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_lead import MERGE_TOKEN

ACTIVITY_TYPE = "crm_lifecycle.mail_activity_type_handover"

HANDOVER = frozenset(("handover_state", "handover_date", "handover_deadline", "handover_reminded"))
# Says that a write is one of the steps below. It is an object, so that no RPC call can send it.
STEP_TOKEN = object()

# Read together, and only where somebody asks for one of them: few leads are handed over.
TOGETHER = {"prefetch": "handover", "readonly": True, "copy": False}


class CrmLead(models.Model):
    """Marketing hands a lead over, sales accept or reject it in time.

    What does handing over do?
        The lead becomes an MQL, if it was not further, and waits for an answer of its salesperson
        or team, until so many (working) hours of the team or company are over.
    Who answers?
        Whoever may change the lead. Turning it into an opportunity accepts it, marking it as
        lost rejects it: nobody has to say the same twice.
    What does a rejection do?
        Its reason decides: back to nurturing (stage Lead, no salesperson, not shared out
        again by itself), or junk (lost, with that reason). Nothing is ever deleted.
    And when nobody answers?
        The lead is overdue, see `crm_lead_handover_overdue`.
    Can the state be written or imported?
        No: what is sent for it is ignored. Only the steps change it, so that each is in the
        history.
    """

    _inherit = "crm.lead"

    handover_state = fields.Selection(
        [
            ("waiting", "Waiting for sales"),
            ("accepted", "Accepted by sales"),
            ("rejected", "Rejected by sales"),
        ],
        string="Hand-over",
        **TOGETHER,
    )
    handover_date = fields.Datetime("Handed over on", **TOGETHER)
    handover_deadline = fields.Datetime("Answer until", **TOGETHER)
    handover_reminded = fields.Boolean(**TOGETHER)
    handover_overdue = fields.Boolean(
        "Answer Overdue", compute="_compute_handover_overdue", search="_search_handover_overdue"
    )

    _handover_waiting_idx = models.Index("(handover_deadline) WHERE handover_state = 'waiting'")

    @api.depends("handover_state", "handover_deadline")
    def _compute_handover_overdue(self):
        now = fields.Datetime.now()
        for lead in self:
            waiting = lead.handover_state == "waiting" and lead.handover_deadline
            lead.handover_overdue = bool(waiting) and lead.handover_deadline < now

    @api.model
    def _search_handover_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("handover_state", "=", "waiting") & Domain(
            "handover_deadline", "<", fields.Datetime.now()
        )
        return Domain.OR(overdue if wanted else ~overdue for wanted in value)

    @api.model_create_multi
    def create(self, vals_list):
        """A new lead is not handed over."""
        return super().create([self._handover_allowed(vals) for vals in vals_list])

    def write(self, vals):
        """Take the conversion to an opportunity for an acceptance."""
        vals = self._handover_allowed(vals)
        accepted = self.browse()
        if vals.get("type") == "opportunity":
            accepted = self._handover_waiting().filtered(lambda lead: lead.type == "lead")
        result = super().write(vals)
        accepted._handover_answer("accepted")
        return result

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_hand_over(self):
        """Hand leads over to sales; those that wait already stay as they are."""
        leads = self - self._handover_waiting()
        if not leads:
            raise UserError(self.env._("These leads wait for an answer of sales already."))
        leads._handover_check_receiver()
        stage = self.env.ref("crm_lifecycle.stage_mql", raise_if_not_found=False)
        if stage and stage.active:
            leads._lifecycle_advance(stage, "manual")
        now = fields.Datetime.now()
        for (team, company), group in leads.grouped(
            lambda lead: (lead.team_id, lead.company_id or lead.env.company)
        ).items():
            group._handover_write(
                {
                    "handover_state": "waiting",
                    "handover_date": now,
                    "handover_deadline": team.sudo()._handover_deadline(company.sudo(), now),
                    "handover_reminded": False,
                }
            )
        self.env["crm.qualification.handover"]._append(leads, "handed_over")
        return True

    def action_accept_lead(self):
        """Accept leads that were handed over; who has no salesperson gets the user.

        :raise UserError: a lead does not wait for an answer
        """
        self._handover_check_waiting()
        self._handover_answer("accepted")
        mine = self.filtered(lambda lead: not lead.user_id)
        mine.write({"user_id": self.env.uid})
        return True

    def action_reject_lead(self, reason, note=None):
        """Reject leads that were handed over; the reason says what becomes of them.

        :param reason: a `crm.lost.reason` that has an outcome, or its id
        :param str note: why, in the user's words
        :raise UserError: a lead does not wait for an answer, or the reason is none
        """
        self._handover_check_waiting()
        reason = self._handover_reason(reason)
        self._handover_answer("rejected", reason=reason, note=note)
        if reason.rejection_outcome == "junk":
            self.action_set_lost(lost_reason_id=reason.id)
        else:
            self._handover_nurture(reason, note)
        return True

    def action_set_lost(self, **additional_values):
        """Take a lost lead that waits for an answer for a rejection."""
        waiting = self._handover_waiting()
        reason = self.env["crm.lost.reason"].browse(additional_values.get("lost_reason_id") or [])
        waiting._handover_answer("rejected", reason=reason)
        return super().action_set_lost(**additional_values)

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _handover_allowed(self, vals):
        """Leave out what only the steps may write; the superuser and a merge may, too."""
        if HANDOVER.isdisjoint(vals) or self.env.su:
            return vals
        context = self.env.context
        if context.get("handover_step") is STEP_TOKEN:
            return vals
        if context.get("qualification_merge") is MERGE_TOKEN:
            return vals
        return {name: value for name, value in vals.items() if name not in HANDOVER}

    def _handover_write(self, vals):
        self.with_context(handover_step=STEP_TOKEN).write(vals)

    def _handover_waiting(self):
        return self.filtered(lambda lead: lead.handover_state == "waiting")

    def _handover_check_receiver(self):
        nobody = self.filtered(lambda lead: not lead.user_id and not lead.team_id)
        if nobody:
            raise UserError(
                self.env._(
                    "Nobody would get these leads: %(leads)s.\nChoose a salesperson or a sales"
                    " team for them first.",
                    leads=nobody._handover_names(),
                )
            )

    def _handover_check_waiting(self):
        others = self - self._handover_waiting()
        if others:
            raise UserError(
                self.env._(
                    "These leads do not wait for an answer of sales: %(leads)s.\nPerhaps somebody"
                    " has answered already; reload the page to see it.",
                    leads=others._handover_names(),
                )
            )

    def _handover_names(self):
        """Give the names of leads for a message, not too many."""
        names = self[:5].mapped("display_name") + (["…"] if len(self) > 5 else [])
        return ", ".join(names)

    @api.model
    def _handover_reason(self, reason):
        """Give the record of a reason for which sales may reject.

        :raise UserError: it is none
        """
        reasons = self.env["crm.lost.reason"]
        reason = (reasons.browse(reason) if isinstance(reason, int) else reason or reasons).exists()
        if len(reason) != 1 or not reason.rejection_outcome:
            raise UserError(
                self.env._("Choose a reason that says what becomes of a lead that sales reject.")
            )
        return reason

    def _handover_answer(self, event, reason=None, note=None):
        """Note the answer of sales, and take the reminder back."""
        if not self:
            return
        self.env["crm.qualification.handover"]._append(self, event, reason=reason, note=note)
        self._handover_write({"handover_state": event})
        self.sudo().activity_unlink([ACTIVITY_TYPE])
        body = self._handover_message(event, reason, note)
        self._message_log_batch({lead.id: body for lead in self})

    def _handover_message(self, event, reason, note):
        """Give the words of an answer for the chatter."""
        if event == "accepted":
            return self.env._("Accepted by sales.")
        text = self.env._("Rejected by sales.")
        if reason:
            text = self.env._("Rejected by sales: %(reason)s", reason=reason.name)
        return Markup("%s<br/>%s") % (text, note) if note else text

    def _handover_nurture(self, reason, note):
        """Give rejected leads back to marketing: stage Lead, nobody's."""
        stage = self.env["crm.lifecycle.stage"]._first("lead")
        words = f"{reason.name}: {note}" if note else reason.name
        if stage:
            pursued = self.filtered(lambda lead: lead.lifecycle_kind in ("lead", "prospect"))
            pursued._lifecycle_move(stage, "manual", note=words)
        self.write({"user_id": False})

    def _merge_get_fields_specific(self):
        """Keep the latest hand-over of merged leads, as a whole."""
        return super()._merge_get_fields_specific() | {
            name: lambda fname, leads: leads._handover_latest()[fname]
            for name in (
                "handover_state",
                "handover_date",
                "handover_deadline",
                "handover_reminded",
            )
        }

    def _handover_latest(self):
        """Give the lead that was handed over last, or the first one."""
        handed_over = self.filtered("handover_date")
        return max(handed_over, key=lambda lead: lead.handover_date, default=self[:1])

    def _merge_dependences(self, opportunities):
        """Carry the history of hand-overs over."""
        result = super()._merge_dependences(opportunities)
        self.env["crm.qualification.handover"]._repoint(opportunities.ids, self.id)
        return result
