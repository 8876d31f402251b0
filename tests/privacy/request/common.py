from ..common import PrivacyCase


class RequestCase(PrivacyCase):
    """A person, and the requests of this person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._contact(
            name="Zoé Quenneville", email="zoe@quenneville.example", phone="+33612345678"
        )
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other company"})

    def _request(self, **values):
        """Make a request as the officer does."""
        return (
            self.env["crm.privacy.request"]
            .with_user(self.officer)
            .create(
                {
                    "type": "access",
                    "email": "zoe@quenneville.example",
                    "partner_id": self.zoe.id,
                    "verification_note": "Known by voice",
                    **values,
                }
            )
        )

    def _verified(self, **values):
        """Make a request whose identity and records are confirmed."""
        request = self._request(**values)
        request.action_verify()
        if request.identity_ids:
            request.action_confirm_identity()
        return request

    def _mails(self, request):
        """Give the mails of a request that wait in the queue, oldest first."""
        domain = [("model", "=", "crm.privacy.request"), ("res_id", "=", request.id)]
        mails = self.env["mail.mail"].sudo().search(domain, order="id")
        return mails.filtered(lambda mail: request.email and request.email in (mail.email_to or ""))
