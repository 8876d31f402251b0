import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

import { AnswerPill } from "./answer_pill";
import { CRITERIA, criteriaOf, given, label, summary, toAsk } from "./answers";

const NAMES = [
    "qualification_framework",
    "qualification_score",
    "qualification_state",
    "qualification_details",
    ...Object.values(CRITERIA).flat(),
];

/** The four criteria of a lead in a popover, saved one by one. */
export class QualificationQuickEdit extends Component {
    static template = "crm_lifecycle.QualificationQuickEdit";
    static components = { AnswerPill };
    static props = { leadId: Number, onChanged: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.fields = useService("field");
        this.state = useState({ data: null });
        this.summary = summary;
        onWillStart(async () => {
            this.definitions = await this.fields.loadFields("crm.lead", { fieldNames: NAMES });
            await this.load();
        });
    }

    async load() {
        const specification = Object.fromEntries(NAMES.map((name) => [name, {}]));
        const [data] = await this.orm.webRead("crm.lead", [this.props.leadId], { specification });
        this.state.data = data;
    }

    get pills() {
        const { data } = this.state;
        return criteriaOf(data).map((name) => ({
            name,
            label: label(data, name),
            value: data[name],
            choices: this.definitions[name].selection,
            given: given(data, name),
            onSelect: (value) => this.save(name, value),
            onConfirm: () => this.confirm(name),
        }));
    }

    get question() {
        const { data } = this.state;
        const [next] = toAsk(data);
        return data.qualification_details.questions.find((one) => one.criterion === next)?.text;
    }

    async save(name, value) {
        this.props.onChanged();
        await this.orm.write("crm.lead", [this.props.leadId], { [name]: value });
        await this.load();
    }

    async confirm(name) {
        await this.orm.call("crm.lead", "action_confirm_answers", [[this.props.leadId], [name]]);
        await this.load();
    }
}
