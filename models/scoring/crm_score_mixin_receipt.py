from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from . import components, score_sql

#: The curve on the form shows the scores of so many days.
CURVE_DAYS = 180


class CrmScoreMixin(models.AbstractModel):
    """The receipt of a score: which rule gave which points, and why.

    Is its sum the score?
        Yes, in whole numbers. The lines of a part and the correction of its limits add up to the
        part; the shares of the parts add up to the score.
    Of which moment?
        Of now: reading it brings the score up to date first. For a lead that is won or lost: of
        the moment when its score was written last.
    Who may read it?
        Sales, of the records that they may read. A contact is read by everybody, a customer reads
        its own: not what we think of it.
    """

    _inherit = "crm.score.mixin"

    def get_score_receipt(self):
        """Give the receipt for the popover, after bringing the score up to date."""
        self.ensure_one()
        self.check_access("read")
        self._check_score_access()
        self._refresh_scores()
        receipt = self._score_receipt()
        if receipt:
            receipt["labels"] = self._score_labels()
        return receipt

    def _check_score_access(self):
        """Refuse what only sales may know of a person."""
        if not self._may_read_scores():
            raise AccessError(self.env._("Only sales may see the score of a person."))

    def _may_read_scores(self):
        return self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")

    def _score_curve(self):
        """Give the scores of the last months, oldest first; the first is the one before them."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=CURVE_DAYS)
        rows = (
            self.env["crm.score.history"]
            .sudo()
            .search_fetch([(self._score_subject, "=", self.id)], ["date", "score"])
        )
        recent = rows.filtered(lambda row: row.date >= since)
        return [
            {"date": fields.Datetime.to_string(row.date), "score": row.score}
            for row in (recent | rows[len(recent) : len(recent) + 1])[::-1]
        ]

    def _score_receipt(self):
        """Give the receipt of a record; None: it has no score.

        :return: `score`, `temperature`, `parts` (value, weight, share), `lines` (rule, points,
            events, age, decay, limit), `corrections` of parts that left 0 to 100
        """
        self.ensure_one()
        return self._score_receipts().get(self.id)

    def _score_receipts(self):
        """Give the receipts of these records, by id; see `_score_receipt`."""
        policy = self.env["crm.score.policy"]._for(self._name)
        rules = policy._rules()
        if not policy or not self.ids:
            return {}
        rows = policy._read_scored(SQL("* FROM scored"), rules, record_ids=self.ids, details=True)
        return {row["record_id"]: self._score_receipt_of(row, policy, rules) for row in rows}

    def _score_receipt_of(self, row, policy, rules):
        """Make a receipt of a row of details."""
        values = {name: row[name] for name in components.COMPONENTS}
        weights = policy._weights()
        shares = components.shares(values, weights)
        lines = [self._score_line(rule, row) for rule in rules]
        whole = sum(weights[name] for name in shares)
        parts = [
            {
                "name": name,
                "value": values[name],
                "weight": weights[name],
                "percent": round(100 * weights[name] / whole) if whole else 0,
                "share": share,
            }
            for name, share in shares.items()
        ]
        return {
            "score": row["score"],
            "temperature": row["temperature"],
            "parts": parts,
            "lines": [line for line in lines if self._score_is_shown(line)],
            "corrections": self._score_corrections(lines, values),
        }

    def _score_is_shown(self, line):
        """Tell whether a line says something: points, or events that have faded to none."""
        return bool(line["points"] or (line["count"] and line["kind"] == "touchpoint"))

    def _score_line(self, rule, row):
        """Say what a rule gave."""
        points = row[f"p{rule.id}"]
        line = {
            "rule_id": rule.id,
            "name": rule.name,
            "component": rule.component,
            "kind": rule.kind,
            "points": points,
            "count": 0,
        }
        if rule.kind != "domain":
            line |= self._score_events(rule, row, points)
        return line

    def _score_events(self, rule, row, points):
        """Say which touchpoints a rule counted, how old the last is, and what was left of them."""
        last = row[f"d{rule.id}"]
        raw = row[f"w{rule.id}"] * rule.points
        is_capped = bool(rule.max_points) and abs(raw) > rule.max_points
        return {
            "count": int(row[f"n{rule.id}"]),
            "last": last,
            "age_days": (fields.Date.today() - last.date()).days if last else None,
            "half_life_days": rule.half_life_days,
            "window_days": rule.window_days,
            "max_points": rule.max_points,
            "before_cap": round(raw) if is_capped and rule.kind == "touchpoint" else None,
        }

    def _score_corrections(self, lines, values):
        """Say where the limits 0 and 100 changed a part, so that the lines add up to it."""
        corrections = []
        for name in ("fit", "engagement"):
            points = sum(line["points"] for line in lines if line["component"] == name)
            change = components.limit_correction(points)
            if change and values[name] is not None:
                corrections.append({"component": name, "points": change})
        return corrections

    def _score_labels(self):
        """Give the names of the parts and temperatures in the user's language."""
        rules, scores = self.env["crm.score.rule"], self.env["crm.score"]
        return {
            **dict(rules._fields["component"]._description_selection(self.env)),
            **dict(scores._fields["temperature"]._description_selection(self.env)),
            "qualification": self.env._("Qualification"),
        }

    def action_open_score_line(self, rule_id):
        """Open what is behind a line: the touchpoints, or the records that match as it does."""
        self.ensure_one()
        self.check_access("read")
        self._check_score_access()
        rule = self.env["crm.score.rule"].browse(rule_id)
        rule.check_access("read")
        if rule.kind == "domain":
            return rule.action_open_matches()
        return {
            "type": "ir.actions.act_window",
            "name": rule.name,
            "res_model": "crm.touchpoint",
            "views": [(False, "list"), (False, "form")],
            "domain": self._score_touch_domain(rule),
            "context": {"create": False},
        }

    def _score_touch_domain(self, rule):
        """Give the domain of the touchpoints of this record that a rule counts."""
        domain = [("is_bot", "=", False), *self._score_own_touches()]
        if rule.kind == "silence":
            domain += [
                ("direction", "=", "inbound"),
                ("event", "not in", score_sql.NO_SIGN_OF_LIFE),
            ]
            return domain
        domain += [
            (name, "=", rule[name].id if name == "channel_id" else rule[name])
            for name in ("event", "channel_id", "direction")
            if rule[name]
        ]
        if rule.window_days:
            since = fields.Date.subtract(fields.Date.today(), days=rule.window_days)
            domain.append(("date", ">=", since))
        return domain

    def _score_own_touches(self):
        """Give the domain of the touchpoints that count for this record."""
        return [(self._score_subject, "=", self.id)]
