//! What was sent too late: who was quicker, and what had been typed, which is not lost.

use duixian_casework::people::Actor;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::JournalEntry;

use crate::casefile::file::local;
use crate::format;
use crate::forms::{Form, Kind};
use crate::locale::Text;

/// Who was quicker, and what they did: `周敏 10:05 已“受理”`.
pub fn quicker(history: &[JournalEntry], actor: &Actor) -> Text {
    let last = history.iter().rev().find(|entry| entry.actor != actor.user());
    let Some(entry) = last else {
        return ("本件在您打开之后已有变化。", "The case has changed since you opened it.").into();
    };
    let when = local(entry.at);
    let who = entry.actor_name.clone();
    let (zh, en) = (who.clone().unwrap_or_else(|| "系统".into()), who.unwrap_or_else(|| "the system".into()));
    Text::new(
        format!(
            "在您打开之后，{zh}已于{}办理过本件。您刚才提交的没有办理；下面是现在的情况。",
            format::moment(Lang::Zh, when)
        ),
        format!(
            "After you opened it, {en} acted on this case ({}). What you sent was not done; this is how it stands now.",
            format::moment(Lang::En, when)
        ),
    )
}

/// What was typed and chosen in a form, by what was asked.
pub fn typed(form: &Form) -> Vec<(Text, String)> {
    let answer = |kind: &Kind, value: &str| match kind {
        Kind::Radios(choices) | Kind::Select(choices) | Kind::Checkboxes(choices) => {
            let chosen = choices.iter().find(|choice| choice.value == value);
            chosen.map(|choice| choice.text.get(form.lang).to_owned())
        }
        Kind::Checkbox | Kind::Password | Kind::File { .. } | Kind::Hidden => None,
        _ => Some(value.to_owned()),
    };
    let asked = form.fields().iter().map(|field| {
        let answers: Vec<String> =
            form.texts(&field.name).into_iter().filter_map(|value| answer(&field.kind, value)).collect();
        (field.label.clone(), answers.join("\n"))
    });
    asked.filter(|(_, answers)| !answers.is_empty()).collect()
}
