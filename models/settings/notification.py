"""How a button ends: with a short message, and with what the screen does next."""

RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}
#: A dialog closes, and the screen below it is read again.
CLOSE_AND_RELOAD = {**CLOSE, "infos": {"onClose": RELOAD}}


def notification(message, kind="success", then=None, **params):
    """Give the client action that shows a message.

    :param str message: for the user, translated
    :param str kind: success, warning, danger or info
    :param dict then: the client action that follows; the screen is read again without one
    :param params: others that Odoo's `display_notification` knows, as `title`

    >>> action = notification("Done", title="Value")
    >>> action["tag"], action["params"]["type"], action["params"]["title"]
    ('display_notification', 'success', 'Value')
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {"type": kind, "message": message, "next": then or RELOAD, **params},
    }
