"""May we write to this person, what for and how, and what proves it?

A *purpose* is what we write for; its *wordings* are the exact texts that people agreed to. Each
word of a person is one row of the append-only *consents*. What holds for a person follows from
the last row, from Odoo's exclusion lists and from the law; the *gate* answers for any number of
people at once, and every message passes it.

What others may call:

* `records._privacy_may_contact(purpose, channel)`: the gate; a Ground for each record;
* `records._privacy_object(purposes=None, source=...)`: they object, to some or to everything;
* `env["res.partner"]._profiling_domain()`: leaves out who objected, or asked for a restriction;
* `signed_link`: links of public pages.
"""

from . import signed_link
from . import crm_privacy_link
from . import crm_privacy_mixin
from . import res_partner
from . import crm_lead
