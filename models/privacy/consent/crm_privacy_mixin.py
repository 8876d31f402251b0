from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class CrmPrivacyMixin(models.AbstractModel):
    """A person who has rights over the data: contacts and leads.

    What is a restriction?
        The data is kept and used for nothing (article 18): no mailing, no score, no RFM
        figures, no sequence. A salesperson may still answer the person.
    Who is left out of the profiles?
        Who asked for a restriction, and who objected to profiling or to everything. This is
        kept in a column, because scores, figures and segments ask it of everybody: it is
        written when the person speaks, and never by a job.
    And who comes again, as a new lead or contact?
        Is recognised by the address.
    What if nobody objected?
        Then nothing is asked: a database without objections is as fast as one without this.
    """

    _name = "crm.privacy.mixin"
    _description = "Person with Rights over the Data"

    privacy_restricted = fields.Boolean(
        "Processing Restricted",
        copy=False,
        prefetch="privacy",
        groups="base.group_user",
        help="The person asked that the data be kept but not used: no mailings, no score.",
    )
    privacy_unprofiled = fields.Boolean(
        "Objects to Profiling",
        copy=False,
        prefetch="privacy",
        readonly=True,
        groups="base.group_user",
        help="The person objected to scores and segments, or to everything.",
    )

    _privacy_restricted_idx = models.Index("(email_normalized) WHERE privacy_restricted")
    _privacy_out_idx = models.Index("(id) WHERE privacy_restricted OR privacy_unprofiled")

    @api.model_create_multi
    def create(self, vals_list):
        """Let a restriction take effect at once, and recognise who objected before."""
        for vals in vals_list:
            self._check_may_profile(vals)
        people = super().create(vals_list)
        if any(vals.get("privacy_restricted") for vals in vals_list):
            people._privacy_changed()
        people._privacy_recognise()
        return people

    def write(self, vals):
        """Let only the data protection officer lift a restriction."""
        self._check_may_profile(vals)
        if "privacy_restricted" in vals:
            self._check_may_restrict(vals["privacy_restricted"])
        result = super().write(vals)
        if not vals.keys().isdisjoint({"privacy_restricted", "privacy_unprofiled"}):
            self._privacy_changed()
        if not vals.keys().isdisjoint({"email", "email_from"}):
            self._privacy_recognise()
        return result

    def _check_may_profile(self, vals):
        """Refuse to say by hand what follows from the words of the person.

        :raise AccessError: somebody writes it
        """
        if "privacy_unprofiled" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "Who objects to profiling follows from what the person said: note a new answer."
                )
            )

    def _check_may_restrict(self, restricted):
        """Anybody who may write may protect a person; the officer alone ends it."""
        officer = self.env.su or self.env.user.has_group("crm_lifecycle.group_privacy_officer")
        if not restricted and not officer and any(self.sudo().mapped("privacy_restricted")):
            raise AccessError(
                self.env._(
                    "The person asked that the data be kept but not used. Only the data protection"
                    " officer can end this restriction: ask the officer."
                )
            )

    def _privacy_may_contact(self, purpose, channel):
        """Tell for each of these records whether it may be contacted, and on what ground.

        :param purpose: a `crm.privacy.purpose`; empty: only objections to everything count
        :param str channel: email, sms, phone or post
        :return: record id -> Ground(allowed, code, text)
        """
        return self.env["crm.privacy.consent"].sudo()._grounds(self, purpose, channel)

    def _privacy_object(self, purposes=None, *, source=None, **proof):
        """Note that these people object: to some purposes, or to everything.

        :param str source: where they said it, in a word: the number of the request
        """
        consents = self.env["crm.privacy.consent"]
        return consents._record(
            self._privacy_people(),
            "withdrawn",
            purposes,
            **{"source": "request", "note": source, **proof},
        )

    def _privacy_people(self):
        """Give whose word it is when these records speak."""
        raise NotImplementedError

    @api.model
    @ormcache()
    def _privacy_somebody_is_out(self):
        """Tell whether anybody is left out of the profiles; noted until somebody is."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT FROM %s WHERE privacy_restricted OR privacy_unprofiled LIMIT 1",
                    SQL.identifier(self._table),
                )
            )
        )

    @api.model
    def _privacy_profiled_domain(self):
        """Give who may be profiled: all, as long as nobody objected."""
        if not self._privacy_somebody_is_out():
            return Domain.TRUE
        return Domain("privacy_restricted", "=", False) & Domain("privacy_unprofiled", "=", False)

    def _refresh_unprofiled(self):
        """Note who of these people is left out of the profiles."""
        if not self:
            return
        out = self.browse(self.env["crm.privacy.consent"].sudo()._objectors(self))
        quiet = self.sudo().with_context(tracking_disable=True)
        (quiet & out).filtered(lambda who: not who.privacy_unprofiled).privacy_unprofiled = True
        (quiet - out).filtered("privacy_unprofiled").privacy_unprofiled = False

    def _privacy_recognise(self):
        """Keep new records out of the profiles whose address belongs to somebody who objected."""
        consents = self.env["crm.privacy.consent"].sudo()
        if self and consents._somebody_objected():
            people = self.sudo().with_context(tracking_disable=True)
            emails = set(people.mapped("email_normalized")) - {False}
            objecting = consents._objecting_addresses(emails)
            known = people.filtered(lambda who: who.email_normalized in objecting)
            known.filtered(lambda who: not who.privacy_unprofiled).privacy_unprofiled = True

    def _privacy_changed(self):
        """Ask again whether anybody is left out."""
        if self and not self._privacy_somebody_is_out():
            self.flush_model(["privacy_restricted", "privacy_unprofiled"])
            self.env.registry.clear_cache()
