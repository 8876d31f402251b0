from odoo import models

from .crm_nurture_step import MESSAGES
from .figures import FIGURES, RATES, SHOWN, add_up


class CrmNurtureStep(models.Model):
    """A step as a card of the editor."""

    _inherit = "crm.nurture.step"

    def _card(self):
        """Give what the editor shows of a step; its figures follow."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.display_name,
            "summary": self.summary if self.summary != self.display_name else "",
            "parent": self.parent_id.id,
            "branch": self.branch or False,
            "figures": [],
            "variants": [],
        }

    def _figures_of_card(self, waiting, results):
        """Give the figures of a card, and those of each version of its message.

        :param dict results: version of the message -> result -> count
        """
        return {
            "figures": self._card_figures(waiting, add_up(results.values())),
            "variants": [
                {"key": key, "figures": self._card_figures({}, results.get(key, {}))}
                for key in ("a", "b")
                if results.get("b")
            ],
        }

    def _card_figures(self, waiting, results):
        """Give the figures that say something about the kind of step: key, label, count, rate."""
        kind = "message" if self.kind in MESSAGES else self.kind
        counts = {
            key: sum(results.get(result, 0) for result in FIGURES[key])
            for key in SHOWN.get(kind, SHOWN["other"])
        }
        quarantined = waiting.get("quarantine", 0)
        counts = {"waiting": sum(waiting.values()), "quarantine": quarantined} | counts
        labels = self._figure_labels()
        sent = counts.get("sent")
        return [
            {
                "key": key,
                "label": labels[key],
                "count": count,
                "rate": round(100 * count / sent) if sent and key in RATES else False,
            }
            for key, count in counts.items()
            if count
        ]

    def _figure_labels(self):
        return {
            "waiting": self.env._("here now"),
            "quarantine": self.env._("in quarantine"),
            "done": self.env._("done"),
            "yes": self.env._("yes"),
            "no": self.env._("no"),
            "queued": self.env._("wait to leave"),
            "sent": self.env._("sent"),
            "opened": self.env._("opened"),
            "clicked": self.env._("clicked"),
            "bounced": self.env._("bounced"),
            "skipped": self.env._("left out"),
            "failed": self.env._("failed"),
        }

    def _open(self, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
        }
