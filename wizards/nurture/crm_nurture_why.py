from markupsafe import Markup

from odoo import api, fields, models

from ...models.nurture.crm_nurture_sequence import MODELS


class CrmNurtureWhy(models.TransientModel):
    """Says why one lead or contact is in a sequence, is not in it, or waits.

    From where is it asked?
        From a sequence, about a person to be chosen; from a person, about a sequence.
    What is shown?
        The rule that decides; below it what else holds, and what would keep messages back.
    """

    _name = "crm.nurture.why"
    _description = "Why Somebody Is in a Sequence or Not"
    _rec_name = "sequence_id"

    model = fields.Selection(MODELS, compute="_compute_model", store=True, readonly=False)
    sequence_id = fields.Many2one(
        "crm.nurture.sequence",
        domain="[('model', '=', model), ('is_ready', '=', False)]",
        ondelete="cascade",
    )
    lead_id = fields.Many2one("crm.lead", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Contact", ondelete="cascade")
    asks_person = fields.Boolean(readonly=True, export_string_translation=False)
    # the answer
    group = fields.Selection(
        [("inside", "Inside"), ("ready", "May come in"), ("out", "Left out")],
        compute="_compute_answer",
    )
    text = fields.Char("Answer", compute="_compute_answer")
    notice = fields.Char(compute="_compute_answer")
    also = fields.Html("Other rules that apply", compute="_compute_answer", sanitize=False)
    messages = fields.Html(compute="_compute_answer", sanitize=False)

    @api.model
    def _open(self, context):
        """Open the question."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why?"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {**context, "default_asks_person": "default_sequence_id" in context},
        }

    @api.depends("sequence_id")
    def _compute_model(self):
        for why in self:
            why.model = why.sequence_id.model or why.model or "crm.lead"

    @api.depends("sequence_id", "lead_id", "partner_id")
    def _compute_answer(self):
        for why in self:
            person = why.lead_id if why.model == "crm.lead" else why.partner_id
            answer = {}
            if why.sequence_id and person:
                answer = why.sequence_id._origin._why(person._origin)
            why.group = answer.get("group")
            why.text = answer.get("text")
            why.notice = answer.get("notice")
            why.also = self._list(answer.get("also"))
            why.messages = self._list(answer.get("messages"))

    @api.model
    def _list(self, sentences):
        """Give sentences below each other."""
        items = Markup().join(Markup("<li>%s</li>") % sentence for sentence in sentences or ())
        return items and Markup('<ul class="mb-0">%s</ul>') % items

    def action_open_enrollment(self):
        """Open the place of the person in the sequence."""
        self.ensure_one()
        person = self.lead_id if self.model == "crm.lead" else self.partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.sequence_id.name,
            "res_model": "crm.nurture.enrollment",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("sequence_id", "=", self.sequence_id.id),
                (self.sequence_id._subject(), "=", person.id),
            ],
        }
