import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";

import { FlowList } from "./flow_list";
import { isInside, shifted, shiftedInto, shiftedOut, stepsOf } from "./flow_moves";
import { NurtureForecast } from "./forecast";
import { StepPanel } from "./step_panel";

const VERSION = "crm.nurture.version";
const CARD = ".o_crm_nurture_card";
const PANEL_FIELD = ".o_crm_nurture_panel .o_field_widget :is(input, textarea)";
const PANEL_CLOSE = ".o_crm_nurture_close";

/**
 * The steps of a version: a list from top to bottom, with two lists under each condition, and the
 * form of the chosen step beside it. Whatever is changed is saved at once.
 *
 * With the keyboard: arrows go from step to step, Enter opens one, Alt with the arrows moves it
 * (to the right: into the condition above, then from its yes list to its no list; to the left:
 * back), Delete takes it out, Escape closes the form.
 *
 * Others may change the same steps meanwhile: when a change fails, the steps are read again.
 */
export class FlowEditor extends Component {
    static template = "crm_lifecycle.NurtureFlowEditor";
    static components = { FlowList, NurtureForecast, StepPanel };
    static props = {
        sequenceId: Number,
        versionId: Number,
        canEdit: Boolean,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.rootRef = useRef("root");
        this.panel = null;
        this.entering = false;
        this.helpId = `o_crm_nurture_help_${this.props.sequenceId}`;
        this.state = useState({
            flow: null,
            selected: false,
            dragged: false,
            over: false,
            focused: false,
            said: "",
        });
        onWillStart(() => this.load(this.props.versionId));
        useSetupAction({ beforeLeave: () => this.saveStep() });
        this.registerPanel = (panel) => {
            this.panel = panel;
            this.goIntoPanel();
        };
        this.reload = () => this.load(this.flow.id);
    }

    async load(versionId) {
        const flow = await this.orm.call(VERSION, "get_flow", [[versionId]]);
        for (const step of flow.steps) {
            const { figures, variants } = this.step(step.id) || step;
            Object.assign(step, { figures, variants });
        }
        this.state.flow = flow;
        this.loadFigures(flow.id);
    }

    /** Read the figures after the steps: of very many people they take a moment. */
    async loadFigures(versionId) {
        const figures = await this.orm.call(VERSION, "get_figures", [[versionId]]);
        if (this.flow.id === versionId) {
            for (const step of this.flow.steps) {
                Object.assign(step, figures[step.id]);
            }
        }
    }

    get flow() {
        return this.state.flow;
    }

    get editable() {
        return this.flow.editable;
    }

    get selected() {
        return this.flow.steps.find((step) => step.id === this.state.selected);
    }

    get problems() {
        const ofSteps = this.flow.steps.flatMap((step) => step.problems);
        return [...this.flow.problems, ...ofSteps];
    }

    /** Those who lead people now, or would when the draft is published. */
    get isCurrent() {
        const hasDraft = this.flow.versions.some((version) => version.draft);
        return this.flow.state === (hasDraft ? "draft" : "published");
    }

    list(parent, branch) {
        return stepsOf(this.flow.steps, parent, branch);
    }

    step(id) {
        return this.flow?.steps.find((step) => step.id === id);
    }

    // -- the form beside the flow ---------------------------------------------------------------

    /** Save the step that is open; false if it cannot be saved. */
    async saveStep() {
        if (!this.panel) {
            return true;
        }
        try {
            return await this.panel.saveChanges();
        } catch (error) {
            // if somebody else has deleted the step, its form closes with this
            await this.reload();
            throw error;
        }
    }

    async select(id) {
        if (await this.saveStep()) {
            this.state.selected = id;
        }
    }

    async close() {
        const id = this.state.selected;
        await this.select(false);
        this.focus(id);
    }

    async choose(versionId) {
        await this.select(false);
        await this.load(Number(versionId));
    }

    /** Focus a step, once it is drawn where it is now. */
    focus(id) {
        this.state.focused = id;
    }

    /** Open a step and go into its form, for those who have no mouse. */
    async enter(id) {
        this.entering = true;
        if (id === this.state.selected) {
            this.goIntoPanel();
        } else {
            await this.select(id);
        }
    }

    goIntoPanel() {
        if (this.entering && this.panel) {
            this.entering = false;
            const { el } = this.rootRef;
            (el.querySelector(PANEL_FIELD) || el.querySelector(PANEL_CLOSE))?.focus();
        }
    }

    // -- changes --------------------------------------------------------------------------------

