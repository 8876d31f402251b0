import ast

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from . import facts


class CrmLifecycleRule(models.Model):
    """Which records a rule may move, and which of them are due.

    Eligible are the records in a stage of departure that match the filter; due are those
    of them to which the event has happened since they entered their stage.
    """

    _inherit = "crm.lifecycle.rule"

    def _target(self):
        """Give the model the rule is about; rules act for the company, not for a user."""
        return self.env[self.model].sudo()

    def _filter_domain(self):
        """Read the filter that a manager wrote.

        :raise ValueError: not a domain
        """
        return Domain(ast.literal_eval(self.domain or "[]"))

    def _eligible_domain(self):
        """Give the domain of records that the rule may move once its event happens."""
        return (
            self._departure_domain()
            & self._filter_domain()
            & self._state_domain()
            & self._target()._lifecycle_subject_domain()
        )

    def _due_domain(self):
        """Give the domain of records that the rule would move now."""
        return self._eligible_domain() & self._happened_domain()

    def _departure_domain(self):
        """Give the domain of the stages that the rule moves away from."""
        if self.from_stage_ids:
            departures = self.from_stage_ids - self.to_stage_id
            return Domain("lifecycle_stage_id", "in", departures.ids)
        if self.to_stage_id.kind == "former":
            return Domain("lifecycle_kind", "=", "customer")
        before = Domain("lifecycle_stage_id", "in", self.to_stage_id._stages_before().ids)
        if self.trigger in ("domain", "response"):
            return before
        # business draws a contact into the lifecycle; a filter or a mail of a supplier does not
        return before | Domain("lifecycle_stage_id", "=", False)

    def _state_domain(self):
        """Give the domain of what the trigger says about the record itself."""
        if self.trigger == "opportunity":
            return Domain("type", "=", "opportunity")
        if self.trigger == "pipeline":
            return Domain("stage_id", "in", self.pipeline_stage_ids.ids)
        return Domain.TRUE

    def _happened_domain(self):
        """Give the domain of records to which the event has happened in their stage.

        A filter has no event: it moves each record once.
        """
        query = self._due_query()
        if query is None:
            return Domain("lifecycle_transition_ids", "not any", [("rule_id", "=", self.id)])
        return Domain("id", "in", SQL("(SELECT due.record_id FROM (%s) due)", query))

    def _due(self, only=Domain.TRUE):
        """Give the records that the rule would move now, with the day their event happened.

        :param Domain only: among these
        :return: dict of record id -> datetime, or None for a filter, which has no day
        """
        query = self._due_query()
        if query is None:
            return dict.fromkeys(self._target().search(self._due_domain() & only).ids)
        eligible = self._target()._search(self._eligible_domain() & only)
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT due.record_id, MIN(due.at) FROM (%s) due"
                    " WHERE due.record_id IN %s GROUP BY due.record_id",
                    query,
                    eligible.subselect(),
                )
            )
        )

    def _due_query(self):
        """Give the SQL of the events since the records entered their stage, or None.

        Its columns are ``record_id`` and ``at``.
        """
        self.env.flush_all()
        if self.trigger == "inactivity":
            company = self.env["res.company"].sudo().search([], order="id", limit=1)
            return facts.inactive_customers(self.inactivity_months, company.lifecycle_former_months)
        query = self._facts_query()
        return query and SQL(
            "SELECT f.record_id, f.at FROM (%(facts)s) f JOIN %(table)s r ON r.id = f.record_id"
            " WHERE r.lifecycle_date IS NULL"
            " OR date_trunc('second', GREATEST(f.at, f.known_at)) > r.lifecycle_date",
            facts=query,
            table=SQL.identifier(self._target()._table),
        )

    def _facts_query(self):
        """Give the SQL of all events of the trigger, or None for a filter."""
        target = self._target()
        orders = facts.lead_orders if self.model == "crm.lead" else facts.partner_orders
        queries = {
            "quotation": lambda: orders(("sent", "sale")),
            "order": lambda: orders(("sale",)),
            "invoice": facts.partner_invoices,
            "opportunity": facts.opportunities,
            "pipeline": lambda: facts.pipeline_entries(self.pipeline_stage_ids.ids),
            "response": lambda: facts.responses(target._name, target._table),
        }
        query = queries.get(self.trigger)
        return query and query()
