from odoo import api, models

from . import lift
from .crm_nurture_step import MESSAGES
from .figures import FIGURES, MEASURES, SHARES, STEPS_KEY, TABLE, add_up


class CrmNurtureStep(models.Model):
    """A step as a row of the table of results."""

    _inherit = "crm.nurture.step"

    def _open_rows(self, domain):
        """Open rows of the report about this step that are there."""
        domain = [("step_id", "=", self.id), *domain]
        action = self.env["crm.nurture.report"]._open(self.display_name, domain)
        return {**action, "context": {STEPS_KEY: self.ids}}

    def _results_row(self, depth, waiting, results, former):
        """Give the figures of a step: in all, and of its answers or versions.

        :param dict results: version of the message -> result -> count
        :param dict former: in the same way, of how many the people are deleted
        """
        totals, former_totals = add_up(results.values()), add_up(former.values())
        return {
            "id": self.id,
            "title": self.display_name,
            "summary": self.summary if self.summary != self.display_name else "",
            "kind": self.kind,
            "branch": self.branch or False,
            "depth": depth,
            "waiting": sum(waiting.values()),
            "cells": self._cells(totals, former_totals),
            "answers": self._answer_figures(totals, former_totals),
            "variants": self._variant_rows(results, former),
            "better": self._better_variant(results),
        }

    def _cells(self, counts, former):
        """Give the counts of a row, with their shares of what was sent."""
        cells = {
            name: {"count": _sum(counts, name), "former": _sum(former, name), "rate": None}
            for name in TABLE
        }
        if self.kind not in MESSAGES:
            return {name: cells[name] for name in ("all", "skipped", "failed")}
        sent = cells["sent"]["count"]
        for name in SHARES:
            cells[name]["rate"] = cells[name]["count"] / sent if sent else None
        return cells

    def _answer_figures(self, counts, former):
        """Give how many a condition led where."""
        if self.kind != "condition":
            return []
        labels = {"yes": self.env._("Yes"), "no": self.env._("No")}
        return [
            {
                "key": key,
                "label": label,
                "count": counts.get(key, 0),
                "former": former.get(key, 0),
            }
            for key, label in labels.items()
        ]

    def _variant_rows(self, results, former):
        """Give the rows of the two versions of the message, if there are two."""
        labels = {"a": self.env._("Version A"), "b": self.env._("Version B")}
        if not results.get("b"):
            return []
        return [
            {
                "key": key,
                "label": label,
                "cells": self._cells(results.get(key, {}), former.get(key, {})),
            }
            for key, label in labels.items()
        ]

    @api.model
    def _better_variant(self, results):
        """Give what B has more clicks than A, with its interval; None with one version."""
        if not results.get("b"):
            return None
        counts = [
            sum(results.get(variant, {}).get(result, 0) for result in MEASURES[name])
            for variant in ("b", "a")
            for name in ("clicked", "sent")
        ]
        return lift.compare(*counts)


def _sum(counts, figure):
    return sum(counts.get(result, 0) for result in FIGURES[figure] or counts)