    /** Change the steps; show them as they are now if that is not possible (any more). */
    async change(action) {
        try {
            return await action();
        } catch (error) {
            this.state.selected = false;
            await this.reload();
            throw error;
        }
    }

    async add(kind, { parent, branch, index }) {
        if (!(await this.saveStep())) {
            return;
        }
        const args = [[this.flow.id], kind, parent, branch, index];
        const id = await this.change(() => this.orm.call(VERSION, "add_step", args));
        await this.reload();
        this.state.selected = id;
        this.say(_t("Added: %s", this.step(id)?.title));
    }

    async move(id, { parent, branch, index }) {
        const step = this.step(id);
        const here = this.list(parent, branch).indexOf(step);
        const position = here >= 0 && here < index ? index - 1 : index;
        if (here === position || this.isInside(parent, id) || !(await this.saveStep())) {
            return;
        }
        const args = [[this.flow.id], id, parent, branch, position];
        await this.change(() => this.orm.call(VERSION, "move_step", args));
        await this.reload();
        this.say(_t("%(step)s is number %(place)s now", { step: step.title, place: position + 1 }));
        this.focus(id);
    }

    isInside(parent, id) {
        return isInside(this.flow.steps, parent, id);
    }

    /** Move a step to the place that one of the ways of `flow_moves` finds for it. */
    moveBy(way, id, direction) {
        const place = way(this.flow.steps, this.step(id), direction);
        return place && this.move(id, place);
    }

    shift(id, direction) {
        return this.moveBy(shifted, id, direction);
    }

    remove(step) {
        const isFull = this.flow.steps.some((one) => one.parent === step.id);
        this.dialog.add(ConfirmationDialog, {
            title: _t("Delete this step?"),
            body: isFull
                ? _t("“%s” and all the steps of its two lists are deleted.", step.title)
                : _t("“%s” is deleted.", step.title),
            confirmLabel: _t("Delete"),
            cancelLabel: _t("Keep It"),
            confirm: async () => {
                this.state.selected = false;
                this.panel = null;
                await this.change(() => this.orm.unlink("crm.nurture.step", [step.id]));
                await this.reload();
                this.say(_t("Deleted: %s", step.title));
            },
            cancel: () => {},
        });
    }

    async openFigure(step, figure, variant = false) {
        const args = [[this.flow.id], step.id, figure.key, variant];
        this.action.doAction(await this.orm.call(VERSION, "open_figure", args));
    }

    /** Tell screen readers what has happened. */
    say(text) {
        this.state.said = text;
    }

    // -- mouse ----------------------------------------------------------------------------------

    onDragStart(ev, step) {
        ev.stopPropagation();
        ev.dataTransfer.effectAllowed = "move";
        ev.dataTransfer.setData("text/plain", step.title);
        this.state.dragged = step.id;
    }

    onDragEnd() {
        this.state.dragged = false;
        this.state.over = false;
    }

    slotKey({ parent, branch, index }) {
        return `${parent}-${branch}-${index}`;
    }

    onDragOver(ev, slot) {
        if (this.state.dragged && !this.isInside(slot.parent, this.state.dragged)) {
            ev.preventDefault();
            this.state.over = this.slotKey(slot);
        }
    }

    async onDrop(ev, slot) {
        ev.preventDefault();
        const id = this.state.dragged;
        this.onDragEnd();
        if (id) {
            await this.move(id, slot);
        }
    }

    // -- keyboard -------------------------------------------------------------------------------

    onKeydown(ev, step) {
        if (ev.target !== ev.currentTarget) {
            return;
        }
        const handler = this.handlers[(ev.altKey ? "Alt+" : "") + ev.key];
        if (handler) {
            ev.preventDefault();
            ev.stopPropagation();
            handler(step, ev.currentTarget);
        }
    }

    get handlers() {
        const changes = {
            "Alt+ArrowUp": (step) => this.shift(step.id, -1),
            "Alt+ArrowDown": (step) => this.shift(step.id, 1),
            "Alt+ArrowRight": (step) => this.moveBy(shiftedInto, step.id),
            "Alt+ArrowLeft": (step) => this.moveBy(shiftedOut, step.id),
            Delete: (step) => this.remove(step),
        };
        return {
            Enter: (step) => this.enter(step.id),
            " ": (step) => this.enter(step.id),
            ArrowDown: (step, el) => this.focusBeside(el, 1),
            ArrowUp: (step, el) => this.focusBeside(el, -1),
            ...(this.editable ? changes : {}),
        };
    }

    focusBeside(el, direction) {
        const cards = [...this.rootRef.el.querySelectorAll(CARD)];
        cards[cards.indexOf(el) + direction]?.focus();
    }
}
