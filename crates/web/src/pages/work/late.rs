//! What was sent too late: who was quicker, and what had been typed, which is not lost.

use duixian_casework::event::What;
use duixian_casework::people::Actor;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::JournalEntry;

use crate::casefile::file::local;
use crate::format;
use crate::forms::{Form, Kind};
use crate::locale::Text;

/// That a case has changed since a form was opened, in a heading and in words.
pub struct Changed {
    /// Who was quicker.
    pub title: Text,
    /// When, and what follows.
    pub text: Text,
}

/// Who has acted on a case since it was in the version that was seen: the last of the people who have, before what the rules and time
/// have added by themselves.
pub fn changed(history: &[JournalEntry], seen: u64, actor: &Actor) -> Changed {
    // Every entry of the history makes one version.
    let since = usize::try_from(seen).ok().and_then(|seen| history.get(seen..)).unwrap_or_default();
    let by_someone = since.iter().rev().find(|entry| entry.actor.is_some());
    let Some(entry) = by_someone.or(since.last()) else {
        return Changed {
            title: ("本件已有变化", "The case has changed").into(),
            text: ("本件在您打开之后已有变化。", "The case has changed since you opened it.").into(),
        };
    };
    let moment = |lang| format::moment(lang, local(entry.at));
    let (zh, en) = (moment(Lang::Zh), moment(Lang::En));
    let (title, zh, en): ((&str, &str), String, String) = match (&entry.actor_name, &entry.event.what) {
        _ if entry.actor.is_some() && entry.actor == actor.user() => (
            ("您自己已办理过", "You have acted on it yourself"),
            format!("您自己已在另一个窗口办理过本件（{zh}）"),
            format!("You have acted on this case in another window ({en})"),
        ),
        (Some(name), _) => (
            ("别人先办了", "Someone was quicker"),
            format!("在您打开之后，{name}已于{zh}办理过本件"),
            format!("After you opened it, {name} acted on this case ({en})"),
        ),
        (None, What::Objected { .. }) => (
            ("收到了异议", "Someone has objected"),
            format!("在您打开之后，{zh}有人对本件提出了异议"),
            format!("After you opened it, someone objected to this case ({en})"),
        ),
        (None, _) => (
            ("本件已有变化", "The case has changed"),
            format!("在您打开之后，系统已于{zh}办理过本件"),
            format!("After you opened it, the system acted on this case ({en})"),
        ),
    };
    Changed {
        title: title.into(),
        text: Text::new(
            format!("{zh}。您刚才提交的没有办理；下面是现在的情况。"),
            format!("{en}. What you sent was not done; this is how it stands now."),
        ),
    }
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
