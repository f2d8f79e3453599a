//! What a transition looks at beside the case, read and owned.

use std::sync::Arc;

use duixian_casework::account::FailedElsewhere;
use duixian_casework::calendar::Calendar;
use duixian_casework::case::Case;
use duixian_casework::contradiction::Contradiction;
use duixian_casework::handle::Context;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_casework::procedure::Procedure;
use duixian_casework::round::Round;
use duixian_casework::stage::Stage;
use duixian_money::Fen;
use duixian_rules::pack::Pack;

use crate::appraisal::limits;
use crate::batches;
use crate::calendar;
use crate::cases::elsewhere;
use crate::cases::failed;
use crate::cases::rows;
use crate::db::Queries;
use crate::error::StoreError;
use crate::funds::{book, proposed, share};
use crate::people;
use crate::rounds;

/// The owned pieces of a [`Context`].
#[derive(Clone)]
pub struct Scene {
    /// The case's round.
    pub round: Round,
    /// The pack of its round.
    pub pack: Arc<Pack>,
    /// How its measure is handled.
    pub procedure: Procedure,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// What its fund has free in its year; none where it has no appropriation, or where nobody has looked yet.
    pub free: Option<Fen>,
    /// What waits for the same money, the case itself left out; nothing where nobody has looked yet.
    pub waiting: Fen,
    /// What of that was decided before the case itself was.
    pub ahead: Fen,
    /// Whether it was put forward how the fund is shared out among those that wait, and that waits for a second person; false where nobody has
    /// looked yet.
    pub is_sharing_open: bool,
    /// The number of another party's case that was granted for a basis of the same number; none where nobody has looked yet.
    pub granted_elsewhere: Option<String>,
    /// The number of another live case for the same basis.
    pub duplicate: Option<String>,
    /// The number of another case in which the same basis was granted, where the measure goes by years for the same year; none where nobody has looked yet.
    pub granted: Option<String>,
    /// The number of another case for the same basis for which money has left or is on its way; none where nobody has looked yet.
    pub paid_otherwise: Option<String>,
    /// The number of another case that the bank has paid since, beside which the limits don't leave what was decided; none where nobody has
    /// looked yet.
    pub limit_taken: Option<String>,
    /// The number of the batch in which something that the bank has said of its payments waits for a second person; none where nobody has
    /// looked yet.
    pub doubted_in: Option<String>,
    /// Who stands alone for it that its payment was made, where the bank has said otherwise; none where nobody has looked yet.
    pub settled_alone: Vec<UserId>,
    /// The numbers of another case for the same basis and of the batch in which the same waits of its payments; none where nobody has looked
    /// yet.
    pub other_in_doubt: Option<(String, String)>,
    /// What other cases of the party state otherwise; nothing where nobody has looked yet.
    pub contradictions: Vec<Contradiction>,
    /// The party's name in the registry; none where it has none, or where nobody has looked yet.
    pub party_name: Option<String>,
    /// That the bank could not pay to its account in another case of the party; none where nobody has looked yet.
    pub failed_elsewhere: Option<FailedElsewhere>,
    /// The name of who has taken it up; none where nobody has, or where nobody has looked yet.
    pub assignee_name: Option<String>,
}

impl Scene {
    /// All but what the fund has free and whether there is another case: those are looked up where they matter.
    pub(crate) async fn around(link: &impl Queries, case: &Case) -> Result<Scene, StoreError> {
        let (round, pack) = rounds::round_with_pack(link, case.subject.round).await?;
        let calendar = calendar::calendar(link).await?;
        let measure = pack.plan.measures.iter().find(|measure| measure.name.en == case.subject.measure);
        let measure = measure.ok_or_else(|| {
            StoreError::corrupt(rows::subject_of(case.id), format!("no measure “{}” in its pack", case.subject.measure))
        })?;
        let procedure = Procedure::of(&pack.plan, measure);
        Ok(Scene {
            round,
            pack,
            procedure,
            calendar,
            free: None,
            waiting: Fen(0),
            ahead: Fen(0),
            is_sharing_open: false,
            granted_elsewhere: None,
            duplicate: None,
            granted: None,
            paid_otherwise: None,
            limit_taken: None,
            doubted_in: None,
            settled_alone: Vec::new(),
            other_in_doubt: None,
            contradictions: Vec::new(),
            party_name: None,
            failed_elsewhere: None,
            assignee_name: None,
        })
    }

    /// What the fund has, who waits for it, and who else was granted the basis. Within a transaction, what it keeps of cases must be put down before.
    pub(crate) async fn look_up_free(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        let (fund, year) = (case.subject.fund.as_str(), case.subject.year);
        self.free = book::free(link, fund, year).await?;
        let waiting = share::waiting(link, fund, year).await?;
        self.ahead = share::ahead_of(link, &waiting, case.id).await?;
        self.is_sharing_open = case.stage == Stage::Queued && proposed::is_sharing_open(link, fund, year).await?;
        let elsewhere = elsewhere::granted_elsewhere(link, &self.pack.plan, case).await?;
        self.granted_elsewhere = elsewhere.into_iter().next().map(|one| one.number);
        self.waiting = share::sum_of(waiting.iter().filter(|one| one.case != case.id.0));
        Ok(())
    }

