"""Company defaults and the settings page of the application.

Models: none of its own; `res.company` holds the defaults, `res.config.settings`
shows them. `notification` ends a button with a message.
"""

from . import notification
from . import res_company
from . import res_config_settings
