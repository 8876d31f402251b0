import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { given, label, toAsk } from "./answers";

/** What to ask next: the questions of the criteria that are unknown, then of the old answers. */
export class QualificationQuestions extends Component {
    static template = "crm_lifecycle.QualificationQuestions";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ all: false });
    }

    get data() {
        return this.props.record.data;
    }

    /** Each criterion to ask, with its questions. */
    get subjects() {
        const questions = this.data.qualification_details?.questions || [];
        return toAsk(this.data)
            .map((name) => ({
                name,
                label: label(this.data, name),
                stale: Boolean(given(this.data, name)?.stale),
                texts: questions.filter((one) => one.criterion === name).map((one) => one.text),
            }))
            .filter((subject) => subject.texts.length);
    }

    /** The first question only, or all of them. */
    get shown() {
        const [first] = this.subjects;
        return this.state.all ? this.subjects : [{ ...first, texts: first.texts.slice(0, 1) }];
    }

    get more() {
        return this.subjects.reduce((sum, subject) => sum + subject.texts.length, 0) - 1;
    }

    heading({ label, stale }) {
        const values = { criterion: label };
        return stale ? _t("%(criterion)s (old answer):", values) : _t("%(criterion)s:", values);
    }

    toggle() {
        this.state.all = !this.state.all;
    }
}

registry.category("view_widgets").add("qualification_questions", {
    component: QualificationQuestions,
    fieldDependencies: [{ name: "qualification_details", type: "json" }],
});
