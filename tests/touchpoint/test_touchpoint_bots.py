import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL

from ...models.touchpoint import bots, events
from .common import TouchpointCase


class TestEvents(TouchpointCase):
    @given(
        st.lists(
            st.tuples(st.integers(events.EARLIEST, 2**32 - 1), st.integers(1, 2**31 - 1)),
            min_size=1,
        )
    )
    def test_place_in_time_has_the_order_of_both(self, moments):
        places = [events.place_in_time(*moment) for moment in moments]
        self.assertEqual(min(places), events.place_in_time(*min(moments)))
        self.assertEqual(events.id_of_place(max(places)), max(moments)[1])

    def test_conditions_are_the_same_in_sql(self):
        for event, _label in events.EVENTS:
            for direction in ("inbound", "outbound"):
                for is_bot in (False, True):
                    self.env.cr.execute(
                        SQL(
                            "SELECT %s, %s, %s FROM (SELECT %s AS event, %s AS direction,"
                            " %s AS is_bot) t",
                            events.is_touch_sql("t"),
                            events.is_response_sql("t"),
                            events.is_credited_sql("t"),
                            event,
                            direction,
                            is_bot,
                        )
                    )
                    self.assertEqual(
                        self.env.cr.fetchone(),
                        (
                            events.is_touch(event, is_bot),
                            events.is_response(event, direction, is_bot),
                            events.is_credited(event, direction, is_bot),
                        ),
                    )


@tagged("post_install", "-at_install")
class TestTouchpointBots(TouchpointCase):
    """Openings and clicks of mail scanners are marked, and count for nothing."""

    def test_opening_right_after_the_delivery_is_a_bots(self):
        self._trace(self.person, open_datetime=self.after(seconds=2))
        slow = self._trace(self.person, open_datetime=self.after(minutes=2))
        self.touchpoints._harvest()
        opened = self.of(self.person, "opened")
        self.assertEqual(opened.mapped("is_bot"), [True, False])
        self.assertEqual(opened[1].res_id, slow.id)

    def test_burst_of_all_links_is_a_bots_and_one_click_later_is_not(self):
        links = self._links(3)
        trace = self._trace(self.person, open_datetime=self.after(minutes=5))
        for number, link in enumerate(links):
            self._click(trace, link, self.after(minutes=5, seconds=number))
        self._click(trace, links[1], self.after(hours=2))
        self.touchpoints._harvest()
        clicks = self.of(self.person, "clicked")
        self.assertEqual(clicks.mapped("is_bot"), [True, True, True, False])
        self.assertTrue(self.of(self.person, "opened").is_bot)
        self.env.invalidate_all()
        self.assertEqual(self.person.last_inbound_date, self.after(hours=2))

    def test_first_click_becomes_a_bots_when_the_others_are_known(self):
        links = self._links(2)
        trace = self._trace(self.person)
        self._click(trace, links[0], self.after(minutes=1))
        self.touchpoints._harvest()
        self.assertEqual(self.of(self.person, "clicked").is_bot, False)
        self.assertTrue(self.person.last_inbound_date)
        self._click(trace, links[1], self.after(minutes=1, seconds=2))
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(self.of(self.person, "clicked").mapped("is_bot"), [True, True])
        self.assertFalse(self.person.last_inbound_date)

    def test_other_settings_judge_again(self):
        self._trace(self.person, open_datetime=self.after(seconds=20))
        self.touchpoints._harvest()
        self.assertFalse(self.of(self.person, "opened").is_bot)
        settings = self.env["res.config.settings"].create({"touchpoint_bot_delay": 30})
        settings.execute()
        self.env.invalidate_all()
        self.assertTrue(self.of(self.person, "opened").is_bot)

    def test_rates_of_people_beside_those_of_odoo(self):
        other = self._contact(name="Eve", email="eve@example.com")
        link = self._links(1)
        for who, seconds in ((self.person, 2), (other, 600)):
            date = self.after(seconds=seconds)
            trace = self._trace(who, open_datetime=date, trace_status="open")
            self._click(trace, link, date)
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(self.mailing.opened_ratio, 100)
        self.assertEqual(self.mailing.human_opened_ratio, 50)
        self.assertEqual(self.mailing.clicks_ratio, 100)
        self.assertEqual(self.mailing.human_clicks_ratio, 50)
        self.assertEqual((self.mailing.bot_opened, self.mailing.bot_clicked), (1, 1))

    def test_sql_judges_as_python_does(self):
        draw = random.Random(5)
        links = self._links(3)
        expected = {}
        for _ in range(150):
            sent = draw.choice([self.noon, None])
            opened = draw.choice([None, self.after(seconds=draw.randrange(40))])
            trace = self._trace(self.person, sent_datetime=sent, open_datetime=opened)
            clicks = [
                (self.after(seconds=draw.randrange(40)), draw.choice(links))
                for _ in range(draw.randrange(5))
            ]
            records = [self._click(trace, link, date) for date, link in clicks]
            expected |= self._verdicts(trace, clicks, records)
        self.touchpoints._harvest()
        found = {
            (touchpoint.res_model, touchpoint.res_id): touchpoint.is_bot
            for touchpoint in self.of(self.person)
            if touchpoint.event in ("opened", "clicked")
        }
        self.assertEqual(found, expected)
        self.assertEqual(set(expected.values()), {True, False})

    def _verdicts(self, trace, clicks, records):
        """Judge one trace by the plain functions."""
        sent, opened = trace.sent_datetime or None, trace.open_datetime or None
        burst = bots.burst_clicks([(date, link.id) for date, link in clicks], 3, 5)
        verdict = {
            number: number in burst or bots.is_too_fast(sent, date, 10)
            for number, (date, _link) in enumerate(clicks)
        }
        result = {
            ("link.tracker.click", record.id): verdict[number]
            for number, record in enumerate(records)
        }
        if opened:
            by_bots = [clicks[number][0] for number, is_bot in verdict.items() if is_bot]
            result["mailing.trace", trace.id] = bots.is_bot_open(sent, opened, by_bots, 10, 5)
        return result

    def test_bots_do_not_touch(self):
        self._trace(self.person, sent_datetime=False, links_click_datetime=self.noon)
        trace = self._trace(self.person, sent_datetime=self.after(days=1))
        trace.links_click_datetime = trace.sent_datetime + timedelta(seconds=1)
        self.touchpoints._harvest()
        self.env.invalidate_all()
        self.assertEqual(self.person.last_inbound_date, self.noon)
        self.assertEqual(self.person.last_touch_id.event, "sent")
