from datetime import timedelta

from odoo.tests import tagged

from .common import NOW, ScoringCase


@tagged("post_install", "-at_install")
class TestBacktest(ScoringCase):
    """The score that leads had before they were won or lost."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("UPDATE crm_lead SET won_status = 'pending'")
        self.env.invalidate_all()
        self._rule(domain="[('city', '=', 'Lyon')]", points=40)
        self._rule(event="clicked", points=40, max_points=80, half_life_days=30)
        self.won = self._closed("won", city="Lyon")
        self.lost = self._closed("lost", city="Lyon")
        self.old = self._closed("lost", days=900)

    def _closed(self, status, days=10, **values):
        lead = self._lead(**values)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET won_status = %s, active = %s, date_closed = %s, create_date = %s"
            " WHERE id = %s",
            (status, status == "won", NOW - timedelta(days), NOW - timedelta(days + 90), lead.id),
        )
        lead.invalidate_recordset()
        return lead

    def _test(self, **values):
        tests = self.env["crm.score.backtest"].with_user(self.marketing)
        return tests.create({"months": 12, "days_before": 3, **values})

    def test_touchpoints_up_to_the_day(self):
        self._touch(self.won, days=43)
        self._touch(self.won, days=1)
        self._touch(self.lost, days=11)
        test = self._test()
        self.assertEqual((test.lead_count, test.won_count, test.auc), (2, 1, 1))
        bands = {band.lowest: (band.lead_count, band.rate) for band in test.band_ids}
        # fit 40, engagement 40 * 0.5 thirty days later: 29; without the click after the day
        self.assertEqual(bands, {80: (0, 0), 60: (0, 0), 40: (0, 0), 20: (1, 1), 0: (1, 0)})
        self.assertEqual((test.rule_count, test.filter_rule_count), (2, 1))

    def test_the_end_does_not_foretell_itself(self):
        self._touch(self.won, days=10, date=NOW - timedelta(10, seconds=-1))
        self._touch(self.lost, days=10, date=NOW - timedelta(10, seconds=1))
        self.assertEqual(self._test(days_before=0).auc, 0, "only the click before the end counts")

    def test_touchpoints_of_the_contact_count(self):
        contact = self._contact()
        lead = self._closed("won", partner_id=contact.id)
        self._touch(contact, days=13)
        self._touch(lead, days=13, partner_id=contact.id)
        test = self._test(months=1)
        self.assertEqual(test.band_ids.filtered(lambda band: band.lowest == 40).won_count, 1)

    def test_odoos_own_prediction_is_compared_where_it_was_kept(self):
        test = self._test()
        self.assertFalse(test.compared_count)
        for lead, early, late in ((self.won, 60, 100), (self.lost, 30, 0)):
            for days, probability in ((30, early), (11, late)):
                self.env["crm.score.history"].create(
                    {
                        "lead_id": lead.id,
                        "date": NOW - timedelta(days),
                        "score": 5,
                        "odoo_probability": probability,
                    }
                )
        test.action_run()
        self.assertEqual((test.compared_count, test.odoo_auc, test.compared_auc), (2, 1, 0.5))
        self.assertEqual(sum(test.band_ids.mapped("predicted_count")), 2)

    def test_nothing_to_test_on(self):
        test = self._test(days_before=0, months=1)
        self.assertEqual(test.lead_count, 2)
        self.env.cr.execute("UPDATE crm_lead SET won_status = 'pending'")
        test.action_run()
        self.assertEqual((test.lead_count, test.auc, len(test.band_ids)), (0, 0, 5))

    def test_who_sees_which_leads(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.won.write({"company_id": other.id, "user_id": False, "team_id": False})
        self.assertEqual(self._test().lead_count, 1)
