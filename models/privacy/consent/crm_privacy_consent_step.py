from odoo import api, models
from odoo.tools import SQL, ormcache

from . import decision
from .crm_privacy_consent import IN_STEP

OBJECTED_SQL = """
    WITH who AS (%(people)s)
    SELECT DISTINCT ON (found.person) found.person, found.event
      FROM (
        SELECT who.id AS person, c.id, c.event, c.date, c.purpose_id, c.channel
          FROM who JOIN crm_privacy_consent c ON c.partner_id = who.partner_id
         UNION ALL
        SELECT who.id, c.id, c.event, c.date, c.purpose_id, c.channel
          FROM who JOIN crm_privacy_consent c ON c.lead_id = who.lead_id
         UNION ALL
        SELECT who.id, c.id, c.event, c.date, c.purpose_id, c.channel
          FROM who JOIN crm_privacy_consent c ON c.email_normalized = who.email
      ) found
      LEFT JOIN crm_privacy_purpose purpose ON purpose.id = found.purpose_id
     WHERE found.channel IS NULL AND (purpose.id IS NULL OR purpose.is_profiling)
     ORDER BY found.person, found.date DESC, found.id DESC
"""

OBJECTED_ADDRESSES_SQL = """
    SELECT DISTINCT ON (c.email_normalized) c.email_normalized, c.event
      FROM crm_privacy_consent c
      LEFT JOIN crm_privacy_purpose purpose ON purpose.id = c.purpose_id
     WHERE c.email_normalized = ANY(%s) AND c.channel IS NULL
       AND (purpose.id IS NULL OR purpose.is_profiling)
     ORDER BY c.email_normalized, c.date DESC, c.id DESC
"""


class CrmPrivacyConsent(models.Model):
    """What the word of a person changes elsewhere.

    Which of Odoo's lists are kept in step?
        Who wants nothing by e-mail any more is on Odoo's exclusion list, and the same for SMS
        and telephone. Who then says yes to something comes off it: the other purposes stay
        closed by the objection. The mailing list of a purpose follows what is said about it.
    And the other way round?
        Who is put on an exclusion list, or leaves a mailing list, has objected; who comes off
        has lifted the objection, and has not said yes to anything.
    Who is left out of the profiles?
        Whose last word on profiling, or on everything, is no.
    """

    _inherit = "crm.privacy.consent"

    def _draw_consequences(self):
        """Bring Odoo's lists and the profiles in step with these words."""
        if self.env.context.get("privacy_in_step") is not IN_STEP:
            self.with_context(privacy_in_step=IN_STEP)._update_lists()
        about_all = self.filtered(lambda word: not word.channel)
        if about_all and not self._somebody_objected():
            self.env.registry.clear_cache()
        about_all._refresh_profiled()

    def _update_lists(self):
        """Put people on Odoo's lists, or take them off."""
        for number, channel in (("email_normalized", "email"), ("phone_sanitized", "sms")):
            about = self.filtered(number).filtered(
                lambda word, channel=channel: word._speaks_of(channel)
            )
            closed = about.filtered(lambda word: not word.purpose_id and word.event in decision.NO)
            opened = about.filtered(lambda word: word._reopens())._not_contradicted(number)
            self._exclude(channel, set(closed.mapped(number)))
            self._include(channel, set(opened.mapped(number)))
        self._update_mailing_lists()

    def _speaks_of(self, channel):
        """Tell whether a word is about a channel."""
        if self.channel or not self.purpose_id:
            return self.channel in (channel, False)
        return channel in self.purpose_id._channels()

    def _reopens(self):
        """Tell whether somebody who wanted nothing any more wants something again."""
        if self.source == "import":
            # a list that somebody sold says nothing to who objected here
            return False
        return self.event in decision.YES or (
            self.event in decision.NEUTRAL and not self.purpose_id
        )

    def _not_contradicted(self, number):
        """Leave out the words after which somebody wanted nothing any more."""
        later = self.search(
            [
                (number, "in", self.mapped(number)),
                ("purpose_id", "=", False),
                ("event", "in", decision.NO),
                ("date", ">", min(self.mapped("date"), default=False)),
            ]
        )
        last = {word[number]: word.date for word in later.sorted("date")}
        return self.filtered(
            lambda word: word[number] not in last or word.date >= last[word[number]]
        )

    def _exclude(self, channel, addresses):
        """Put addresses on the exclusion list of a channel."""
        why = self.env._("They want nothing any more.")
        if channel == "email":
            for address in addresses:
                self.env["mail.blacklist"]._add(address, message=why)
        elif addresses:
            self.env["phone.blacklist"]._add(list(addresses), message=why)

    def _include(self, channel, addresses):
        """Take addresses off the exclusion list of a channel, where they are on it."""
        name, field = {
            "email": ("mail.blacklist", "email"),
            "sms": ("phone.blacklist", "number"),
        }[channel]
        if addresses:
            self.env[name].search([(field, "in", list(addresses))]).action_archive()

    def _update_mailing_lists(self):
        """Let people join and leave the mailing lists of the purposes."""
        about = self.filtered("purpose_id.mailing_list_id").filtered("email_normalized")
        about = about.filtered(lambda word: word._speaks_of("email"))
        for mailing_list, words in about.grouped(
            lambda word: word.purpose_id.mailing_list_id
        ).items():
            for word in words.sorted(lambda word: (word.date, word.id)):
                mailing_list._privacy_follow(word)

    def _refresh_profiled(self):
        """Note who is left out of the profiles, among the people of these words."""
        emails = [email for email in set(self.mapped("email_normalized")) if email]
        for name, own in (("res.partner", self.partner_id), ("crm.lead", self.lead_id)):
            model = self.env[name].sudo().with_context(active_test=False)
            people = own | model.search([("email_normalized", "in", emails)])
            if name == "crm.lead":
                people |= model.search([("partner_id", "in", self.partner_id.ids)])
            people._refresh_unprofiled()

    @api.model
    @ormcache()
    def _somebody_objected(self):
        """Tell whether anybody ever objected by more than a channel; noted until somebody does."""
        domain = [("channel", "=", False), ("event", "in", decision.NO)]
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    def _objecting_addresses(self, emails):
        """Give the addresses among these whose last word on profiling is no."""
        if not emails or not self._somebody_objected():
            return set()
        self.flush_model()
        rows = self.env.execute_query(SQL(OBJECTED_ADDRESSES_SQL, list(emails)))
        return {email for email, event in rows if event in decision.NO}

    @api.model
    def _objectors(self, people):
        """Give the ids of those whose last word on profiling is no."""
        self.flush_model()
        self.env["crm.privacy.purpose"].flush_model(["is_profiling"])
        people.flush_recordset()
        rows = self.env.execute_query(SQL(OBJECTED_SQL, people=self._people_sql(people)))
        return [person for person, event in rows if event in decision.NO]
