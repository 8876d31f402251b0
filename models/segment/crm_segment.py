from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

MODELS = [("res.partner", "Contacts"), ("crm.lead", "Leads and opportunities")]

# What decides who is a member: a change of it brings the members up to date at once.
DECIDING = ("model", "kind", "domain", "user_id", "company_id", "active")


class CrmSegment(models.Model):
    """A named group of contacts or leads.

    Who is a member?
        Dynamic: whoever matches the filter. Static: whoever was put in, by hand from a list.
        Archived records leave both, unless the filter asks for archived ones.
    As whom is the filter evaluated?
        As its owner (`user_id`), with the rights of the owner and in the company of the
        segment. So a filter finds out nothing that its author may not see. Who changes the
        filter becomes its owner; nobody can make somebody else the owner.
    What do the others see?
        The number of members. When they open the members, Odoo's rules for contacts and
        leads decide which of them they see.
    When are the members brought up to date?
        When the filter is saved, by the button, every night, and before a mailing goes out.
    Can a filter use other segments?
        Yes, by the field Segments: "in A and not in B". Those are refreshed first; segments
        that are built on each other in a circle are refused.
    What if the filter stops working?
        Its members stay as they are, `error` says why, and the other segments go on.
    Who may change it?
        Its owner, other marketers if it is shared, and the administrators.
    """

    _name = "crm.segment"
    _description = "Segment"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    model = fields.Selection(MODELS, string="Made of", required=True, default="res.partner")
    kind = fields.Selection(
        [("dynamic", "By a filter"), ("static", "By hand")],
        string="Filled",
        required=True,
        default="dynamic",
    )
    domain = fields.Char("Filter", default="[]", required=True)
    # whose it is
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        index=True,
        copy=False,
        help="The filter finds what this person may see. Who changes the filter becomes the owner.",
    )
    shared = fields.Boolean(default=True, help="Other marketers may change it too.")
    company_id = fields.Many2one(
        "res.company", help="Without a company: the members may be of all companies of the owner."
    )
    # what is known of its members
    member_count = fields.Integer("Number of Members", readonly=True, copy=False)
    refresh_date = fields.Datetime(
        "Last Change",
        readonly=True,
        copy=False,
        help="When somebody entered or left for the last time.",
    )
    error = fields.Text(readonly=True, copy=False)

    @api.constrains("model")
    def _check_model(self):
        for segment in self:
            others = [("segment_id", "=", segment.id), (segment._subject(), "=", False)]
            if self.env["crm.segment.member"].sudo().search_count(others, limit=1):
                raise ValidationError(
                    self.env._(
                        "The segment “%(segment)s” has members, or had some: it stays a segment of"
                        " the same kind of records. Create another segment for the others.",
                        segment=segment.name,
                    )
                )

    @api.constrains("model", "kind", "domain", "user_id", "company_id")
    def _check_domain(self):
        for segment in self.filtered(lambda segment: segment.kind == "dynamic"):
            reason = segment._what_is_wrong()
            if reason:
                raise ValidationError(reason)
        self._check_circles()

    def _check_circles(self):
        """Refuse segments that are built on each other in a circle."""
        _order, circles = self.sudo()._in_order()
        for circle in circles:
            raise ValidationError(self._circle_words(circle))

    @api.model_create_multi
    def create(self, vals_list):
        """Fill new segments at once."""
        for vals in vals_list:
            self._check_owner(vals)
        segments = super().create(vals_list)
        segments.filtered("active")._refresh()
        return segments

    def write(self, vals):
        """Make who changes the filter its owner, and bring the members up to date."""
        self._check_owner(vals)
        if not self.env.su and any(name in vals for name in ("domain", "kind", "model")):
            named = vals.get("user_id") if self.env.is_system() else None
            vals = {**vals, "user_id": named or self.env.uid}
        result = super().write(vals)
        if any(name in vals for name in DECIDING):
            self.filtered("active")._refresh()
        return result

    def copy_data(self, default=None):
        """Name the copy as one."""
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=segment.name)}
            if "name" not in (default or {})
            else vals
            for segment, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """Copy the members of picked lists too."""
        copies = super().copy(default)
        for segment, copy in zip(self, copies, strict=True):
            if copy.kind == "static" and copy.model == segment.model:
                copy.sudo()._add(segment._members_domain())
        return copies

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        every = self.sudo().with_context(active_test=False)
        others = every.search([("id", "not in", self.ids)])
        mailings = every.env["mailing.mailing"].search([("crm_segment_id", "in", self.ids)])
        users = [
            *((other._depends_on() & self, other.name) for other in others),
            *((mailing.crm_segment_id, mailing.subject) for mailing in mailings),
        ]
        for used, user in users:
            if used:
                raise UserError(
                    self.env._(
                        "The segment “%(used)s” cannot be deleted: “%(user)s” uses it. Archive the"
                        " segment instead, or change what uses it first.",
                        used=used[0].name,
                        user=user,
                    )
                )

    @api.model
    def _check_owner(self, vals):
        """Let nobody have a filter evaluated with the rights of somebody else.

        :raise AccessError: another owner than oneself
        """
        owner = vals.get("user_id") or self.env.uid
        if not self.env.su and owner != self.env.uid and not self.env.is_system():
            kept = self and all(segment.user_id.id == owner for segment in self)
            if not kept:
                raise AccessError(
                    self.env._(
                        "You cannot make somebody else the owner of a segment, because its filter"
                        " sees what the owner may see. Ask this person to take it over."
                    )
                )

    def _subject(self):
        """Give the field of a membership that points to the member."""
        return "lead_id" if self.model == "crm.lead" else "partner_id"

    def _members_domain(self):
        """Give the domain of the members, for a search of contacts or leads."""
        return Domain("crm_segment_ids", "in", self.ids)
