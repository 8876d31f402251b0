from odoo import models

from .mail_mail import PLACEHOLDER


class MailRenderMixin(models.AbstractModel):
    """The link to the preferences is not shortened: each recipient gets a link of the own."""

    _inherit = "mail.render.mixin"

    def _shorten_links(self, html, link_tracker_vals, blacklist=None, base_url=None):
        """Leave the link to the preferences as it is."""
        return super()._shorten_links(
            html, link_tracker_vals, blacklist=[*(blacklist or []), PLACEHOLDER], base_url=base_url
        )
