//! The description of a field, and its markup.

use std::borrow::Cow;

use askama::Template;
use askama::filters::HtmlSafe;
use chrono::NaiveDate;
use duixian_money::{Fen, Span};

use super::{Form, read_money};
use crate::format;
use crate::locale::{Lang, Speak, Text};

/// What a field asks and what it accepts.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name in the form, also the id on the page.
    pub name: String,
    /// The question.
    pub label: Text,
    /// How to answer: format, where to find it.
    pub hint: Text,
    /// Where a prefilled value comes from: `市场监管登记，2017年5月1日`. Shown under the field.
    pub source: Text,
    /// Which control.
    pub kind: Kind,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it goes unsaid that it may be left empty.
    pub is_unmarked: bool,
    /// Whether it is shown but cannot be changed.
    pub read_only: bool,
    /// What to think twice about in what stands there, beside it; no error.
    pub warning: Text,
    /// The name under which the answer to an autosave has the warning anew; empty where it has none.
    pub live: Cow<'static, str>,
    /// The browser's own help: `username`, `current-password`, `organization`.
    pub autocomplete: &'static str,
}

/// The control of a field, with its bounds.
#[derive(Clone, Debug)]
pub enum Kind {
    /// One line.
    Text {
        /// At most so many characters.
        max_chars: usize,
    },
    /// Several lines.
    TextArea {
        /// At most so many characters.
        max_chars: usize,
    },
    /// A password. Never shown again.
    Password,
    /// An amount in yuan.
    Money {
        /// At least this.
        low: Fen,
        /// At most this.
        high: Fen,
    },
    /// A whole number.
    Whole {
        /// At least this.
        low: i64,
        /// At most this.
        high: i64,
    },
    /// A day.
    Date {
        /// Not before.
        first: Option<NaiveDate>,
        /// Not after.
        last: Option<NaiveDate>,
    },
    /// One of a few, all visible.
    Radios(Vec<Choice>),
    /// One of many.
    Select(Vec<Choice>),
    /// Any of a few.
    Checkboxes(Vec<Choice>),
    /// Yes or nothing.
    Checkbox,
    /// A file, or several.
    File {
        /// The `accept` attribute: `image/*,.pdf`.
        accept: &'static str,
        /// At most so many bytes for each.
        max_bytes: u64,
        /// Whether several may be chosen.
        multiple: bool,
        /// How many bytes they may have in all, where that is less than the page takes anyhow.
        together: Option<u64>,
    },
    /// Carried along unseen.
    Hidden,
}

/// One answer of several.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: Text,
    /// Its consequence, in a sentence.
    pub hint: Text,
    /// Why it cannot be chosen now; empty where it can.
    pub disabled_because: Text,
    /// What it comes to, for a total that is kept while boxes are ticked.
    pub amount: Option<Span>,
}

impl Choice {
    /// An answer.
    pub fn new(value: impl Into<String>, text: impl Into<Text>) -> Choice {
        Choice {
            value: value.into(),
            text: text.into(),
            hint: Text::default(),
            disabled_because: Text::default(),
            amount: None,
        }
    }

    /// With its consequence.
    pub fn hint(self, hint: impl Into<Text>) -> Choice {
        Choice { hint: hint.into(), ..self }
    }

    /// With what it comes to.
    pub fn amount(self, amount: Option<Span>) -> Choice {
        Choice { amount, ..self }
    }

    /// Shown, but not to be chosen, for this reason.
    pub fn disabled(self, because: impl Into<Text>) -> Choice {
        Choice { disabled_because: because.into(), ..self }
    }
}

impl Field {
    /// A field of any kind. Required until [`Field::optional`].
    pub fn new(name: impl Into<String>, label: impl Into<Text>, kind: Kind) -> Field {
        Field {
            name: name.into(),
            label: label.into(),
            hint: Text::default(),
            source: Text::default(),
            kind,
            required: true,
            is_unmarked: false,
            read_only: false,
            warning: Text::default(),
            live: Cow::Borrowed(""),
            autocomplete: "off",
        }
    }

