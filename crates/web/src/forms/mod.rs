//! Forms: fields described once, then shown, filled, checked and read by that description.
//!
//! ```ignore
//! fn objection(lang: Lang) -> Form {
//!     Form::new(lang, vec![
//!         Field::text("name", ("您的姓名", "Your name")).max_chars(40),
//!         Field::money("amount", ("涉及金额", "Amount in question")).optional(),
//!         Field::text_area("grounds", ("异议理由", "Grounds")).max_chars(2_000),
//!     ])
//! }
//! // POST:
//! let mut form = objection(page.lang).filled(&posted);     // keeps what was typed, gathers all errors
//! if form.text("name") == "admin" { form.error("name", ("不能用这个名字", "This name is taken")) }
//! if !form.is_good() { return Page::show_as(StatusCode::UNPROCESSABLE_ENTITY, &NewObjection { page, form }) }
//! let amount: Option<Fen> = form.money("amount");
//! ```
//!
//! In a template: `{{ form.errors() }}` at the top of the page, `{{ form.field("name") }}` or `{{ form.all() }}` in the form.

mod check;
mod field;
mod posted;
mod read;

pub use field::{Choice, Field, Kind, Shown};
pub use posted::{Most, Posted, PostedFiles, UploadedFile};
pub use read::{read_date, read_money, read_whole};

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;
use duixian_money::Fen;

use crate::locale::{Lang, Speak, Text};

/// A form with its fields, what was typed into them, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Form {
    /// The reader's language.
    pub lang: Lang,
    fields: Vec<Field>,
    values: Vec<(String, String)>,
    errors: Vec<(String, Text)>,
    is_unmarked: bool,
}

impl Form {
    /// An empty form.
    pub fn new(lang: Lang, fields: Vec<Field>) -> Form {
        Form { lang, fields, values: Vec::new(), errors: Vec::new(), is_unmarked: false }
    }

    /// The form without a mark at each field that may be left empty: for a page that says once that all may.
    pub fn unmarked(self) -> Form {
        Form { is_unmarked: true, ..self }
    }

    /// The form with a field's value set, as for a draft or a value from the registry.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Form {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The form with one more value set, for a group of checkboxes.
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Form {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The form with what was posted, every field checked. Names the form does not have are ignored.
    pub fn filled(mut self, posted: &Posted) -> Form {
        self.take(posted);
        let found: Vec<(String, Text)> = self
            .fields
            .iter()
            .filter(|field| !matches!(field.kind, Kind::File { .. }))
            .filter_map(|field| {
                let values: Vec<&str> = self.values_of(&field.name).collect();
                check::check(field, &values).map(|error| (field.name.clone(), error))
            })
            .collect();
        self.errors.extend(found);
        self
    }

    /// The form with what was posted, unchecked: for drafts, which may have gaps.
    pub fn drafted(mut self, posted: &Posted) -> Form {
        self.take(posted);
        self
    }

    /// Says what is wrong with a field. The name may also be of something else on the page with that id.
    pub fn error(&mut self, name: &str, text: impl Into<Text>) {
        self.errors.push((name.to_owned(), text.into()));
    }

    /// Says beside a field what to think twice about; nothing is wrong with it.
    pub fn warn(&mut self, name: &str, text: impl Into<Text>) {
        let text = text.into();
        self.fields.iter_mut().filter(|field| field.name == name).for_each(|field| field.warning = text.clone());
    }

    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.errors.is_empty()
    }

    /// What was typed, without the spaces around it; empty where nothing was.
    pub fn text(&self, name: &str) -> &str {
        self.values_of(name).next().unwrap_or("").trim()
    }

    /// All values of a group of checkboxes.
    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.values_of(name).map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    /// An amount; `None` where nothing, or no amount, was typed.
    pub fn money(&self, name: &str) -> Option<Fen> {
        read_money(self.text(name)).ok()
    }

    /// A date; `None` where nothing, or no date, was given.
    pub fn date(&self, name: &str) -> Option<NaiveDate> {
        read_date(self.text(name)).ok()
    }

    /// A whole number; `None` where nothing, or no number, was typed.
    pub fn whole(&self, name: &str) -> Option<i64> {
        read_whole(self.text(name)).ok()
    }

    /// Whether a single checkbox was set.
    pub fn is_checked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// The fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What is wrong, by field.
    pub fn found(&self) -> &[(String, Text)] {
        &self.errors
    }

    /// Values by field, to be kept with a draft. Passwords and files are left out.
    pub fn kept(&self) -> Vec<(&str, &str)> {
        let is_kept = |name: &str| {
            self.fields
                .iter()
                .any(|field| field.name == name && !matches!(field.kind, Kind::Password | Kind::File { .. }))
        };
        self.values.iter().filter(|(name, _)| is_kept(name)).map(|(name, value)| (&**name, &**value)).collect()
    }

    /// One field, to be shown. A name that the form does not have shows nothing.
    pub fn field(&self, name: &str) -> Shown<'_> {
        Shown { form: self, fields: self.fields.iter().filter(|field| field.name == name).collect() }
    }

    /// The id of a field's first control, to which a link leads: of a group, that of its first choice.
    pub fn first_id(&self, name: &str) -> String {
        let is_group = |field: &&Field| matches!(field.kind, Kind::Radios(_) | Kind::Checkboxes(_));
        let is_group = self.fields.iter().find(|field| field.name == name).filter(is_group).is_some();
        if is_group { format!("{name}-0") } else { name.to_owned() }
    }

    /// All fields in order.
    pub fn all(&self) -> Shown<'_> {
        Shown { form: self, fields: self.fields.iter().collect() }
    }

    /// The summary of errors at the top of a page, each a link to its field; nothing where nothing is wrong.
    pub fn errors(&self) -> Errors<'_> {
        Errors { form: self }
    }

    fn take(&mut self, posted: &Posted) {
        self.values.clear();
        for (name, value) in posted.pairs() {
            if self.fields.iter().any(|field| field.name == *name) {
                self.values.push((name.clone(), value.clone()));
            }
        }
    }

    fn values_of<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.values.iter().filter(move |(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// What is wrong with a field, all of it.
    fn error_of(&self, name: &str) -> Option<String> {
        let all: Vec<&str> =
            self.errors.iter().filter(|(known, _)| known == name).map(|(_, text)| text.get(self.lang)).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    }
}

/// See [`Form::errors`].
#[derive(Template)]
#[template(path = "ui/errors.html")]
pub struct Errors<'a> {
    form: &'a Form,
}

impl HtmlSafe for Errors<'_> {}

impl Errors<'_> {
    /// What stands before an error: its field's label without the stop at its end, and without what the error says itself,
    /// all of it or its last part.
    fn label(&self, name: &str, text: &str) -> &str {
        let field = self.form.fields.iter().find(|field| field.name == name);
        let label = field.map_or("", |field| field.label.get(self.form.lang));
        let label = label.trim_end_matches(['。', '.', '：', ':']);
        match label.rsplit_once(['：', ':']) {
            _ if text.starts_with(label) => "",
            Some((first, last)) if text.starts_with(last.trim_start()) => first,
            _ => label,
        }
    }

    fn target(&self, name: &str) -> String {
        self.form.first_id(name)
    }
}

#[cfg(test)]
mod tests;