    pub(crate) async fn look_up_duplicate(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        let other = rows::live_case_of(link, &self.pack.plan, &case.subject, Some(case.id)).await?;
        self.duplicate = other.map(|(_, number)| number);
        self.granted = rows::granted_before(link, &self.pack.plan, &case.subject, Some(case.id)).await?;
        Ok(())
    }

    /// Whether money has left, or is on its way, for the same basis in another case of whatever party, and whether what was paid of others after
    /// all has used up what the limits give. Within a transaction, what it keeps of cases must be put down before.
    pub(crate) async fn look_up_paid(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        let (plan, subject) = (&self.pack.plan, &case.subject);
        let mut granted = rows::granted_of(link, plan, subject, Some(case.id)).await?;
        let elsewhere = elsewhere::granted_elsewhere(link, plan, case).await?;
        granted.extend(elsewhere.into_iter().map(|one| one.case));
        for id in granted {
            let other = rows::load(link, id).await?;
            if other.is_paid_or_under_way() {
                self.paid_otherwise = other.number;
                break;
            }
        }
        self.look_up_limits(link, case).await
    }

    /// Whether what was paid of others after all has used up what the limits give. Within a transaction, what it keeps of cases must be put
    /// down before.
    pub(crate) async fn look_up_limits(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        self.limit_taken = limits::taken(link, case, &self.round).await?;
        Ok(())
    }

    /// What other cases of the party state otherwise. Within a transaction, what it keeps of cases must be put down before.
    pub(crate) async fn look_up_contradictions(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        self.contradictions = elsewhere::contradictions_of(link, case).await?;
        Ok(())
    }

    /// Whether the bank has said of its payments what nobody has looked into yet, and who stands alone for one that was made where it has said otherwise.
    pub(crate) async fn look_up_doubt(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        self.doubted_in = batches::doubted_in(link, case).await?;
        self.settled_alone = batches::settled_alone(link, case).await?;
        Ok(())
    }

    /// Whether it has of the payments of other cases for the same basis, of whatever party, however they ended. Within a transaction, what
    /// it keeps of cases must be put down before.
    pub(crate) async fn look_up_doubt_of_others(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        let plan = &self.pack.plan;
        let mut others = rows::cases_of(link, plan, &case.subject, Some(case.id)).await?;
        let elsewhere = elsewhere::elsewhere(link, plan, case).await?;
        others.extend(elsewhere.into_iter().filter(|one| !one.is_distinct).map(|one| one.case));
        for id in others {
            let other = rows::load(link, id).await?;
            if let Some(batch) = batches::doubted_in(link, &other).await? {
                self.other_in_doubt = Some((other.number.unwrap_or_default(), batch));
                break;
            }
        }
        Ok(())
    }

    /// Whether its account failed in another case of the party. Within a transaction, what it keeps of cases must be put down before.
    pub(crate) async fn look_up_failed_account(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        self.failed_elsewhere = failed::failed_accounts(link, &[case]).await?.remove(&case.id);
        Ok(())
    }

    /// Who has taken it up, for someone else who would work on it.
    pub(crate) async fn look_up_assignee(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        if let Some(user) = case.assignee {
            self.assignee_name = Some(people::user_of(link, user).await?.name);
        }
        Ok(())
    }

    pub(crate) async fn look_up_name(&mut self, link: &impl Queries, case: &Case) -> Result<(), StoreError> {
        self.party_name = rows::registered_name(link, &case.subject.party).await?;
        Ok(())
    }

    /// Lends the pieces as the context of a transition at a moment.
    pub fn with_context<T>(&self, now: Moment, ask: impl FnOnce(&Context) -> T) -> T {
        let desk_name = |desk: &str| self.desk_name(desk);
        ask(&Context {
            now,
            calendar: &self.calendar,
            procedure: &self.procedure,
            round: &self.round,
            free: self.free,
            waiting: self.waiting,
            ahead: self.ahead,
            is_sharing_open: self.is_sharing_open,
            granted_elsewhere: self.granted_elsewhere.as_deref(),
            duplicate: self.duplicate.as_deref(),
            granted: self.granted.as_deref(),
            paid_otherwise: self.paid_otherwise.as_deref(),
            limit_taken: self.limit_taken.as_deref(),
            doubted_in: self.doubted_in.as_deref(),
            settled_alone: &self.settled_alone,
            other_in_doubt: self.other_in_doubt.as_ref().map(|(other, batch)| (other.as_str(), batch.as_str())),
            contradictions: &self.contradictions,
            party_name: self.party_name.as_deref(),
            failed_elsewhere: self.failed_elsewhere.as_ref(),
            assignee_name: self.assignee_name.as_deref(),
            desk_name: &desk_name,
        })
    }

    /// A desk's Chinese name.
    fn desk_name(&self, desk: &str) -> String {
        let found = self.pack.plan.desks.iter().find(|one| one.name.en == desk);
        found.map_or_else(|| desk.to_owned(), |found| found.name.zh.clone())
    }
}
