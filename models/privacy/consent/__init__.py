"""May we write to this person, what for and how, and what proves it?

A *purpose* is what we write for; its *wordings* are the exact texts that people agreed to. Each
word of a person is one row of the append-only *consents*. What holds for a person follows from
the last row, from Odoo's exclusion lists and from the law; the *gate* answers for any number of
people at once, and every message passes it.

What others may call:

* `records._privacy_may_contact(purpose, channel)`: the gate; a Ground for each record;
* `records._privacy_object(purposes=None, source=...)`: they object, to some or to everything;
* `env["crm.privacy.consent"]._record(people, event, purposes, channels, ...)`: note a word;
* `env["crm.privacy.preference"]._url(record)`: the link to the preference page of a person;
* `env["res.partner"]._profiling_domain()`: leaves out who objected, or asked for a restriction;
* `env["crm.privacy.attempt"]._allow(kind, value)`, `env["crm.privacy.refusal"]._note(...)`:
  limits of the public pages, and the traces of what they refuse;
* `signed_link`: links of public pages;
* `decision`: the rules of the law as plain functions.
"""

from . import decision
from . import signed_link
from . import crm_privacy_link
from . import crm_privacy_purpose
from . import crm_privacy_wording
from . import crm_privacy_consent
from . import crm_privacy_consent_state
from . import crm_privacy_consent_step
from . import crm_privacy_consent_proof
from . import crm_privacy_mixin
from . import crm_privacy_mixin_state
from . import crm_privacy_attempt
from . import crm_privacy_refusal
from . import crm_privacy_preference
from . import crm_privacy_subscription
from . import crm_lifecycle_mixin
from . import res_partner
from . import crm_lead
from . import crm_segment
from . import crm_privacy_exclusion_mixin
from . import mail_blacklist
from . import phone_blacklist
from . import mailing_list
from . import mailing_subscription
from . import mailing_trace
from . import mailing_mailing
from . import mail_compose_message
from . import mail_render_mixin
from . import mail_mail
from . import sms_composer
from . import ir_actions_server
from . import res_company
from . import res_config_settings
