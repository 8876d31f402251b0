import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** The colours of the badges: a temperature has the same one everywhere. */
const COLORS = { hot: "#dc3545", warm: "#ffac00", cold: "#17a2b8", junk: "#9ca3af" };

/** The temperature that all records behind a dataset have, if it is one. */
function temperatureOf(dataset) {
    const leaves = dataset.domains.flat();
    return leaves.find((leaf) => Array.isArray(leaf) && leaf[0] === "temperature")?.[2];
}

export class ScoreGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        for (const dataset of data.datasets.filter((set) => set.domains)) {
            dataset.backgroundColor = COLORS[temperatureOf(dataset)] || dataset.backgroundColor;
        }
        return data;
    }
}

registry.category("views").add("score_graph", { ...graphView, Renderer: ScoreGraphRenderer });
