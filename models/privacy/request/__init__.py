"""What persons ask for: a copy, a correction, erasure, restriction, objection; and the answer.

Model: `crm.privacy.request`, from receipt to answer, with the deadline of the law.

How does a request go on?
    `action_verify()` -> `action_approve()` -> `action_run()`, or `action_refuse()` on the way.
    `action_run()` calls `_run_<type>()`, which answers True when the request is finished, or
    False when it goes on in the background and closes itself with `_finish()`.
How does another part add its work?
    It extends the model with `_inherit` and defines `_run_<type>()`; its screens go into the
    notebook of `crm_privacy_request_view_form`.

What others may call: `env["crm.privacy.request"]._receive(values, confirmed=False)`, which
makes a request of a person who is not known yet, and asks this person to confirm the address.
"""

from . import due_dates
from . import corrections
from . import crm_privacy_request
from . import crm_privacy_request_deadline
from . import crm_privacy_request_reminder
from . import crm_privacy_request_mail
from . import crm_privacy_request_link
from . import crm_privacy_request_intake
from . import crm_privacy_request_change
from . import crm_privacy_request_recipient
from . import crm_privacy_request_register
from . import crm_privacy_request_rectification
from . import crm_privacy_request_objection
from . import res_company
from . import res_config_settings
from . import res_partner
from . import crm_lead
