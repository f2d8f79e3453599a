//! A last look at what a form is about to do, before it is done.

use askama::Template;

use crate::forms::Form;
use crate::locale::Text;
use crate::page::Page;
use crate::ui::Facts;

/// What is about to be done: confirmed, the same form is posted once more with `confirmed`, and to go back with `change`.
#[derive(Template)]
#[template(path = "check.html")]
pub(crate) struct Check<'a> {
    pub page: Page,
    /// Where the form is posted.
    pub action: &'a str,
    /// What is easily overlooked.
    pub warnings: Vec<Text>,
    pub facts: Facts,
    /// The form's fields, each value of one that has several. Where there are none, nothing can be changed, only given up.
    pub carried: Vec<(&'static str, String)>,
    /// What follows from it.
    pub note: Text,
    pub button: Text,
    /// Where it is given up.
    pub back: &'a str,
}

/// What fields of a form hold, to be carried along.
pub(crate) fn carried(form: &Form, names: &[&'static str]) -> Vec<(&'static str, String)> {
    names.iter().map(|name| (*name, form.text(name).to_owned())).collect()
}
