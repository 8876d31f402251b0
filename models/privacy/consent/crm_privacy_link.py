from odoo import api, fields, models
from odoo.tools import SQL

from . import signed_link


class CrmPrivacyLink(models.Model):
    """A public link that was used, and may not be used again.

    What is kept?
        A hash of the link until it would have expired: nothing that says whose it was.
    Why at all?
        A mail with a confirming link may be forwarded or read by others. Once it has done its
        work it does nothing any more. See `signed_link`.
    """

    _name = "crm.privacy.link"
    _description = "Used Link"
    _log_access = False
    _rec_name = "scope"

    scope = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)
    expires = fields.Datetime(required=True, readonly=True, index=True)

    _digest_once = models.UniqueIndex("(digest)")

    @api.model
    def _sign(self, scope, payload, hours):
        """Give the token of a link; see `signed_link`."""
        return signed_link._sign(self.env, scope, payload, hours)

    @api.model
    def _read_token(self, scope, token):
        """Tell what a token says; see `signed_link`."""
        return signed_link._read(self.env, scope, token)

    @api.model
    def _is_spent(self, token):
        """Tell whether a link was used."""
        return bool(self.sudo().search_count([("digest", "=", signed_link.digest(token))], limit=1))

    @api.model
    def _spend(self, scope, token, expires):
        """Note that a link is used now; False if it was before."""
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO crm_privacy_link (scope, digest, expires) VALUES (%s, %s, %s)"
                " ON CONFLICT (digest) DO NOTHING RETURNING id",
                scope,
                signed_link.digest(token),
                expires,
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_expired(self):
        """Forget the links that are worth nothing any more."""
        self.search([("expires", "<", fields.Datetime.now())]).unlink()
