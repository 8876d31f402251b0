from . import crm_suspect_import
from . import crm_suspect_import_line
