/**
 * Where a step goes when it is moved, on plain steps: a place is a list (the condition above it, or
 * false, and the branch) and an index in it. There is none if the step cannot go that way.
 */

export function stepsOf(steps, parent, branch) {
    return steps.filter((step) => step.parent === parent && step.branch === branch);
}

function stepOf(steps, id) {
    return steps.find((step) => step.id === id);
}

function atEnd(steps, parent, branch) {
    return { parent, branch, index: stepsOf(steps, parent, branch).length };
}

/** Before or after the condition that a step is in. */
function beside(steps, step, after) {
    const condition = stepOf(steps, step.parent);
    const { parent, branch } = condition;
    const index = stepsOf(steps, parent, branch).indexOf(condition) + (after ? 1 : 0);
    return { parent, branch, index };
}

/** Whether a list lies in a condition: that one cannot go there. */
export function isInside(steps, parent, id) {
    for (let above = parent; above; above = stepOf(steps, above).parent) {
        if (above === id) {
            return true;
        }
    }
    return false;
}

/** One place up (-1) or down (1); at the end of its list out of the condition. */
export function shifted(steps, step, direction) {
    const { parent, branch } = step;
    const siblings = stepsOf(steps, parent, branch);
    const target = siblings.indexOf(step) + direction;
    if (target >= 0 && target < siblings.length) {
        return { parent, branch, index: direction > 0 ? target + 1 : target };
    }
    return parent ? beside(steps, step, direction > 0) : null;
}

/** Into the condition above it, or from a yes list to the no list beside it. */
export function shiftedInto(steps, step) {
    const siblings = stepsOf(steps, step.parent, step.branch);
    const above = siblings[siblings.indexOf(step) - 1];
    if (above?.kind === "condition") {
        return atEnd(steps, above.id, "yes");
    }
    return step.branch === "yes" ? atEnd(steps, step.parent, "no") : null;
}

/** From a no list to the yes list beside it, or from there behind the condition. */
export function shiftedOut(steps, step) {
    if (step.branch === "no") {
        return atEnd(steps, step.parent, "yes");
    }
    return step.branch === "yes" ? beside(steps, step, true) : null;
}
