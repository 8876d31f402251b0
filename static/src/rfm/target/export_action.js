import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/** Downloads the records of a domain by Odoo's own export, with the columns that are given. */
async function exportRecords(env, { params }) {
    const { model, domain, fields, context } = params;
    const data = { model, domain, fields, context, ids: false, groupby: [], import_compat: false };
    env.services.ui.block();
    try {
        await download({ url: "/web/export/xlsx", data: { data: JSON.stringify(data) } });
    } finally {
        env.services.ui.unblock();
    }
}

registry.category("actions").add("crm_lifecycle.export_records", exportRecords);