    /// One line of text, at most 200 characters.
    pub fn text(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::Text { max_chars: 200 })
    }

    /// Several lines, at most 2,000 characters.
    pub fn text_area(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::TextArea { max_chars: 2_000 })
    }

    /// A password.
    pub fn password(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field { autocomplete: "current-password", ..Field::new(name, label, Kind::Password) }
    }

    /// An amount in yuan, not negative.
    pub fn money(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::Money { low: Fen(0), high: Fen::MAX })
    }

    /// A whole number, not negative.
    pub fn whole(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::Whole { low: 0, high: i64::MAX })
    }

    /// A day.
    pub fn date(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::Date { first: None, last: None })
    }

    /// One of a few.
    pub fn radios(name: impl Into<String>, label: impl Into<Text>, choices: Vec<Choice>) -> Field {
        Field::new(name, label, Kind::Radios(choices))
    }

    /// One of many.
    pub fn select(name: impl Into<String>, label: impl Into<Text>, choices: Vec<Choice>) -> Field {
        Field::new(name, label, Kind::Select(choices))
    }

    /// Any of a few.
    pub fn checkboxes(name: impl Into<String>, label: impl Into<Text>, choices: Vec<Choice>) -> Field {
        Field::new(name, label, Kind::Checkboxes(choices))
    }

    /// Yes or nothing. Required means that it must be yes.
    pub fn checkbox(name: impl Into<String>, label: impl Into<Text>) -> Field {
        Field::new(name, label, Kind::Checkbox)
    }

    /// A file of at most so many bytes.
    pub fn file(name: impl Into<String>, label: impl Into<Text>, accept: &'static str, max_bytes: u64) -> Field {
        Field::new(name, label, Kind::File { accept, max_bytes, multiple: false, together: None })
    }

    /// Carried along unseen.
    pub fn hidden(name: impl Into<String>) -> Field {
        Field::new(name, Text::default(), Kind::Hidden)
    }

    /// How to answer.
    pub fn hint(self, hint: impl Into<Text>) -> Field {
        Field { hint: hint.into(), ..self }
    }

    /// Where the value shown comes from.
    pub fn source(self, source: impl Into<Text>) -> Field {
        Field { source: source.into(), ..self }
    }

    /// May be left empty.
    pub fn optional(self) -> Field {
        Field { required: false, ..self }
    }

    /// May be left empty, which is not said: where it counts it is asked for.
    pub fn unmarked(self) -> Field {
        Field { required: false, is_unmarked: true, ..self }
    }

    /// Shown only.
    pub fn read_only(self) -> Field {
        Field { read_only: true, ..self }
    }

    /// Its warning is kept up to date under this name as it is typed.
    pub fn live(self, name: impl Into<Cow<'static, str>>) -> Field {
        Field { live: name.into(), ..self }
    }

    /// For the browser's help.
    pub fn autocomplete(self, word: &'static str) -> Field {
        Field { autocomplete: word, ..self }
    }

    /// For texts.
    pub fn max_chars(mut self, most: usize) -> Field {
        if let Kind::Text { max_chars } | Kind::TextArea { max_chars } = &mut self.kind {
            *max_chars = most;
        }
        self
    }

    /// For amounts: bounds that are both allowed.
    pub fn between(mut self, least: Fen, most: Fen) -> Field {
        if let Kind::Money { low, high } = &mut self.kind {
            (*low, *high) = (least, most);
        }
        self
    }

    /// For whole numbers: bounds that are both allowed.
    pub fn within(mut self, least: i64, most: i64) -> Field {
        if let Kind::Whole { low, high } = &mut self.kind {
            (*low, *high) = (least, most);
        }
        self
    }

    /// For dates: bounds that are both allowed.
    pub fn days(mut self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Field {
        if let Kind::Date { first, last } = &mut self.kind {
            (*first, *last) = (from, to);
        }
        self
    }

    /// For files: several, with at most so many bytes in all.
    pub fn several_within(mut self, most: u64) -> Field {
        if let Kind::File { together, .. } = &mut self.kind {
            *together = Some(most);
        }
        self.several()
    }

    /// For files: several.
    pub fn several(mut self) -> Field {
        if let Kind::File { multiple, .. } = &mut self.kind {
            *multiple = true;
        }
        self
    }
}

/// Fields of a form as markup.
#[derive(Template)]
#[template(path = "ui/fields.html")]
pub struct Shown<'a> {
    pub(super) form: &'a Form,
    pub(super) fields: Vec<&'a Field>,
}

impl HtmlSafe for Shown<'_> {}

impl Shown<'_> {
    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.form.lang.t(zh, en)
    }

    fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.form.lang)
    }

    /// The `lang` attribute of a choice that is in no language but its own, such as the name of a round.
    fn tag(&self, choice: &Choice) -> Option<&'static str> {
        choice.text.own_tag(self.form.lang)
    }

    fn value(&self, field: &Field) -> &str {
        self.form.values_of(&field.name).next().unwrap_or("")
    }

    /// Whether it is said that a field may be left empty.
    fn is_marked(&self, field: &Field) -> bool {
        !field.required && !field.is_unmarked && !self.form.is_unmarked
    }

    fn error(&self, field: &Field) -> Option<String> {
        self.form.error_of(&field.name)
    }

    fn is_chosen(&self, field: &Field, choice: &Choice) -> bool {
        self.form.values_of(&field.name).any(|value| value == choice.value)
    }

    /// The `aria-describedby` of a control: hint, source and error, where there are any.
    fn described_by(&self, field: &Field) -> String {
        let hinted = !field.hint.is_empty() || matches!(field.kind, Kind::File { .. });
        let parts = [
            ("hint", hinted),
            ("source", !field.source.is_empty()),
            ("warning", !field.warning.is_empty() || !field.live.is_empty()),
            ("error", self.error(field).is_some()),
        ];
        let ids: Vec<String> =
            parts.iter().filter(|(_, there)| *there).map(|(part, _)| format!("{}-{part}", field.name)).collect();
        ids.join(" ")
    }

    /// What an amount is in 万元, in English with its thousands apart, for the eye: wrong numbers of zeros are the commonest
    /// mistake.
    fn echo(&self, field: &Field) -> String {
        let words = |amount| match self.form.lang {
            Lang::Zh => format::wan(Lang::Zh, amount),
            Lang::En => format::yuan(Lang::En, amount),
        };
        read_money(self.value(field)).map(words).unwrap_or_default()
    }

    fn size(&self, max_bytes: &u64) -> String {
        format::bytes(*max_bytes)
    }

    fn bound(&self, date: &Option<NaiveDate>) -> String {
        date.map(format::iso_date).unwrap_or_default()
    }
}
