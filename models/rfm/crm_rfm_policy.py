from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, ormcache

from . import cuts, purchases

#: With fewer customers a fifth of them is a handful.
FEW_CUSTOMERS = 50

#: Of what the scores follow: a change of any of these makes them out of date.
RULES = {
    "window_months",
    "method",
    "one_per_day",
    "product_categ_ids",
    "as_of",
    *cuts.COLUMNS,
}


class CrmRfmPolicy(models.Model):
    """How the customers of a company are judged: which purchases count, what scores they give.

    Which purchases?
        Those on posted customer invoices and receipts of the company and its branches, net of
        tax, less credit notes; see `purchases`. With product categories only the lines of
        their products. `window_months` is how far back frequency and amount look.
    What makes a score of a figure?
        Four cuts, see `cuts`. *Frozen* (default): taken from the customers, a fifth of them
        each, and kept for a quarter. *Live*: taken anew by each refresh. *Fixed*: entered by
        hand; better for fewer than 50 customers, where fifths mean little.
    Which policy do contacts show?
        The default one of the current company, or of its parent company.
    What does `as_of` do?
        It keeps the policy on a day of the past: its rows say how things were then, and it
        writes no history. The default policy always shows today.
    """

    _name = "crm.rfm.policy"
    _inherit = ["crm.rfm.thresholds"]
    _description = "RFM Policy"
    _order = "company_id, is_default desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_default = fields.Boolean(
        "Shown on Contacts", help="The figures that contacts of this company show."
    )
    # which purchases
    window_months = fields.Integer("Months", default=24, required=True)
    one_per_day = fields.Boolean(
        "One Purchase a Day", default=True, help="Several invoices of one day are one purchase."
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        ondelete="restrict",
        help="Only what was bought of these categories counts. Empty: everything.",
    )
    as_of = fields.Date(
        help="Keep the figures on this day of the past. Empty: they follow today.", copy=False
    )
    replay_months = fields.Integer(
        "Months of History",
        default=12,
        help="How many month ends of the past the first refresh goes through, so that the"
        " history of the segments is there from the first day.",
    )
    # what makes a score
    method = fields.Selection(
        [
            ("frozen", "Fifths of the customers, kept for a quarter"),
            ("live", "Fifths of the customers, taken anew every day"),
            ("fixed", "Thresholds entered by hand"),
        ],
        required=True,
        default="frozen",
    )
    renewal = fields.Selection(
        [("quarter", "Every quarter"), ("manual", "By hand only")],
        "Renew the Cuts",
        required=True,
        default="quarter",
    )
    cut_ids = fields.One2many("crm.rfm.cut", "policy_id", "Kept Cuts")
    # how far it is
    refresh_date = fields.Date("Figures of", readonly=True, copy=False)
    refreshed_at = fields.Datetime("Last Refresh", readonly=True, copy=False)
    history_start = fields.Date(readonly=True, copy=False)
    history_date = fields.Date("History until", readonly=True, copy=False)
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    is_stale = fields.Boolean("Changed since", readonly=True, copy=False)
    is_small = fields.Boolean(compute="_compute_is_small")
    scale_html = fields.Html("Scores in Words", compute="_compute_scale_html", sanitize=False)

    _one_default = models.UniqueIndex(
        "(company_id) WHERE is_default AND active",
        "A company shows one policy on its contacts.",
    )
    _window_positive = models.Constraint(
        "CHECK(window_months BETWEEN 1 AND 240)", "The window has 1 to 240 months."
    )
    _replay_positive = models.Constraint(
        "CHECK(replay_months BETWEEN 0 AND 120)", "The history goes back 0 to 120 months."
    )
    _default_is_today = models.Constraint(
        "CHECK(NOT is_default OR as_of IS NULL)",
        "The policy shown on contacts follows today: copy it to look at a day of the past.",
    )

    @api.depends("customer_count", "method", "refresh_date")
    def _compute_is_small(self):
        for policy in self:
            policy.is_small = bool(
                policy.refresh_date
                and policy.method != "fixed"
                and policy.customer_count < FEW_CUSTOMERS
            )

    @api.depends("cut_ids", "method", "refresh_date", *cuts.COLUMNS)
    def _compute_scale_html(self):
        for policy in self:
            scale = policy.scale()
            policy.scale_html = scale and self.env["ir.qweb"]._render(
                "crm_lifecycle.rfm_scale",
                {"names": policy._dimension_names(), "scale": scale, "scores": cuts.SCORES[::-1]},
            )

    @api.constrains("as_of")
    def _check_as_of(self):
        for policy in self:
            if policy.as_of and policy.as_of > fields.Date.context_today(self):
                raise ValidationError(
                    self.env._(
                        "The figures cannot be kept on %(day)s, which is still to come: choose a"
                        " day of the past, or none to follow today.",
                        day=format_date(self.env, policy.as_of),
                    )
                )

    @api.constrains("method", *cuts.COLUMNS)
    def _check_thresholds(self):
        self.filtered(lambda policy: policy.method == "fixed")._check_cuts()

    @api.model_create_multi
    def create(self, vals_list):
        """Leave one default policy per company: the last one that asks for it."""
        for vals in vals_list:
            if vals.get("is_default"):
                company = vals.get("company_id") or self.env.company.id
                self._unset_default(Domain("company_id", "=", company))
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        """Say that the figures are out of date when the rules change."""
        if vals.get("is_default"):
            domain = Domain("company_id", "in", self.company_id.ids) & Domain(
                "id", "not in", self.ids
            )
            self._unset_default(domain)
        if RULES & set(vals):
            vals = {"is_stale": True, **vals}
        result = super().write(vals)
        if {"is_default", "active", "company_id"} & set(vals):
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """Forget which one is the default."""
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def copy_data(self, default=None):
        """Name a copy as one; it is not the default."""
        return [
            {
                **values,
                "name": (default or {}).get("name") or self.env._("%s (copy)", policy.name),
                "is_default": False,
            }
            for policy, values in zip(self, super().copy_data(default), strict=True)
        ]

    def _unset_default(self, domain):
        """Make room for another default policy."""
        others = self.search(domain & Domain("is_default", "=", True))
        others.is_default = False
        others.flush_recordset(["is_default"])

    @api.model
    def _default_for(self, company):
        """Give the policy that contacts show in a company: its own, or that of its parents."""
        return self.browse(self._default_id(company.id))

    @ormcache("company_id")
    def _default_id(self, company_id):
        company = self.env["res.company"].sudo().browse(company_id)
        found = self.sudo().search(
            [("company_id", "in", company.parent_ids.ids), ("is_default", "=", True)]
        )
        return found.sorted(lambda policy: len(policy.company_id.parent_ids))[-1:].id

    @api.model
    def _create_missing_defaults(self):
        """Give the companies that were there before the addon a default policy."""
        return self._create_defaults(
            self.env["res.company"].sudo().search([("parent_id", "=", False)])
        )

    @api.model
    def _create_defaults(self, companies):
        """Give companies of their own, which are no branches, a default policy."""
        known = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "in", companies.ids)])
        )
        created = self.sudo().create(
            [
                {"name": "All purchases", "company_id": company.id, "is_default": True}
                for company in companies - known.company_id
                if not company.parent_id
            ]
        )
        for lang, _name in self.env["res.lang"].get_installed() if created else ():
            translated = created.with_context(lang=lang)
            translated.name = translated.env._("All purchases")
        return created

    def _today(self):
        """Give the day of the figures: the fixed one, or today."""
        return self.as_of or fields.Date.context_today(self)

    def _thresholds(self):
        """Give what makes scores now: the policy itself, or its latest cuts; maybe none."""
        self.ensure_one()
        if self.method == "fixed":
            return self
        return self.sudo()._latest_cut(self.refresh_date or fields.Date.context_today(self))

    def _latest_cut(self, day):
        """Give the kept cuts that were the latest on a day; maybe none."""
        return self.cut_ids.filtered(lambda cut: cut.date <= day).sorted("date")[-1:]

    def scale(self):
        """Say what each score means.

        :return: {"r": {5: "within 30 days", ...}, "f": {...}, "m": {...}}; empty when there
            are no cuts yet
        """
        self.ensure_one()
        thresholds = self._thresholds()
        if not thresholds:
            return {}
        return {
            dimension: {score: thresholds._range_words(dimension, score) for score in cuts.SCORES}
            for dimension in cuts.DIMENSIONS
        }

    def action_open_scores(self):
        """Open the figures of the customers by this policy."""
        return self._open_rows("crm_lifecycle.crm_rfm_score_action")

    def action_open_moves(self):
        """Open the moves of the customers between the segments of this policy."""
        return self._open_rows("crm_lifecycle.crm_rfm_move_action")

    def _open_rows(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return action | {"domain": [("policy_id", "=", self.id)], "context": {}}

    def _purchase_query(self, as_of):
        """Give the documents behind the figures up to a day; see `purchases.purchase_rows`.

        Companies of this database and contacts that may not be profiled are left out.
        """
        self.ensure_one()
        allowed = self.env["res.partner"]._profiled_sql()
        return SQL(
            "SELECT * FROM (%s) document WHERE partner_id NOT IN (%s) %s",
            self._documents(as_of),
            purchases.own_partners(),
            SQL("AND partner_id IN %s", allowed) if allowed else SQL(),
        )

    def _documents(self, as_of, only=None):
        """Give the query of the documents that count for the policy up to a day.

        :param SQL only: which of them; see `purchases.purchase_rows`
        """
        companies = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.id)])
        categories = self.env["product.category"].sudo()
        if self.product_categ_ids:
            categories = categories.search([("id", "child_of", self.product_categ_ids.ids)])
        return purchases.purchase_rows(companies.ids, as_of, categories.ids, only)
