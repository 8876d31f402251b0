from odoo import api, models


class LinkTracker(models.Model):
    """The links of sequences are named by their address: no page is fetched while sending."""

    _inherit = "link.tracker"

    @api.model
    @api.depends("url")
    def _get_title_from_url(self, url):
        """Give the address itself where nobody waits for the title of the page."""
        if self.env.context.get("link_title_is_url"):
            return url
        return super()._get_title_from_url(url)
