//! Something that can be done, or cannot, with the reason in sight.

use super::shown;
use crate::locale::Text;

/// A button that leads to the page where the action is described and confirmed, or a greyed one with the reason.
#[derive(Clone, Debug)]
pub struct Action {
    /// What is done.
    pub text: Text,
    /// Where it is done. A page of ours, shown by GET.
    pub href: String,
    /// Why it cannot be done now; empty where it can.
    pub refused_because: Text,
    /// The form's field that distinguishes it, where the button submits a form instead: name and value.
    pub submits: Option<(String, String)>,
    /// How it looks.
    pub class: &'static str,
    id: String,
}

impl Action {
    /// The main thing to do on a page.
    pub fn main(id: &str, text: impl Into<Text>, href: impl Into<String>) -> Action {
        Action {
            text: text.into(),
            href: href.into(),
            refused_because: Text::default(),
            submits: None,
            class: "",
            id: format!("action-{id}"),
        }
    }

    /// Another thing to do.
    pub fn second(id: &str, text: impl Into<Text>, href: impl Into<String>) -> Action {
        Action { class: "second", ..Action::main(id, text, href) }
    }

    /// Something that ends badly for someone: declining, withdrawing.
    pub fn grave(id: &str, text: impl Into<Text>, href: impl Into<String>) -> Action {
        Action { class: "grave", ..Action::main(id, text, href) }
    }

    /// A button inside a form.
    pub fn submit(id: &str, text: impl Into<Text>, name: impl Into<String>, value: impl Into<String>) -> Action {
        Action { submits: Some((name.into(), value.into())), ..Action::main(id, text, "") }
    }

    /// Not now, for this reason: the rule, and what would have to happen. `None` leaves it as it is.
    pub fn unless(self, reason: Option<Text>) -> Action {
        Action { refused_because: reason.unwrap_or_default(), ..self }
    }
}

shown!(Action, ShownAction, "ui/action.html");
