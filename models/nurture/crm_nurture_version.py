from odoo import api, fields, models
from odoo.exceptions import UserError

from .path import Node, Path


class CrmNurtureVersion(models.Model):
    """The steps of a sequence at one time.

    Which states are there?
        A draft is edited; published it lets people in and never changes again; retired it still
        serves those who are inside.
    What happens to a published version?
        Nothing, ever: figures and the past of people refer to it. An edit copies it to a draft.
    """

    _name = "crm.nurture.version"
    _description = "Version of a Sequence"
    _order = "sequence_id, number desc"

    sequence_id = fields.Many2one(
        "crm.nurture.sequence", required=True, ondelete="cascade", index=True
    )
    number = fields.Integer("Version Number", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        copy=False,
        readonly=True,
    )
    step_ids = fields.One2many("crm.nurture.step", "version_id", "Steps")
    published_at = fields.Datetime("Published on", readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _one_draft = models.UniqueIndex(
        "(sequence_id) WHERE state = 'draft'", "A sequence has one draft at a time."
    )

    @api.depends("sequence_id.name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(sequence)s, version %(number)s",
                sequence=version.sequence_id.name,
                number=version.number,
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Number the versions of each sequence."""
        versions = super().create(vals_list)
        for version in versions:
            numbers = version.sudo().sequence_id.version_ids.mapped("number")
            version.sudo().number = max(numbers, default=0) + 1
        return versions

    def _publish(self):
        """Freeze it; the version before serves only those who are inside."""
        self.ensure_one()
        if not self.step_ids:
            raise UserError(
                self.env._("“%s” has no steps yet: add the first one.", self.sequence_id.name)
            )
        self.step_ids._check_complete()
        self.check_access("write")
        self.sequence_id.sudo().version_id.state = "retired"
        self.sudo().write(
            {
                "state": "published",
                "published_at": fields.Datetime.now(),
                "published_by_id": self.env.user.id,
            }
        )

    def _path(self):
        """Give the way through the steps."""
        return Path(
            Node(step.id, step.parent_id.id or None, step.branch or None, step.sequence)
            for step in self.step_ids
        )
