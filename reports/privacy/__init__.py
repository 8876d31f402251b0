from . import crm_privacy_request_report
