//! What several areas show in the same way: desks by name, delegations, names of users and parties.

use std::borrow::Borrow;
use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_rules::pack::Pack;
use duixian_store::people::{Delegation, User};

use crate::casefile::cells;
use crate::format;
use crate::locale::{Lang, Speak, Text};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::ui::Status;

/// The names of desks, by their English names; one that the pack does not have stays as it is.
pub(crate) fn desk_names(pack: Option<&Pack>, desks: &[String], lang: Lang) -> String {
    let name = |desk: &String| {
        let known = pack.and_then(|pack| pack.plan.desks.iter().find(|one| one.name.en == *desk));
        match (known, lang) {
            (Some(known), Lang::Zh) => known.name.zh.clone(),
            (Some(known), Lang::En) => known.name.in_english().into_owned(),
            (None, _) => desk.clone(),
        }
    };
    desks.iter().map(name).collect::<Vec<_>>().join(lang.t("、", ", "))
}

/// A delegation as it is shown.
pub(crate) struct DelegationView {
    pub(crate) id: i64,
    pub(crate) user_name: String,
    pub(crate) party: String,
    pub(crate) party_name: String,
    pub(crate) since: NaiveDateTime,
    /// Its last day; for good if none.
    pub(crate) last_day: Option<NaiveDate>,
    pub(crate) note: String,
    pub(crate) holds: bool,
    pub(crate) status: Status,
    /// Who has ended it, and when; empty where nobody has.
    pub(crate) ended: Text,
}

impl DelegationView {
    /// From when until when.
    pub(crate) fn span(&self, lang: impl Borrow<Lang>) -> String {
        let lang = *lang.borrow();
        let since = format::date(lang, self.since.date());
        match self.last_day {
            Some(day) => format!("{since} – {}", format::date(lang, day)),
            None => format!("{since} – {}", lang.t("长期", "for good")),
        }
    }
}

/// Delegations with the names of their parties.
pub(crate) async fn delegations(portal: &Portal, all: Vec<Delegation>) -> Result<Vec<DelegationView>, Problem> {
    let now = portal.store.now();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut views = Vec::new();
    for one in all {
        if !names.contains_key(&one.party) {
            let party = portal.store.party(&one.party).await?;
            names.insert(one.party.clone(), party.map_or_else(|| one.party.clone(), |party| party.name));
        }
        let holds = one.holds(now);
        let status = match (holds, one.revoked_at) {
            (true, _) => Status::good("有效", "In force"),
            (false, Some(_)) => Status::quiet("已撤销", "Revoked"),
            (false, None) => Status::quiet("已到期", "Over"),
        };
        let ended = match (one.revoked_at, &one.revoked_by) {
            (None, _) => Text::default(),
            (Some(at), by) => {
                let (zh, en) = match by {
                    Some((by, _)) if *by == one.user => ("经办人本人".to_owned(), "the agent".to_owned()),
                    Some((_, name)) => (name.clone(), name.clone()),
                    None => ("系统".to_owned(), "the system".to_owned()),
                };
                let at = |lang| format::moment(lang, at.local());
                Text::new(format!("{zh}，{}", at(Lang::Zh)), format!("by {en}, {}", at(Lang::En)))
            }
        };
        views.push(DelegationView {
            id: one.id,
            user_name: one.user_name,
            party_name: names[&one.party].clone(),
            party: one.party,
            since: one.since.local(),
            // The moment at which it ends is the beginning of the day after its last.
            last_day: one.until.map(|until| Moment(until.0 - 1).day()),
            note: one.note,
            holds,
            status,
            ended,
        });
    }
    Ok(views)
}

/// The names of all users, for lists that have their numbers.
pub(crate) async fn user_names(portal: &Portal) -> Result<HashMap<UserId, String>, Problem> {
    let users: Vec<User> = portal.store.users().await?;
    Ok(users.into_iter().map(|user| (user.id, user.name)).collect())
}

/// Who did something, and when.
pub(crate) async fn by_and_at(portal: &Portal, by: Option<UserId>, at: Moment) -> Result<Text, Problem> {
    let names = user_names(portal).await?;
    let by = by.and_then(|user| names.get(&user).cloned()).unwrap_or_default();
    let at = |lang| format::moment(lang, at.local());
    Ok(Text::new(format!("{by}，{}", at(Lang::Zh)), format!("{by}, {}", at(Lang::En))))
}

/// A text as one part of a path.
pub(crate) fn path_part(text: &str) -> String {
    // A form writes a space as `+`, which a path takes for itself.
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Where a clause is shown.
pub(crate) fn clause_href(number: &str) -> String {
    format!("/programme/{}", path_part(number))
}

/// A measure's names by its English one; that itself where the pack does not have it.
pub(crate) fn measure_name(pack: Option<&Pack>, id: &str) -> Text {
    let known = pack.and_then(|pack| pack.plan.measures.iter().find(|measure| measure.name.en == id));
    known.map_or_else(|| Text::same(id.to_owned()), |one| cells::name(&one.name))
}
