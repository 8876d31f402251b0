from . import crm_privacy_register
