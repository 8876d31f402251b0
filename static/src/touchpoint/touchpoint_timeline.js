import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { formatTime, groupByDay } from "./touchpoint_dates";

/**
 * The contacts with a person, the latest first, on the page Journey of a lead or contact. They are
 * read when the page is opened, not with the form, and page by page.
 */
export class TouchpointTimeline extends Component {
    static template = "crm_lifecycle.TouchpointTimeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.formatTime = formatTime;
        this.state = useState({
            items: null,
            next: null,
            channels: [],
            bots: 0,
            chosen: [],
            showBots: false,
            failed: false,
            busy: false,
        });
        useEffect(
            () => {
                this.reset();
            },
            () => [this.record.resModel, this.record.resId]
        );
    }

    get record() {
        return this.props.record;
    }

    get days() {
        return groupByDay(this.state.items || []);
    }

    get isEmpty() {
        return !this.state.channels.length && !this.state.bots;
    }

    get botsLabel() {
        return _t("By programs (%s)", this.state.bots);
    }

    directionLabel(item) {
        return item.direction === "inbound" ? _t("From the person") : _t("To the person");
    }

    reset() {
        Object.assign(this.state, { items: null, channels: [], chosen: [], showBots: false });
        return this.load();
    }

    /** Read the first page, or the one after the last. */
    async load(before = null) {
        if (!this.record.resId) {
            return;
        }
        this.state.failed = false;
        try {
            const page = await this.keepLast.add(this.read(before));
            this.show(page, before);
        } catch (error) {
            this.state.failed = true;
            this.state.items ||= [];
            throw error;
        }
    }

    read(before) {
        const { resModel, resId } = this.record;
        return this.orm.silent.call(resModel, "get_touchpoint_timeline", [[resId]], {
            channel_ids: this.state.chosen,
            bots: this.state.showBots,
            before,
        });
    }

    show(page, before) {
        this.state.items = before ? [...this.state.items, ...page.items] : page.items;
        this.state.next = page.next;
        if (!before) {
            this.state.channels = page.channels;
            this.state.bots = page.bots;
        }
    }

    isChosen(channel) {
        return this.state.chosen.includes(channel.id);
    }

    toggleChannel(channel) {
        this.state.chosen = this.isChosen(channel)
            ? this.state.chosen.filter((id) => id !== channel.id)
            : [...this.state.chosen, channel.id];
        return this.load();
    }

    toggleBots() {
        this.state.showBots = !this.state.showBots;
        return this.load();
    }

    loadMore() {
        return this.load(this.state.next);
    }

    /** Look for what is new, of this person only. */
    async refresh() {
        this.state.busy = true;
        try {
            const { resModel, resId } = this.record;
            const count = await this.orm.call(resModel, "action_refresh_touchpoints", [[resId]]);
            await this.load();
            const message = count ? _t("New touchpoints: %s", count) : _t("Nothing new.");
            this.notification.add(message, { type: count ? "success" : "info" });
            if (count) {
                await this.reloadRecord();
            }
        } finally {
            this.state.busy = false;
        }
    }

    /** The line of the last contact changes too; what is being edited stays as it is. */
    async reloadRecord() {
        if (!(await this.record.isDirty())) {
            await this.record.load();
        }
    }

    async logContact() {
        const { resModel, resId } = this.record;
        const action = await this.orm.call(resModel, "action_log_touchpoint", [[resId]]);
        await this.action.doAction(action, {
            onClose: async (infos) => {
                if (!infos?.special) {
                    await this.load();
                    await this.reloadRecord();
                }
            },
        });
    }

    async open(item) {
        const action = await this.orm.call("crm.touchpoint", "action_open_record", [[item.id]]);
        const { resModel, resId } = this.record;
        if (action.res_model === resModel && action.res_id === resId) {
            this.notification.add(_t("It is in the messages of this page."), { type: "info" });
            return;
        }
        await this.action.doAction(action);
    }
}

registry.category("view_widgets").add("touchpoint_timeline", {
    component: TouchpointTimeline,
});
