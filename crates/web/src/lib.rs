//! The portal: the only crate that knows HTTP.
//!
//! # How to add a page
//!
//! **1. A handler.** It takes a [`page::Page`] (the surroundings: language, viewer, navigation, token) and returns
//! `Result<Response, Problem>`:
//!
//! ```text
//! async fn case(page: Page, Path(id): Path<i64>) -> Result<Response, Problem> {
//!     let case = …find…(id).ok_or_else(Problem::not_found)?;          // also where the viewer may not know of it
//!     let page = page.titled(("案件", "Case")).under("/cases", ("我的案件", "My cases")).wide();
//!     Page::show(&CasePage { page, case })
//! }
//! ```
//!
//! **2. A template** in `templates/`, compiled with the crate. It extends `page.html` and fills `main`; title, breadcrumbs
//! and messages are there already. The struct has a field `page`:
//!
//! ```text
//! #[derive(Template)]
//! #[template(path = "case.html")]
//! struct CasePage { page: Page, case: Case }
//! ```
//! ```html
//! {% extends "page.html" %}
//! {% block main %}
//! <p>{{ page.t("金额", "Amount") }} {{ page.yuan(case.amount) }}</p>
//! {% endblock %}
//! ```
//!
//! No `style=` attribute, no inline script, no `|safe` on anything a person typed: the content security policy refuses the
//! first two and a test looks for all three.
//!
//! **3. Texts** stand in both languages where they are used: `page.t("中文", "English")` in templates and handlers;
//! a [`locale::Text`] (`("中文", "English").into()`) where a text is made before its reader is known. Where the order of
//! words differs: `{% if page.zh() %}共{{ n }}件{% else %}{{ n }} in all{% endif %}`. Amounts and dates go through
//! [`page::Page::yuan`], [`page::Page::wan`], [`page::Page::date`].
//!
//! **4. Components** are small structs in [`ui`] that print themselves: `{{ table }}`, `{{ status }}`. They are made in the
//! handler or in the template. Markup without logic (panels, callouts, rows) is written by hand with the classes of
//! `assets/components.css`; everything is on view at `/design`. A list is a [`list::List`]: one description of columns and
//! rows gives the table, the CSV and the XLSX.
//!
//! **5. Forms** are described once ([`forms`]), then shown, checked and read. The body of a POST is read through
//! [`forms::Posted`] or [`forms::PostedFiles`], which check the token, so no handler can forget it. In a template:
//!
//! ```html
//! {{ form.errors() }}
//! <form method="post" data-guard>
//! <input type="hidden" name="_csrf" value="{{ page.csrf() }}">
//! <input type="hidden" name="_once" value="{{ once }}">
//! {{ form.all() }}
//! <p class="actions"><button class="button">{{ page.t("提交", "Submit") }}</button></p>
//! </form>
//! ```
//!
//! With errors, show the same page again as 422; when done, `Flash::done("已提交", "Submitted").redirect(&page.site().key, "/cases/1")`.
//! What may happen only once carries a [`once::Once`], which the store writes with the change.
//!
//! **6. Errors** are a [`problem::Problem`]: `not_found`, `forbidden`, `conflict`, `unavailable`, `internal`. They become pages
//! in [`problem::render`]; the detail goes to the log alone.
//!
//! **7. Routes and who may.** An area has `pub fn routes() -> Routes` ([`access`]), which says of every route who may open it;
//! `pages/mod.rs` merges the areas. Handlers take [`State(portal): State<Arc<Portal>>`](portal::Portal) for the store and
//! [`viewer::Viewer`] for who asks. `?` turns a [`duixian_store::StoreError`] into a page; a refusal that belongs beside a
//! field comes out of [`problem::for_form`]. Another party's case is a 404, which [`problem`] makes of `Denied` as well.
//!
//! Scripts are optional everywhere; they find their markup by attributes: `data-guard` on forms that must not be sent twice,
//! `data-autosave="/drafts/7"` on forms kept as typed, `data-list` on tables with the keyboard (see `assets/`).

pub mod access;
pub mod app;
pub mod assets;
pub mod casefile;
pub mod charts;
pub mod csrf;
pub mod design;
pub mod documents;
pub mod export;
pub mod format;
pub mod forms;
pub mod list;
pub mod locale;
mod nav;
pub mod once;
pub mod page;
pub mod pages;
pub mod portal;
pub mod problem;
pub mod serve;
pub mod shell;
#[cfg(test)]
mod testing;
pub mod ui;
pub mod uploads;
mod viewer;
