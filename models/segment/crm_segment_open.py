from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# the columns of the export, as far as the user may see them
EXPORTED = {
    "res.partner": (
        "complete_name",
        "email",
        "phone",
        "street",
        "zip",
        "city",
        "country_id",
        "lifecycle_stage_id",
        "user_id",
    ),
    "crm.lead": (
        "name",
        "contact_name",
        "partner_name",
        "email_from",
        "phone",
        "zip",
        "city",
        "country_id",
        "lifecycle_stage_id",
        "user_id",
    ),
}


class CrmSegment(models.Model):
    """What a user does with the members: look at them, write to them, take them along."""

    _inherit = "crm.segment"

    mailing_ids = fields.One2many("mailing.mailing", "crm_segment_id")
    mailing_count = fields.Integer("Mailings", compute="_compute_mailing_count")

    def _compute_mailing_count(self):
        mailings = self.env["mailing.mailing"].sudo()
        counts = dict(
            mailings._read_group(
                [("crm_segment_id", "in", self.ids)], ["crm_segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.mailing_count = counts.get(segment, 0)

    def action_open_members(self):
        """Open the contacts or leads that are members now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Members"),
            "res_model": self.model,
            "view_mode": "list,kanban,form,activity",
            "domain": list(self._members_domain()),
            # counted as members until they leave, so shown as such
            "context": {"active_test": False, "create": False, "crm_segment_id": self.id},
            "help": self._members_help(),
        }

    def _members_help(self):
        """Say what to do when there is nobody."""
        words = self.env._("Change the filter of the segment, or wait until somebody matches it.")
        if self.kind == "static":
            words = self.env._("Select people in a list, then “Add to a segment” in its menu.")
        return self._empty(self.env._("Nobody whom you may see is in this segment"), words)

    @api.model
    def _empty(self, title, words=""):
        """Give what a list shows when it is empty."""
        return Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (title, words)

    def action_pick_members(self):
        """Open the contacts or leads that are not in the picked list yet, to select some."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Select people for “%(segment)s”", segment=self.name),
            "res_model": self.model,
            "view_mode": "list,kanban,form",
            "domain": list(~self._members_domain()),
            "context": {"crm_segment_id": self.id},
            "help": self._empty(self.env._("Everybody is in the segment already")),
        }

    def action_open_history(self):
        """Open the log of who entered and who left."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_segment_member_action"
        )
        return {**action, "domain": [("segment_id", "=", self.id)], "context": {}}

    def action_open_mailings(self):
        """Open the mailings to this segment."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_mailing.mailing_mailing_action_mail"
        )
        return {**action, "domain": [("crm_segment_id", "in", self.ids)], "context": {}}

    def action_mailing(self):
        """Begin a mailing of Odoo whose audience is this segment."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailing to “%(segment)s”", segment=self.name),
            "res_model": "mailing.mailing",
            "view_mode": "form",
            "context": {
                "rfm_mailing_name": f"{self.name}, {format_date(self.env, today)}",
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id(self.model),
                "default_crm_segment_id": self.id,
            },
        }

    def action_export(self):
        """Download the members by Odoo's own export, with the columns one needs first.

        :raise UserError: without the right to export
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_allow_export"):
            raise UserError(
                self.env._("You may not export data. Ask an administrator for the right to do so.")
            )
        return {
            "type": "ir.actions.client",
            "tag": "crm_lifecycle.export_records",
            "params": {
                "model": self.model,
                "domain": list(self._members_domain()),
                "context": {"active_test": False},
                "fields": self._exported_fields(),
            },
        }

    def _exported_fields(self):
        """Give the columns of the export, as Odoo's own dialogue sends them."""
        names = EXPORTED[self.model]
        columns = self.env[self.model].fields_get(names, ["string", "type"])
        return [
            {"name": name, "label": columns[name]["string"], "type": columns[name]["type"]}
            for name in names
            if name in columns
        ]
