from odoo.tests import tagged

from odoo.addons.crm_lifecycle.models.privacy.erasure import columns

from ..canary.case import CanaryCase

#: What takes the person out of a place.
ERASING = ("delete", "blank", "constant", "redact", "detach")


@tagged("post_install", "-at_install")
class TestCanaryRules(CanaryCase):
    """Each rule that is shipped is needed: without it the erasure is not complete."""

    def test_x(self):
        with self.database.env() as env:
            request = self.request(env)
            request.action_plan()
            used = {}
            for line in request.line_ids:
                used.setdefault((line.res_model, line.field_name), []).append((line.scope, line.action))
            rules = env["crm.privacy.location.rule"].search([("id", ">", 0)])
            table = [(r.model, r.field, r.link or None, r) for r in rules]
            places = env["crm.privacy.location"].search([("id", ">", 0)])
            by_rule = {}
            for place in places:
                by_rule.setdefault(place.rule_id, []).append(place)
            stat = {"sleeping": [], "unused": [], "needed": [], "redundant": []}
            for rule in rules:
                mine = by_rule.get(rule, [])
                if not mine:
                    stat["sleeping"].append(f"{rule.model}.{rule.field}")
                    continue
                hit = [p for p in mine if (p.model, p.field) in used]
                if not hit:
                    stat["unused"].append((rule.model, rule.field, rule.action, rule.mention, rule.link))
                    continue
                others = [row for row in table if row[3] != rule]
                alts = set()
                for p in hit:
                    alt = columns.best_rule(others, p.model, p.field, p.link)
                    for scope, action in used[(p.model, p.field)]:
                        alts.add((action, scope, None if not alt else (alt[3].mention or alt[3].action) if scope == "mention" else alt[3].action))
                needed = [a for a in alts if a[2] != a[0]]
                stat["needed" if needed else "redundant"].append((rule.model, rule.field, rule.action, sorted(map(str,alts))[:3]))
            for k, v in stat.items():
                print("=====", k, len(v))
                if k != "sleeping" : print("\n".join(map(str, v)))
                else: print(" ".join(v))
