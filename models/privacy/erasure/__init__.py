"""Where the data of a person is, and how it is erased.

`crm.privacy.location`: every place of the database, found in Odoo's metadata (`_discover`), with
what is done there. `crm.privacy.identity`: which records are the person (`request._identity()`).
`crm.privacy.request.line`: the plan and the report of an erasure.
`crm.privacy.erasure`: the engine;
`_erase(partners, leads, origin)` erases without a request, `_survey(identity)` only looks.
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
from . import crm_privacy_legal_identity
from . import crm_privacy_request_identity
from . import crm_privacy_request_line
from . import crm_privacy_request_plan
from . import crm_privacy_request_erasure
from . import crm_privacy_request_forget
from . import res_company
from . import res_config_settings
