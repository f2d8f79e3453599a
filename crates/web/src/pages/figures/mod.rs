//! Leaders: the figures on one page, and the lists behind them.

mod charts;
mod lists;
mod page;
mod read;
mod targets;
#[cfg(test)]
mod tests;
mod whole;

use duixian_casework::people::Role;

use crate::access::{Access, Routes};

pub(crate) use lists::funds_of;

/// Those who lead, decide, pay, audit or administer: whom the store gives figures to.
const READING: Access =
    Access::Roles(&[Role::Leader, Role::DecisionMaker, Role::Finance, Role::Auditor, Role::Administrator]);

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get("/figures", READING, page::page)
}
