//! Components that print themselves: `{{ status.show(page.lang) }}`, `{{ timeline.show(page.lang) }}`. Each is on view at
//! `/design`. They are made of texts in both languages, so that they can be made before the reader is known.

mod action;
mod case;
mod fund;
mod status;
mod ways;

pub use action::{Action, ShownAction};
pub use case::{Deadline, Event, EventKind, Fact, Facts, Step, StepState, Steps, Timeline, Urgency};
pub use fund::FundTiles;
pub use status::{ShownStatus, Status, Tone};
pub use ways::{Pager, Tab, Tabs};

/// Declares `show(lang)` for a component and the template struct that it returns.
macro_rules! shown {
    ($component:ident, $shown:ident, $path:literal) => {
        impl $component {
            /// For a reader of this language.
            pub fn show(&self, lang: impl std::borrow::Borrow<crate::locale::Lang>) -> $shown<'_> {
                $shown { it: self, lang: *lang.borrow() }
            }
        }

        #[doc = concat!("The markup of a [`", stringify!($component), "`].")]
        #[derive(askama::Template)]
        #[template(path = $path)]
        pub struct $shown<'a> {
            it: &'a $component,
            lang: crate::locale::Lang,
        }

        impl askama::filters::HtmlSafe for $shown<'_> {}
    };
}
pub(crate) use shown;
