from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .crm_rfm_cell import GRID

#: Odoo's own wizard writes several records for each customer, one customer after another.
PLAN_LIMIT = 500

#: The columns of an export: who it is, and the figures; see `_export_columns`.
EXPORT_CONTACT = ("name", "email", "phone", "street", "zip", "city", "country_id", "user_id")
EXPORT_FIGURES = (
    "segment_id",
    "code",
    "value_tier",
    "last_date",
    "frequency",
    "monetary",
)


class Target(NamedTuple):
    """A group of customers of a policy: those of cells, or of a segment."""

    cells: tuple
    segment: Any
    value_tier: str


class CrmRfmPolicy(models.Model):
    """What to do with the customers of a cell or segment: one click each.

    How are the customers named?
        By a domain on the contacts, which is evaluated when it is used: a mailing that is sent
        next week goes to those who are in the segment then. So also 50,000 customers are no
        list of numbers.
    How can another concept add a button?
        It extends `_target_actions` by a dictionary with a `name`, and adds the method
        `_target_action_<name>(target)` that gives the action to be opened. `_target_domain`
        and `_target_label` say whom it is for.
    Who is left out?
        Archived contacts, by all actions but the list of the customers. Persons who may not be
        profiled have no row, so they are in no cell.
    """

    _inherit = "crm.rfm.policy"

    def run_target_action(self, name, cells=None, segment_id=None, value_tier=None):
        """Do one of `_target_actions` with the customers of cells or of a segment.

        :param str name: which action
        :param list cells: names of cells, as ["54", "55"]
        :param int segment_id: instead of cells
        :param str value_tier: only customers of this tier
        :return: the action to be opened
        """
        self.ensure_one()
        self.check_access("read")
        if name not in {action["name"] for action in self._target_actions()}:
            raise AccessError(
                self.env._("You may not do this with customers: ask your administrator.")
            )
        return getattr(self, f"_target_action_{name}")(self._target(cells, segment_id, value_tier))

    def _target_actions(self):
        """Give the buttons that the reader may use: `name`, `label` and `icon`."""
        actions = [
            {"name": "open_customers", "label": self.env._("Customers"), "icon": "fa-users"},
            {"name": "mailing", "label": self.env._("Mailing"), "icon": "fa-envelope"},
            {"name": "plan", "label": self.env._("Activity plan"), "icon": "fa-clock-o"},
            {"name": "export", "label": self.env._("Export"), "icon": "fa-download"},
        ]
        allowed = {
            "mailing": self.env["mailing.mailing"].has_access("create"),
            "export": self.env.user.has_group("base.group_allow_export"),
        }
        return [action for action in actions if allowed.get(action["name"], True)]

    # ------------------------------------------------------------
    # Whom it is for
    # ------------------------------------------------------------

    def _target(self, cells, segment_id, value_tier):
        """Give the group of customers that a page asks for."""
        segment = self.env["crm.rfm.segment"].browse(segment_id or []).exists()
        known = dict(self.env["crm.rfm.score"]._fields["value_tier"].selection)
        if set(cells or ()) - GRID or value_tier and value_tier not in known:
            raise UserError(self.env._("This cell or value does not exist: load the page again."))
        if not cells and not segment:
            raise UserError(self.env._("Choose cells or a segment first."))
        return Target(tuple(sorted(cells or ())), segment, value_tier or None)

    def _target_domain(self, target, lasting=False):
        """Give the customers as a domain on contacts, in readable fields where there are any.

        :param bool lasting: whether it is kept and may be used in another company
        """
        shown = self == self._default_for(self.env.company)
        if shown and not (lasting and self._has_other_companies()):
            conditions = self._target_conditions(target)
            return Domain.AND(Domain(f"rfm_{name}", *rest) for name, *rest in conditions)
        if target.segment.kind == "prospect":
            return self._prospect_domain()
        rows = [("policy_id", "=", self.id), *self._target_conditions(target)]
        return Domain("rfm_score_ids", "any", rows)

    def _has_other_companies(self):
        """Tell whether the fields of contacts mean something else somewhere in the database."""
        companies = self.env["res.company"].sudo()
        return bool(companies.search_count([("id", "!=", self.company_id.id)], limit=1))

    @api.model
    def _target_conditions(self, target):
        """Give the conditions on the row of a customer."""
        conditions = []
        if target.cells:
            conditions.append(("cell", "in", list(target.cells)))
        if target.segment:
            conditions.append(("segment_id", "=", target.segment.id))
        if target.value_tier:
            conditions.append(("value_tier", "=", target.value_tier))
        return conditions

    def _target_label(self, target):
        """Name the customers: the segment, or the cells by the segments that they make up."""
        if target.segment:
            names = target.segment.mapped("name")
        else:
            cells = self.env["crm.rfm.cell"].search([("name", "in", target.cells)])
            whole = cells.segment_id.filtered(lambda segment: segment.cell_ids <= cells)
            rest = (cells - whole.cell_ids).sorted("name", reverse=True)
            names = whole.sorted("sequence").mapped("name") + rest.mapped("display_name")
        if target.value_tier:
            tiers = self.env["crm.rfm.score"]._fields["value_tier"]._description_selection(self.env)
            names.append(self.env._("value: %(tier)s", tier=dict(tiers)[target.value_tier]))
        return ", ".join(names)

    # ------------------------------------------------------------
    # The actions
    # ------------------------------------------------------------

    def _target_action_open_customers(self, target):
        """Open the customers as a list."""
        return {
            "type": "ir.actions.act_window",
            "name": self._target_label(target),
            "res_model": "res.partner",
            "views": [(self._customer_list_id(), "list"), (False, "kanban"), (False, "form")],
            "domain": list(self._target_domain(target)),
            # the number that was clicked counts archived customers too, but not prospects
            "context": {"active_test": target.segment.kind == "prospect"},
        }

    def _customer_list_id(self):
        """Give the list that shows the figures of contacts, if these are those of the policy."""
        if self != self._default_for(self.env.company):
            return False
        return self.env.ref("crm_lifecycle.res_partner_view_list_rfm_customers").id

    def _target_action_mailing(self, target):
        """Open a new mailing to these customers."""
        label, today = self._target_label(target), fields.Date.context_today(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailing to %(customers)s", customers=label),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "rfm_mailing_name": f"{label}, {format_date(self.env, today)}",
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr(list(self._target_domain(target, lasting=True))),
            },
        }

    def _target_action_plan(self, target):
        """Open Odoo's dialog that starts an activity plan, for these customers."""
        customers = self.env["res.partner"].search(self._target_domain(target))
        self._check_plan_size(len(customers), target)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activities for 1 customer")
            if len(customers) == 1
            else self.env._("Activities for %(count)s customers", count=len(customers)),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "res.partner",
                "active_ids": customers.ids,
                "plan_mode": True,
            },
        }

    def _check_plan_size(self, count, target):
        """Refuse a plan for nobody, and for more than people could work off."""
        if not count:
            raise UserError(
                self.env._("There is no customer to plan for: archived contacts are left out.")
            )
        if count > PLAN_LIMIT:
            raise RedirectWarning(
                self.env._(
                    "These are %(count)s customers, and a plan starts for %(limit)s at most: each"
                    " of its activities must be done by somebody. Choose fewer cells or a value"
                    " tier, or send a mailing instead.",
                    count=count,
                    limit=PLAN_LIMIT,
                ),
                self._target_action_open_customers(target),
                self.env._("Open the customers"),
            )

    def _target_action_export(self, target):
        """Download the customers with their figures, by Odoo's own export."""
        model, domain, columns = self._export_columns(target)
        return {
            "type": "ir.actions.client",
            "tag": "crm_lifecycle.export_records",
            "params": {
                "model": model,
                "domain": list(domain),
                "context": {"active_test": True},
                "fields": [self._export_head(model, name) for name in columns],
            },
        }

    def _export_columns(self, target):
        """Give the model, the domain and the columns of an export.

        Contacts show the figures of one policy; those of another one are read from its rows.
        """
        if self == self._default_for(self.env.company):
            figures = [f"rfm_{name}" for name in EXPORT_FIGURES]
            return "res.partner", self._target_domain(target), [*EXPORT_CONTACT, *figures]
        if target.segment.kind == "prospect":
            return "res.partner", self._target_domain(target), [*EXPORT_CONTACT]
        domain = Domain("policy_id", "=", self.id) & Domain("partner_id.active", "=", True)
        domain &= Domain.AND(Domain([condition]) for condition in self._target_conditions(target))
        contact = [f"partner_id/{name}" for name in EXPORT_CONTACT]
        return "crm.rfm.score", domain, [*contact, *EXPORT_FIGURES]

    @api.model
    def _export_head(self, model, path):
        """Give a column as Odoo's export wants it: path, label and type."""
        name = path.rsplit("/", 1)[-1]
        owner = self.env["res.partner" if "/" in path else model]
        known = owner.fields_get([name], ["string", "type"])[name]
        return {"name": path, "label": known["string"], "type": known["type"]}
