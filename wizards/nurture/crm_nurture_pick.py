from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...models.settings.notification import CLOSE, CLOSE_AND_RELOAD, notification

MODELS = ("res.partner", "crm.lead")


class CrmNurturePick(models.TransientModel):
    """Lets the records selected in a list, or shown in a form, or of a segment, into a sequence.

    Which records?
        Those ticked; when all pages of a list were selected, all that its filter finds. Of a
        segment: its members. In any case only those that the user may see. Of a sequence: all
        whom it is for, as its owner sees them.
    Who is left out?
        Who is inside already or was and may not come again; who would have to leave at once.
    """

    _name = "crm.nurture.pick"
    _description = "Add to a Sequence"

    model = fields.Char(
        default=lambda self: self._people_model()._name, export_string_translation=False
    )
    sequence_id = fields.Many2one(
        "crm.nurture.sequence",
        required=True,
        domain="[('model', '=', model), ('state', '=', 'running')]",
        ondelete="cascade",
    )
    selected_count = fields.Integer("Selected", compute="_compute_counts")
    inside_count = fields.Integer("Inside Already", compute="_compute_counts")
    is_whole = fields.Boolean(compute="_compute_is_whole", export_string_translation=False)
    newcomer_count = fields.Integer("Come In", compute="_compute_newcomer_count")
    words = fields.Char("Who", compute="_compute_words")

    @api.model
    def _open(self, name, record, **context):
        """Ask for the people of a segment, or of a sequence.

        :param str name: of the dialog
        :param context: what the dialog begins with
        """
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": record._name, "active_id": record.id, **context},
        }

    @api.depends("sequence_id")
    def _compute_counts(self):
        people = self._people_domain()
        model = self._people_model()
        for pick in self:
            pick.selected_count = model.search_count(people)
            subject = pick.sequence_id._subject()
            pick.inside_count = pick.sequence_id and self.env[
                "crm.nurture.enrollment"
            ].search_count(
                [
                    ("sequence_id", "=", pick.sequence_id.id),
                    ("left_at", "=", False),
                    (subject, "any", people),
                ]
            )

    @api.depends_context("active_model")
    def _compute_is_whole(self):
        self.is_whole = bool(self._source("crm.nurture.sequence"))

    @api.depends("sequence_id", "is_whole")
    def _compute_newcomer_count(self):
        for pick in self:
            whole = pick.is_whole and pick.sequence_id.has_access("write")
            pick.newcomer_count = pick.sequence_id._count_newcomers() if whole else 0

    @api.depends("is_whole", "sequence_id", "selected_count", "inside_count", "newcomer_count")
    def _compute_words(self):
        for pick in self:
            pick.words = " ".join(pick._whole_words() if pick.is_whole else pick._selected_words())

    def _whole_words(self):
        """Say for whom the sequence is, and how many of them come in."""
        sequence, count = self.sequence_id, self.newcomer_count
        people = sequence._who_people_words(sequence.model, self.selected_count)
        yield self.env._("The sequence is for %(people)s.", people=people)
        if not count:
            yield self.env._("Nobody can come in now.")
        elif count == self.selected_count:
            yield self.env._("Everybody comes in now.")
        elif count == 1:
            yield self.env._("One of them comes in now.")
        else:
            number = sequence._who_number(count)
            yield self.env._("%(count)s of them come in now.", count=number)
        if count < self.selected_count:
            yield self.env._(
                "Who is inside, may not come in again or would leave at once is left out."
            )

    def _selected_words(self):
        """Say how many are selected, and how many of them are inside already."""
        sequences = self.env["crm.nurture.sequence"]
        people = sequences._who_people_words(self._people_model()._name, self.selected_count)
        yield self.env._("Selected: %(people)s.", people=people)
        if self.inside_count:
            number = sequences._who_number(self.inside_count)
            yield self.env._(
                "In the sequence already: %(count)s; nothing changes for them.", count=number
            )

    @api.model
    def _source(self, model):
        """Give the segment or sequence whose people they are; None for records of a list."""
        if self.env.context.get("active_model") != model:
            return None
        return self.env[model].browse(self.env.context.get("active_id")).exists()

    @api.model
    def _people_model(self):
        source = self._source("crm.segment") or self._source("crm.nurture.sequence")
        name = source.model if source else self.env.context.get("active_model")
        if name not in MODELS:
            raise UserError(self.env._("Select contacts or leads in a list first."))
        return self.env[name]

    @api.model
    def _people_domain(self):
        """Give the domain of the people: the list's own if too many are selected."""
        segment = self._source("crm.segment")
        if segment:
            return segment._members_domain()
        sequence = self._source("crm.nurture.sequence")
        if sequence:
            return Domain("id", "in", sequence._audience())
        ids = self.env.context.get("active_ids", [])
        everything = self.env.context.get("active_domain")
        limit = self.env["ir.config_parameter"].sudo().get_param("web.active_ids_limit", 20000)
        if everything is None or len(ids) < int(limit):
            return Domain("id", "in", ids)
        return Domain(everything)

    def action_apply(self):
        """Let the people in, and say how many came and how many were left out."""
        self.ensure_one()
        if self.is_whole:
            return self._apply_whole()
        people = self._people_model()
        if self.sequence_id.model != people._name:
            raise UserError(
                self.env._("“%s” is not for these records.", self.sequence_id.display_name)
            )
        query = people._search(self._people_domain())
        now = SQL("%s::timestamp", fields.Datetime.now())
        rows = query.select(SQL.identifier(query.table, "id"), now)
        count = self.sequence_id._enroll_query(rows)
        return self._told(count, self.selected_count - count)

    def _apply_whole(self):
        sequence = self._source("crm.nurture.sequence")
        sequence.check_access("write")
        if sequence != self.sequence_id:
            raise UserError(self.env._("Open the sequence again, then let all in."))
        return self._told(sequence._enroll_audience(), 0)

    def _told(self, count, left_out):
        name = self.sequence_id.name
        message = self.env._("%(count)s came into “%(name)s”.", count=count, name=name)
        if left_out > 0:
            message += " " + self.env._(
                "Left out: %(count)s (inside already, not allowed to come again, or at the goal"
                " already).",
                count=left_out,
            )
        then = CLOSE_AND_RELOAD if self.is_whole else CLOSE
        return notification(message, "success" if count else "warning", then)
