//! Forms that show something as it was set, and set it as a whole. Each carries the number of the last change that it shows: one
//! that was opened before another's change would put back what was changed, and is refused with who has changed what.

use duixian_casework::people::UserId;
use duixian_store::StoreError;
use duixian_store::journal::Entry;
use duixian_store::search::JournalFilter;

use crate::format;
use crate::forms::{Field, Form, Kind, Posted};
use crate::locale::{Lang, Text};
use crate::portal::Portal;
use crate::problem::Problem;

/// The field that carries the number.
pub(super) const FIELD: &str = "seen";
/// How many changes are told of.
const TOLD: u64 = 20;

/// Something that is set as a whole: what the journal calls it, and a change of it.
pub(super) struct Whole {
    subject: String,
    kind: &'static str,
}

impl Whole {
    pub(super) fn settings() -> Whole {
        Whole { subject: "settings".to_owned(), kind: "settings.changed" }
    }

    /// A user's roles and desks.
    pub(super) fn office(user: UserId) -> Whole {
        Whole { subject: format!("user/{}", user.0), kind: "user.roles" }
    }

    /// When a round closes.
    pub(super) fn closing(round: i64) -> Whole {
        Whole { subject: format!("round/{round}"), kind: "round.closing_changed" }
    }

    /// What a fund does with money left over.
    pub(super) fn carry_rule(fund: &str) -> Whole {
        Whole { subject: format!("fund/{fund}"), kind: "fund.carry_rule" }
    }

    /// The calendar, of which each day is set by itself.
    pub(super) fn calendar() -> Whole {
        Whole { subject: "calendar".to_owned(), kind: "calendar." }
    }

    /// The number of its last change, 0 before the first. To be asked for before what the form shows: what is changed in between
    /// then counts as not seen.
    pub(super) async fn last(&self, portal: &Portal) -> Result<i64, Problem> {
        Ok(self.newest(portal, 1).await?.first().map_or(0, |change| change.seq))
    }

    /// Its last changes, the newest first.
    pub(super) async fn changes(&self, portal: &Portal) -> Result<Vec<Entry>, Problem> {
        self.newest(portal, TOLD).await
    }

    /// Its changes since a number, the newest first.
    pub(super) async fn since(&self, portal: &Portal, seen: i64) -> Result<Vec<Entry>, Problem> {
        let newest = self.newest(portal, TOLD).await?;
        Ok(newest.into_iter().take_while(|change| change.seq > seen).collect())
    }

    /// The change that has this number.
    pub(super) async fn change(&self, portal: &Portal, seen: i64) -> Result<Option<Entry>, Problem> {
        let is_it = |entry: &Entry| entry.subject == self.subject && entry.kind.starts_with(self.kind);
        match portal.store.journal_entry(seen).await {
            Ok(entry) => Ok(Some(entry).filter(is_it)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn newest(&self, portal: &Portal, most: u64) -> Result<Vec<Entry>, Problem> {
        let (subjects, kind) = (vec![self.subject.clone()], Some(self.kind.to_owned()));
        let filter = JournalFilter { subjects, kind, per_page: most, ..JournalFilter::default() };
        Ok(portal.store.journal(&filter).await?.rows)
    }
}

/// The field, to stand among a form's own.
pub(super) fn field() -> Field {
    Field::hidden(FIELD).optional()
}

/// The number that a form carries. One that carries none has shown nothing of what was ever changed.
pub(super) fn of(posted: &Posted) -> i64 {
    posted.get(FIELD).parse().unwrap_or(0)
}

/// Who has made changes, and when.
pub(super) async fn by(portal: &Portal, changes: &[Entry]) -> Result<Text, Problem> {
    let users = portal.store.users().await?;
    let told = |lang: Lang, between: &str| {
        let one = |change: &Entry| {
            let user = users.iter().find(|user| Some(user.id) == change.actor);
            let at = format::moment(lang, change.at.local());
            match (user, lang) {
                (Some(user), Lang::Zh) => format!("{}（{}）{at}", user.name, user.login),
                (Some(user), Lang::En) => format!("{} ({}), {at}", user.name, user.login),
                (None, Lang::Zh) => format!("系统 {at}"),
                (None, Lang::En) => format!("the system, {at}"),
            }
        };
        changes.iter().map(one).collect::<Vec<_>>().join(between)
    };
    Ok(Text::new(told(Lang::Zh, "、"), told(Lang::En, "; ")))
}

/// What was typed into a form that showed `before`, laid over what is there `now`: what was left as it was shown is what another
/// has made of it, so that sending it once more puts nothing back. A line that both have changed keeps what was typed, and says
/// what is there.
pub(super) fn merged(typed: &Form, before: &Form, now: &Form) -> Form {
    let mut form = now.clone();
    for field in typed.fields().iter().filter(|field| field.name != FIELD) {
        let name = field.name.as_str();
        if matches!(field.kind, Kind::Checkboxes(_)) {
            let (typed, before, now) = (typed.texts(name), before.texts(name), now.texts(name));
            let kept = now.iter().filter(|one| typed.contains(one) || !before.contains(one));
            let added = typed.iter().filter(|one| !before.contains(one) && !now.contains(one));
            form = kept.chain(added).fold(form.with(name, ""), |form, one| form.and(name, *one));
            continue;
        }
        let (typed, before, now) = (typed.text(name), before.text(name), now.text(name));
        if typed == before || typed == now {
            continue;
        }
        form = form.with(name, typed);
        if now != before {
            form.warn(
                name,
                match now {
                    "" => ("已有人清空。", "It was emptied meanwhile.").into(),
                    now => Text::new(format!("已有人改成“{now}”。"), format!("It was made “{now}” meanwhile.")),
                },
            );
        }
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::Choice;

    #[test]
    fn what_one_left_alone_is_what_the_other_made_of_it() {
        let roles = ["intake", "finance", "leader"].map(|role| Choice::new(role, (role, role))).to_vec();
        let fields = vec![
            Field::text("name", ("名称", "Name")),
            Field::text("account", ("账号", "Account")).optional(),
            Field::text("bank", ("开户行", "Bank")).optional(),
            Field::text("contact", ("联系方式", "Contact")).optional(),
            Field::checkboxes("roles", ("角色", "Roles"), roles),
        ];
        let form = |name, account, bank, contact, roles: &[&str]| {
            let form =
                Form::new(Lang::Zh, fields.clone()).with("name", name).with("account", account).with("bank", bank);
            let form = form.with("contact", contact);
            roles.iter().fold(form, |form, role| form.and("roles", *role))
        };
        let before = form("甲局", "62", "工行", "0851-1", &["intake", "finance"]);
        let now = form("甲局", "95", "建行", "", &["intake"]);
        let typed = form("乙局", "62", "农行", "0851-2", &["intake", "finance", "leader"]);
        let merged = merged(&typed, &before, &now);
        assert_eq!((merged.text("name"), merged.text("account"), merged.text("bank")), ("乙局", "95", "农行"));
        assert_eq!(merged.texts("roles"), ["intake", "leader"]);
        let warned: Vec<&str> = merged.fields().iter().map(|field| &*field.warning.zh).collect();
        assert_eq!(warned, ["", "", "已有人改成“建行”。", "已有人清空。", ""]);
    }
}
