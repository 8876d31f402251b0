from odoo.tests import tagged

from ....models.privacy.erasure import columns
from ..canary import dump
from ..canary.case import CanaryCase
from ..canary.saturation import ERASING, Saturation

#: Places of values: what is not erased there is found by the search of everything.
VALUES = ("text", "email", "phone", "file")
#: Persons who are deleted with all of their fields
DELETED = ("mail.guest", "mailing.contact")
#: How many rows of a table are tried: the first ones may be hers in another way.
TURNS = 3


@tagged("post_install", "-at_install")
class TestCanaryRules(CanaryCase):
    """Each rule that is shipped has its work, and without it the erasure is not complete."""

    def _saturate(self):
        """Write the person to all places whose rule erases.

        :return: the (model, field) that had work, and those that have no row to write into
        """
        worked, empty = set(), set()
        for turn in range(TURNS):
            with self.database.env() as env:
                env["crm.privacy.location"]._discover()
                request = self.request(env)
                request._plan()
                worked |= {(line.res_model, line.field_name) for line in request.line_ids}
                request.unlink()
                ruled = env["crm.privacy.location"].search([("rule_id", "!=", False)])
                todo = [place.id for place in ruled if (place.model, place.field) not in worked]
                todo = ruled.browse(todo).filtered(self._fillable)
                left = Saturation(env, self.made).fill(todo, turn)
                if not turn:
                    empty |= {(place.model, place.field) for place in left}
        return worked, empty

    def _fillable(self, place):
        """Tell whether something written into another person's row must disappear.

        What names a person makes the row hers, and such rows are deleted as a whole.
        """
        if place.model in DELETED:
            return False
        if place.link in VALUES:
            return place.link != "file" and place.action != "stay" and place.mention in ERASING
        return place.action in ERASING

    def test_everywhere_at_once_and_each_rule_is_needed(self):
        worked, empty = self._saturate()
        with self.database.env() as env:
            request = self.request(env)
            request.action_plan()
            worked |= {(line.res_model, line.field_name) for line in request.line_ids}
            self._check_rules(env, worked, empty)
            self.erase(request, plan=False)
            self.assertEqual((request.state, request.scan_state), ("done", "clean"))
            kept = {
                (env[line.res_model]._table, str(record_id))
                for line in request.line_ids.filtered(lambda line: line.state == "kept")
                for record_id in line.res_ids
            }
        hits = [hit for hit in self.hits() if hit.table != "file"]
        self.assertFalse([hit for hit in hits if (hit.table, hit.row) not in kept])
        self.assertTrue(dump.search_files(self.database.files), "the evidence is kept")

    def _check_rules(self, env, worked, empty):
        """Check that each rule that erases has work, and that no other rule would do the same."""
        rules = env["crm.privacy.location.rule"].search([("id", ">", 0)])
        table = [(rule.model, rule.field, rule.link or None, rule) for rule in rules]
        for rule in rules.filtered(lambda rule: {rule.action, rule.mention} & set(ERASING)):
            places = env["crm.privacy.location"].search([("rule_id", "=", rule.id)])
            used = places.filtered(lambda place: (place.model, place.field) in worked)
            name = f"{rule.model} {rule.field} {rule.link or ''}"
            with self.subTest(rule=name):
                if not used:
                    idle = places.filtered(
                        lambda place: (
                            self._fillable(place) and (place.model, place.field) not in empty
                        )
                    )
                    self.assertFalse(idle.mapped("display_name"), "a place without work")
                    continue
                others = [row for row in table if row[3] != rule]
                self.assertTrue(
                    any(self._turns_red(place, others) for place in used),
                    "without this rule the erasure is complete, too",
                )

    def _turns_red(self, place, others):
        """Tell whether an erasure is not complete, or not the same, without the rule of a place."""
        match = columns.best_rule(others, place.model, place.field, place.link)
        if not match:
            return True  # to classify: the erasure stays open
        names = ("action", "mention", "owner", "subject", "export")
        return any(match[3][name] != place[name] for name in names)

    def test_dropped_rules_keep_the_erasure_open(self):
        with self.database.env() as env:
            rules = env["crm.privacy.location.rule"]
            for model, field in (
                ("mail.message", "*"),
                ("crm.score", "*"),
                ("ir.attachment", "index_content"),
            ):
                dropped = rules.search([("model", "=", model), ("field", "=", field)])
                self.assertTrue(dropped)
                dropped.unlink()
        with self.database.env() as env:
            request = self.request(env)
            self.erase(request)
            self.assertEqual(request.state, "approved")
            open_places = request._unclassified_lines().mapped("res_model")
            self.assertLessEqual({"mail.message", "crm.score"}, set(open_places))
            self.assertIn("classified", request.scan_words)
