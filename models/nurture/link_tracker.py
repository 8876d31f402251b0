from odoo import api, models


class KnownLinks(dict):
    """The short links of a message that were looked up already: values -> id."""


class LinkTracker(models.Model):
    """The links of a message to many people are looked up once, and no page is fetched.

    Odoo looks for the short links anew for each person, and names a new one after the title of
    its page, which it fetches while it sends.
    """

    _inherit = "link.tracker"

    @api.model
    @api.depends("url")
    def _get_title_from_url(self, url):
        """Give the address itself where nobody waits for the title of the page."""
        if isinstance(self.env.context.get("nurture_links"), KnownLinks):
            return url
        return super()._get_title_from_url(url)

    @api.model
    def search_or_create(self, vals_list):
        """Remember the links of the message that is being handed over."""
        known = self.env.context.get("nurture_links")
        if not isinstance(known, KnownLinks):
            return super().search_or_create(vals_list)
        keys = [tuple(sorted(vals.items())) for vals in vals_list]
        new = {key: vals for key, vals in zip(keys, vals_list, strict=True) if key not in known}
        if new:
            links = super().search_or_create([dict(vals) for vals in new.values()])
            known.update(zip(new, links.ids, strict=True))
        return self.browse(known[key] for key in keys)
