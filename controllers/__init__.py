from . import privacy_request
