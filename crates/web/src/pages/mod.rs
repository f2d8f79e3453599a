//! All pages, by area. Each area is a folder with `routes()`.

pub mod account;
pub mod admin;
pub mod audit;
pub(crate) mod check;
pub mod demo;
pub mod empowered;
pub mod enterprise;
pub mod figures;
pub mod finance;
pub mod public;
pub(crate) mod shared;
pub mod work;

use crate::access::Routes;
use crate::casefile;

/// The routes of all areas.
pub fn routes() -> Routes {
    Routes::new()
        .merge(public::routes())
        .merge(account::routes())
        .merge(enterprise::routes())
        .merge(work::routes())
        .merge(finance::routes())
        .merge(figures::routes())
        .merge(audit::routes())
        .merge(admin::routes())
        .merge(demo::routes())
        .merge(casefile::routes())
}
