from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..lifecycle.long_statement import CONCURRENCY
from . import filters

#: What is evaluated as the owner.
FILTERS = ("domain", "goal_domain", "exit_domain")


class CrmNurtureSequence(models.Model):
    """Whose rights count when a sequence looks at people.

    As whom are its filters evaluated?
        As its owner, in the company of the sequence: they find out nothing that their author may
        not see. Who changes a filter becomes the owner; nobody can make somebody else the owner.
    What if a filter stops working?
        Nobody takes a step that it should decide on; `problem` says why, the other sequences go
        on.
    """

    _inherit = "crm.nurture.sequence"

    @api.constrains("model", "user_id", "company_id", *FILTERS)
    def _check_filters(self):
        for sequence in self:
            for name in FILTERS:
                sequence._check_filter(sequence[name], sequence._fields[name].string)

    @api.model_create_multi
    def create(self, vals_list):
        """Let nobody act with the rights of somebody else."""
        for vals in vals_list:
            self._check_owner(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Make who changes a filter the owner."""
        self._check_owner(vals)
        if not self.env.su and any(name in vals for name in FILTERS):
            named = vals.get("user_id") if self.env.is_system() else None
            vals = {**vals, "user_id": named or self.env.uid}
        return super().write(vals)

    def _check_owner(self, vals):
        """Let nobody have a filter evaluated with the rights of somebody else.

        :raise AccessError: another owner than oneself
        """
        owner = vals.get("user_id") or self.env.uid
        if self.env.su or owner == self.env.uid or self.env.is_system():
            return
        if not self or any(sequence.user_id.id != owner for sequence in self):
            raise AccessError(
                self.env._(
                    "You cannot make somebody else the owner of a sequence, because its filters"
                    " see what the owner may see. Ask this person to take it over."
                )
            )

    def _target(self):
        """Give the model of its people as the owner sees it, in the company of the sequence."""
        self.ensure_one()
        owner = self.sudo().user_id
        companies = self.sudo().company_id or (owner.company_id | owner.company_ids)
        usual = owner.with_user(owner).context_get()
        context = {**usual, "allowed_company_ids": companies.ids}
        return self.env(user=owner.id, su=False, context=context)[self.model]

    def _sending_company(self):
        """Give the company whose messages these are: whose limits, hours and servers count."""
        self.ensure_one()
        sequence = self.sudo()
        return sequence.company_id or sequence.user_id.company_id or self.env.company

    def _matching(self, text, **options):
        """Give the query of the people who match a filter."""
        return self._target()._search(filters.read(text), **options)

    def _check_filter(self, text, label):
        """Refuse a filter that cannot be evaluated; the database only plans the search.

        :raise ValidationError: says which, and why
        """
        if not filters.is_set(text):
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.execute_query(SQL("EXPLAIN %s", self._matching(text).select()))
        except CONCURRENCY:
            raise
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "The filter “%(label)s” of the sequence “%(sequence)s” does not work: %(why)s"
                    " Correct the filter, or take the condition out.",
                    label=label,
                    sequence=self.sudo().name,
                    why=str(error).strip(),
                )
            ) from error

    def _audience(self):
        """Give the query of the people the sequence is for: who belongs to all its parts."""
        domains = [domain for _rule, domain in self._audience_parts()]
        return self._target()._search(Domain.AND(domains))

    def _audience_parts(self):
        """Give what the audience is made of, as the owner sees it: list of (rule, domain)."""
        sequence = self.sudo()
        parts = []
        if sequence.company_id:
            domain = self._target()._check_company_domain(sequence.company_id)
            parts.append(("company", Domain(domain)))
        if sequence.segment_id:
            self._check_segment_visible()
            parts.append(("segment", sequence.segment_id._members_domain()))
        parts.append(("filter", filters.read(sequence.domain)))
        return parts

    def _check_segment_visible(self):
        """Refuse to evaluate a segment that the owner may not see.

        :raise UserError: names the segment
        """
        segment = self.sudo().segment_id
        if not segment.with_env(self._target().env).has_access("read"):
            raise UserError(
                self.env._(
                    "The owner of the sequence may not see the segment “%s” (any more).",
                    segment.name,
                )
            )
