from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegmentMixin(models.AbstractModel):
    """Gives contacts and leads the segments they are in, to show and to filter by.

    Which segments?
        Those that the user may see. The memberships themselves are read for the user, since
        the records are filtered by Odoo's own rules anyway.
    How fast is a filter?
        It asks for each record whether it has an open membership, which the database turns
        into one join with the index of the open ones.
    What does the inheriting model say?
        `_segment_subject`: the field of the membership that points to it.
    """

    _name = "crm.segment.mixin"
    _description = "Segment Mixin"
    _segment_subject = None

    crm_segment_ids = fields.Many2many(
        "crm.segment",
        string="Segments",
        compute="_compute_crm_segment_ids",
        search="_search_crm_segment_ids",
        groups="sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user",
    )

    def _compute_crm_segment_ids(self):
        self.crm_segment_ids = False
        rows = (
            self.env["crm.segment.member"]
            .sudo()
            ._read_group(
                [
                    (self._segment_subject, "in", self.ids),
                    ("left_at", "=", False),
                    ("segment_id", "in", self._visible_segments([], archived=False)),
                ],
                [self._segment_subject],
                ["segment_id:recordset"],
            )
        )
        for record, segments in rows:
            record.with_env(self.env).crm_segment_ids = segments.with_env(self.env)

    @api.model
    def _visible_segments(self, domain, archived=True):
        """Give the query of the segments that the user may see."""
        return self.env["crm.segment"]._search(domain, active_test=not archived)

    @api.model
    def _search_crm_segment_ids(self, operator, value):
        """Answer the negative operators too: the database joins a NOT EXISTS, no other "not"."""
        inside = not operator.startswith("not ")
        if operator.removeprefix("not ") in ("any", "any!"):
            return self._in_segments(self._visible_segments(value), inside)
        if operator not in ("in", "not in"):
            return NotImplemented
        domains = []
        if any(value):
            ids = [segment_id for segment_id in value if segment_id]
            named = self._visible_segments([("id", "in", ids)])
            domains.append(self._in_segments(named, inside))
        if not all(value):
            every = self._visible_segments([], archived=False)
            domains.append(self._in_segments(every, not inside))
        return Domain.OR(domains) if inside else Domain.AND(domains)

    @api.model
    def _in_segments(self, segments, inside=True):
        """Give the domain of the records that are in one of these segments, or in none.

        :param segments: a query of segments; the few ids make the plan of the database sure
        """
        ids = tuple(segments.get_result_ids())
        if not ids:
            return Domain(not inside)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s (SELECT FROM crm_segment_member member"
                " WHERE member.segment_id IN %s AND member.left_at IS NULL"
                " AND member.%s = %s)",
                SQL("EXISTS") if inside else SQL("NOT EXISTS"),
                ids,
                SQL.identifier(self._segment_subject),
                SQL.identifier(alias, "id"),
            ),
            predicate=lambda record: bool(set(record.crm_segment_ids.ids) & set(ids)) == inside,
        )

    def action_open_segments(self):
        """Open the segments that the record is in, and was in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_lifecycle.crm_segment_member_action"
        )
        return {
            **action,
            "domain": [(self._segment_subject, "=", self.id)],
            "context": {"search_default_open": 1},
        }
