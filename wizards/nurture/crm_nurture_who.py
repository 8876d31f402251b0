from odoo import Command, api, fields, models


class CrmNurtureWho(models.TransientModel):
    """All people of a sequence by the rule that decides: inside, about to come, left out.

    Do the numbers add up?
        Each person is counted once, by the first rule that decides. Only the second table, of
        those who would get no message, counts people again: they are inside or may come in.
    Whom does it count?
        Whom the reader may see; so does the list that a number opens, at the moment it is opened.
    """

    _name = "crm.nurture.who"
    _description = "People of a Sequence by Rule"

    sequence_id = fields.Many2one("crm.nurture.sequence", required=True, ondelete="cascade")
    line_ids = fields.One2many(
        "crm.nurture.who.line", "who_id", "Everybody, Once", domain=[("group", "!=", "reach")]
    )
    reach_line_ids = fields.One2many(
        "crm.nurture.who.line",
        "who_id",
        "Would Get No Message",
        domain=[("group", "=", "reach")],
    )
    words = fields.Char("Who")
    notice = fields.Char()

    @api.depends("sequence_id")
    def _compute_display_name(self):
        for who in self:
            who.display_name = self.env._("Who: %(sequence)s", sequence=who.sequence_id.name)

    @api.model
    def _open(self, sequence):
        """Count now, and show it."""
        with sequence._why_guard():
            counts = sequence._why_counts()
            lines = self._rule_lines(sequence.sudo(), counts) + self._reach_lines(sequence)
        who = self.create(
            {
                "sequence_id": sequence.id,
                "notice": sequence.sudo()._why_notice(),
                "words": sequence._who_words(
                    sum(base for _rule, _count, base in counts),
                    sum(count - base for _rule, count, base in counts),
                ),
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": who.display_name,
            "res_model": self._name,
            "res_id": who.id,
            "views": [(False, "form")],
        }

    @api.model
    def _rule_lines(self, sequence, counts):
        return [
            {
                "group": rule.group,
                "code": rule.code,
                "name": sequence._why_label(rule.code),
                "count": count,
            }
            for group in ("inside", "ready", "out")
            for rule, count, _base in counts
            if rule.group == group
        ]

    @api.model
    def _reach_lines(self, sequence):
        kinds = dict(self.env["crm.nurture.step"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "group": "reach",
                "code": code,
                "channel": channel,
                "purpose_id": purpose.id,
                "name": self.env._(
                    "%(kind)s: %(why)s",
                    kind=kinds[channel],
                    why=self.env["crm.nurture.who.line"]._ground(code),
                ),
                "count": len(ids),
            }
            for (channel, purpose, code), ids in sequence._reach_people().items()
        ]
