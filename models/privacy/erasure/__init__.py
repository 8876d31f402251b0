"""Where the data of a person is, and how it is erased.

`crm.privacy.location`: every place of the database, found in Odoo's metadata (`_discover`), with
what is done there. `crm.privacy.identity`: which records are the person (`request._identity()`).
`crm.privacy.request.line`: the plan and the report of an erasure.
`crm.privacy.erasure`: the engine;
`_erase(partners, leads, origin)` erases without a request, `_survey(identity)` only looks.

`crm.privacy.scan`: after the run, the search of everything for what is left; only a clean one
closes the erasure. `crm.privacy.erasure.entry`: the register, without data.
`crm.privacy.suppression`: fingerprints of erased addresses (`_known(values)`,
`_suppressed_ids(records)`, `_add(emails, phones, request)`).
`crm.privacy.replay`: erasing again after a restored backup, from the `journal`.
"""

from . import crm_privacy_location_rule
from . import crm_privacy_location
from . import crm_privacy_location_discover
from . import crm_privacy_identity
from . import crm_privacy_erasure_identity
from . import crm_privacy_erasure_own
from . import crm_privacy_erasure_kept
from . import crm_privacy_erasure_survey
from . import crm_privacy_erasure_text
from . import crm_privacy_erasure_records
from . import crm_privacy_erasure_files
from . import crm_privacy_erasure_delete
from . import crm_privacy_erasure_apply
from . import crm_privacy_erasure_batch
from . import crm_privacy_legal_identity
from . import crm_privacy_request_identity
from . import crm_privacy_request_line
from . import crm_privacy_request_plan
from . import crm_privacy_request_erasure
from . import crm_privacy_request_integrity
from . import crm_privacy_request_forget
from . import indexes
from . import res_company
from . import res_config_settings
from . import secret
from . import journal
from . import traces
from . import search
from . import crm_privacy_suppression
from . import crm_privacy_consent
from . import crm_privacy_return
from . import crm_privacy_returning_mixin
from . import res_partner_returning
from . import crm_lead_identity
from . import crm_lead_returning
from . import mailing_contact
from . import crm_privacy_scan
from . import crm_privacy_scan_part
from . import crm_privacy_scan_part_read
from . import crm_privacy_scan_hit
from . import crm_privacy_scan_run
from . import crm_privacy_erasure_entry
from . import crm_privacy_erasure_entry_line
from . import crm_privacy_request_close
from . import crm_privacy_request_scan
from . import crm_privacy_request_next_step
from . import crm_privacy_replay
