from . import crm_suspect_import
from . import crm_suspect_import_line
from . import crm_privacy_request_answer
from . import crm_privacy_request_entry
