"""The registers: processings, breaches, how long data is kept, where the company stands.

A *processing* is an entry of the record of art. 30; the addon ships those of Odoo's CRM and of
itself as drafts that a company completes. A *breach* has 72 hours from the moment the company
knows of it, and is kept for ever. A *retention* rule says how long whose data is kept after
which last contact; it stands on Odoo's `data_recycle`, which gets the action "anonymise". The
*state of play* counts what personal fields hold. *Deadlines* puts all dates into one list.

Models: `crm.privacy.processing` with its `.data` and `.recipient`, `crm.privacy.breach` with its
`.note` and `.recipient`, `crm.privacy.retention` with its `.run`, `crm.privacy.hold`,
`crm.privacy.play` with its `.line`, `crm.privacy.deadline`.

What others may call:

* `company._privacy_officer()`: the user who gets the activities of a company;
* `env["crm.privacy.retention"]._holds_domain()`: who must not be erased yet;
* `breach_clock`, `retention_period`: dates as plain functions.
"""

from . import breach_clock
from . import retention_period
from . import safe_filter
from . import legal
from . import res_company
from . import res_config_settings
from . import crm_privacy_processing
from . import crm_privacy_processing_line_mixin
from . import crm_privacy_processing_data
from . import crm_privacy_processing_recipient
from . import crm_privacy_processing_review
from . import crm_privacy_processing_table
from . import crm_privacy_breach
from . import crm_privacy_breach_steps
from . import crm_privacy_breach_persons
from . import crm_privacy_breach_note
from . import crm_privacy_breach_notice
from . import crm_privacy_breach_recipient
from . import mail_mail
from . import crm_privacy_hold
from . import crm_privacy_request
from . import data_recycle_model
from . import data_recycle_record
from . import crm_privacy_retention
from . import crm_privacy_retention_query
from . import crm_privacy_retention_refresh
from . import crm_privacy_retention_run
from . import crm_privacy_retention_work
from . import filled_sql
from . import crm_privacy_play
from . import crm_privacy_play_line
from . import crm_privacy_play_sample
from . import crm_privacy_deadline
