//! Numbers that look alike and are two: whoever reviews or decides says so of a case of another party, and on what grounds.

use duixian_casework::command::Action;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Elsewhere;

use crate::forms::{Choice, Field, Form};
use crate::locale::Text;

use super::panels;

/// Whether there is a case of which it has not been said.
pub fn is_open(others: &[Elsewhere]) -> bool {
    others.iter().any(|other| !other.is_distinct)
}

/// Which case, and on what grounds.
pub fn form(others: &[Elsewhere], lang: Lang) -> Form {
    let name = |name: &str| panels::field(Action::Distinguish, None, name);
    let choice = |other: &Elsewhere| {
        let text = Text::new(
            format!("{} {}，编号写作“{}”", other.number, other.party_name, other.basis),
            format!("{} of {}, whose number is written “{}”", other.number, other.party_name, other.basis),
        );
        Choice::new(other.case.0.to_string(), text)
    };
    let open = others.iter().filter(|other| !other.is_distinct);
    let fields = vec![
        Field::radios(
            name("other"),
            ("与哪一件的编号不是同一个", "Whose number is another one"),
            open.map(choice).collect(),
        ),
        Field::text_area(name("reason"), ("认定的依据", "On what grounds"))
            .hint((
                "例如两份证书都核对过原件。记录在案，企业看不到。",
                "Such as that both originals were seen. It stays on record; the applicant does not see it.",
            ))
            .max_chars(500),
    ];
    Form::new(lang, fields)
}
