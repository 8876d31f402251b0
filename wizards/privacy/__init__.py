from . import crm_privacy_request_answer
from . import crm_privacy_request_entry
from . import base_partner_merge
from . import crm_privacy_consent_entry
from . import crm_privacy_preview
from . import crm_suspect_import
from . import crm_suspect_import_erased
from . import crm_suspect_import_line
