//! Makes a plan that fails as small as it will go.

use crate::plan::Plan;
use crate::run::run;

/// Drops steps as long as the same promise is still broken; large pieces first.
#[must_use]
pub fn shrink(plan: &Plan) -> Plan {
    let Some(wanted) = run(plan).find.map(|find| find.invariant) else { return plan.clone() };
    let mut best = plan.clone();
    let mut piece = best.steps.len().div_ceil(2).max(1);
    loop {
        let mut start = 0;
        let mut smaller = false;
        while start < best.steps.len() {
            let tried = best.without(start..start + piece);
            if run(&tried).find.is_some_and(|find| find.invariant == wanted) {
                best = tried;
                smaller = true;
            } else {
                start += piece;
            }
        }
        if piece == 1 && !smaller {
            return best;
        }
        piece = (piece / 2).max(1);
    }
}
