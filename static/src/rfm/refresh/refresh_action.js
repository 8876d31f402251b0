import { registry } from "@web/core/registry";

import { RefreshDialog } from "./refresh_dialog";

/** Refreshes one policy with progress, then shows its page again. */
function refreshPolicy(env, action) {
    const { action: actions, dialog } = env.services;
    return new Promise((resolve) => {
        dialog.add(
            RefreshDialog,
            {
                policyIds: [action.params.policy_id],
                openMoves: () => actions.doAction("crm_lifecycle.crm_rfm_move_action"),
                onDone: () => {},
            },
            { onClose: () => resolve({ type: "ir.actions.client", tag: "soft_reload" }) }
        );
    });
}

registry.category("actions").add("crm_lifecycle.rfm_refresh", refreshPolicy);
