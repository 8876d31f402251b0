from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import EMAIL, NAME, ErasureCase


@tagged("post_install", "-at_install")
class TestPrivacyLocation(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = cls.env["crm.privacy.location"]
        cls.places._discover()

    def place(self, model, field):
        return self.places.search([("model", "=", model), ("field", "=", field)])

    def test_every_link_of_the_database_is_a_place(self):
        self.env.cr.execute(
            """SELECT child.relname, a.attname FROM pg_constraint c
                 JOIN pg_class child ON child.oid = c.conrelid
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND c.confrelid = 'res_partner'::regclass"""
        )
        known = set()
        for place in self.places.search([("link", "=", "partner")]):
            field = self.env[place.model]._fields[place.field]
            many = field.type == "many2many"
            table = field.relation if many else self.env[place.model]._table
            known.add((table, field.column2 if many else place.field))
        missing = {
            (table, column)
            for table, column in self.env.cr.fetchall()
            if (table, column) not in known
        }
        # written by a relation that Odoo has under another name
        self.assertFalse(missing - {("res_partner_res_partner_category_rel", "partner_id")})

    def test_nothing_of_the_standard_apps_is_to_classify(self):
        standard = self.places.search([("action", "=", "unclassified")])
        self.assertFalse([(place.model, place.field) for place in standard])

    def test_finding_again_changes_nothing(self):
        count = self.places.search_count([])
        self.env.flush_all()
        with self.assertQueryCount(12):
            self.assertFalse(self.places._discover())
            self.env.flush_all()
        self.assertEqual(self.places.search_count([]), count)

    def _new_model(self):
        self.addCleanup(self.registry.reset_changes)
        return self.env["ir.model"].create(
            {
                "name": "Club",
                "model": "x_club",
                "field_id": [
                    (0, 0, {"name": "x_name", "ttype": "char", "field_description": "Name"}),
                    (0, 0, {"name": "x_email", "ttype": "char", "field_description": "E-mail"}),
                    (
                        0,
                        0,
                        {
                            "name": "x_partner_id",
                            "ttype": "many2one",
                            "relation": "res.partner",
                            "field_description": "Member",
                        },
                    ),
                ],
            }
        )

    def test_a_new_model_appears_to_classify_and_keeps_the_erasure_open(self):
        self._new_model()
        card = self.env["x_club"].create(
            {"x_name": NAME, "x_email": EMAIL, "x_partner_id": self.person.id}
        )
        request = self.request()
        request.action_plan()
        self.assertEqual(self.place("x_club", "x_partner_id").action, "unclassified")
        self.assertEqual(self.place("x_club", "x_email").link, "email")
        lines = request.line_ids.filtered(lambda line: line.res_model == "x_club")
        self.assertEqual(set(lines.mapped("action")), {"unclassified"})
        self.assertEqual(set(lines.mapped("state")), {"open"})
        self.assertGreaterEqual(request.unclassified_count, 3)
        self.assertEqual(lines[0].res_ids, card.ids)

    def test_a_place_classified_by_hand_is_erased_so(self):
        self._new_model()
        card = self.env["x_club"].create(
            {"x_name": NAME, "x_email": EMAIL, "x_partner_id": self.person.id}
        )
        self.places._discover()
        place = self.place("x_club", "x_partner_id").with_user(self.officer)
        place.action = "delete"
        self.assertEqual(place.origin, "manual")
        self.places._discover()
        self.assertEqual(place.action, "delete")
        self.erased()
        self.assertFalse(card.exists())
        place.action_follow_rule()
        self.assertEqual(place.action, "unclassified")

    def test_a_field_added_by_hand_follows_the_rule_of_its_model(self):
        self.addCleanup(self.registry.reset_changes)
        self.env["ir.model.fields"].create(
            {
                "name": "x_nickname",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "field_description": "Nickname",
            }
        )
        self.person.x_nickname = "The Unique Quennevillette"
        self.erased()
        self.assertFalse(self.person.x_nickname)

    def test_rules_of_apps_that_are_not_there_sleep(self):
        self.env["crm.privacy.location.rule"].create(
            {"model": "x.absent", "field": "partner_id", "action": "delete", "link": "partner"}
        )
        self.assertFalse(self.places._discover())

    def test_only_officers_see_and_classify(self):
        place = self.place("res.partner", "comment")
        for user in (self.marketing, self.manager, self.salesman, self.employee):
            with self.assertRaises(AccessError):
                place.with_user(user).read(["action"])
            with self.assertRaises(AccessError):
                self.places.with_user(user).action_open_places()
        action = self.places.with_user(self.officer).action_open_places()
        self.assertEqual(action["res_model"], "crm.privacy.location")
        with self.assertRaises(AccessError):
            place.with_user(self.officer).unlink()
