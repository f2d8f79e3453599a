//! Rounds (批次): opened by an administrator, on rules and facts that stay as they are from then on.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_casework::round::{Round, RoundState};
use duixian_rules::pack::Pack;
use serde_json::json;

use crate::access::{given, needs};
use crate::db::{Queries, Row, Store, json, values};
use crate::error::StoreError;
use crate::memo::memoized;
use crate::once::{Done, Key};
use crate::packs;
use crate::settings::unchanged;

/// A round that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRound {
    /// As people read it: `2018年度第一批`.
    pub name: String,
    /// The year assessed.
    pub year: i32,
    /// Bases dated later are not looked at.
    pub as_of: NaiveDate,
    /// The measures that can be applied for, by English name; all if empty.
    pub measures: Vec<String>,
    /// From when applications are taken.
    pub opens_at: Moment,
    /// Until when.
    pub closes_at: Moment,
    /// The pack.
    pub pack: i64,
    /// The facts' version: a snapshot costs nothing, since rows are never overwritten.
    pub facts: i64,
}

impl Store {
    /// Opens a round. Its pack and facts are frozen with it.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] where its times, measures, pack or facts are not in order.
    pub async fn open_round(&self, actor: &Actor, key: &Key, new: NewRound) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let name = given(&new.name, 60, "批次名称", "the round's name")?;
        check_times(new.opens_at, new.closes_at)?;
        if !(2000..=2100).contains(&new.year) || new.as_of.year() < new.year {
            return Err(StoreError::bad_input(
                "年度应在 2000 至 2100 年之间，截止日不早于该年度",
                "the year lies between 2000 and 2100, and the as-of date not before it",
            ));
        }
        let pack = self.pack(new.pack).await.map_err(|error| no_such(error, "规则包", "pack"))?;
        check_measures(&pack, &new.measures)?;
        let content = format!("open_round {new:?}");
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                let facts = tx.one("SELECT id FROM fact_versions WHERE id = $1", values![new.facts]).await?;
                facts
                    .ok_or(StoreError::NotFound)
                    .map_err(|error| no_such(error, "事实数据版本", "version of the facts"))?;
                let others = tx.all("SELECT data FROM rounds", vec![]).await?;
                let others = others.iter().map(of).collect::<Result<Vec<_>, _>>()?;
                if others.iter().any(|other| other.name == name && !other.is_withdrawn) {
                    return Err(StoreError::bad_input(
                        format!("已有一个批次叫“{name}”：申请人分不清，请换个名称"),
                        format!("a round is called “{name}” already: give this one another name"),
                    ));
                }
                let id = tx.next_id("rounds").await?;
                let NewRound { year, as_of, measures, opens_at, closes_at, pack, facts, .. } = new;
                let round =
                    Round { id, name, year, as_of, measures, opens_at, closes_at, pack, facts, is_withdrawn: false };
                let sql = "INSERT INTO rounds (id, opens_at, closes_at, data) VALUES ($1, $2, $3, $4)";
                tx.execute(sql, values![id, opens_at.0, closes_at.0, json(&round)?]).await?;
                tx.journal(by, "round.opened", &format!("round/{id}"), &round)?;
                Ok(id)
            })
        })
        .await
    }

    /// All rounds but those withdrawn, the newest first.
    pub async fn rounds(&self) -> Result<Vec<Round>, StoreError> {
        let rows = self.all("SELECT data FROM rounds ORDER BY id DESC", vec![]).await?;
        let rounds = rows.iter().map(of).collect::<Result<Vec<_>, _>>()?;
        Ok(rounds.into_iter().filter(|round| !round.is_withdrawn).collect())
    }

    /// A round.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that no round has.
    pub async fn round(&self, id: i64) -> Result<Round, StoreError> {
        round(self, id).await
    }

    /// A round with the pack it goes by.
    pub async fn round_with_pack(&self, id: i64) -> Result<(Round, Arc<Pack>), StoreError> {
        let round = self.round(id).await?;
        let pack = self.pack(round.pack).await?;
        Ok((round, pack))
    }

    /// Puts a round that has not begun on the newest pack and facts: nobody was assessed by what it had.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] once it has begun, and where the newest pack lacks a measure that it takes or that someone has
    /// begun to apply for.
    pub async fn renew_round(&self, actor: &Actor, key: &Key, id: i64) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.user();
        self.write_once(actor, key, format!("renew_round {id}"), move |tx| {
            Box::pin(async move {
                let mut round = round(tx, id).await?;
                if round.state(tx.now()) != RoundState::Announced {
                    return Err(StoreError::bad_input(
                        "这一批已经开始受理，规则和数据不能再换",
                        "the round has begun: its rules and facts stay",
                    ));
                }
                let newest = "SELECT (SELECT MAX(id) FROM packs) AS pack, (SELECT MAX(id) FROM fact_versions) AS facts";
                let newest = tx.one(newest, vec![]).await?.ok_or(StoreError::NotFound)?;
                let (pack, facts) = (newest.int("pack")?, newest.int("facts")?);
                tx.put_down().await?;
                let begun = tx.all("SELECT DISTINCT measure FROM cases WHERE round = $1", values![id]).await?;
                let mut measures = begun.iter().map(|row| row.text("measure")).collect::<Result<Vec<_>, _>>()?;
                measures.extend(round.measures.iter().cloned());
                let rules = packs::pack(tx, pack).await?;
                check_measures(&rules, &measures)?;
                (round.pack, round.facts) = (pack, facts);
                let sql = "UPDATE rounds SET data = $1 WHERE id = $2";
                tx.execute(sql, values![json(&round)?, id]).await?;
                let body = json!({ "pack": pack, "facts": facts });
                tx.journal(by, "round.renewed", &format!("round/{id}"), &body)?;
                Ok(())
            })
        })
        .await
    }

    /// Moves the time at which a round that has not begun opens.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] once it has begun, and for a time that is past or not before it closes.
    pub async fn change_opening(
        &self,
        actor: &Actor,
        key: &Key,
        id: i64,
        opens_at: Moment,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.user();
        self.write_once(actor, key, format!("change_opening {id} {}", opens_at.0), move |tx| {
            Box::pin(async move {
                let mut round = round(tx, id).await?;
                if round.state(tx.now()) != RoundState::Announced {
                    return Err(StoreError::bad_input(
                        "这一批已经开始受理，开始日期不能再改",
                        "the round has begun: its opening can't be moved any more",
                    ));
                }
                if opens_at.day() < tx.now().day() {
                    return Err(StoreError::bad_input("开始日期不能早于今天", "a round opens today at the earliest"));
                }
                check_times(opens_at, round.closes_at)?;
                let before = std::mem::replace(&mut round.opens_at, opens_at);
                if before == opens_at {
                    return Ok(());
                }
                let sql = "UPDATE rounds SET opens_at = $1, data = $2 WHERE id = $3";
                tx.execute(sql, values![opens_at.0, json(&round)?, id]).await?;
                let body = json!({ "from": before, "to": opens_at });
                tx.journal(by, "round.opening_changed", &format!("round/{id}"), &body)?;
                Ok(())
            })
        })
        .await
    }

    /// Withdraws a round that was opened by mistake, as long as nobody has begun to apply. Its number is not given again.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] once it is closed, and where there is a case in it, be it a draft.
    pub async fn withdraw_round(&self, actor: &Actor, key: &Key, id: i64) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let by = actor.user();
        self.write_once(actor, key, format!("withdraw_round {id}"), move |tx| {
            Box::pin(async move {
                let mut round = round(tx, id).await?;
                if round.state(tx.now()) == RoundState::Closed {
                    return Err(StoreError::bad_input(
                        "这一批已经截止或者撤销，不能再撤销",
                        "the round has closed or was withdrawn: it can't be withdrawn any more",
                    ));
                }
                tx.put_down().await?;
                if tx.one("SELECT id FROM cases WHERE round = $1 LIMIT 1", values![id]).await?.is_some() {
                    return Err(StoreError::bad_input(
                        "这一批已经有人开始申请（含草稿），不能撤销；要停止受理，请把截止日期改为今天",
                        "someone has begun to apply in this round, if only a draft: it can't be withdrawn; to stop, let it close today",
                    ));
                }
                round.is_withdrawn = true;
                tx.execute("UPDATE rounds SET data = $1 WHERE id = $2", values![json(&round)?, id]).await?;
                tx.journal(by, "round.withdrawn", &format!("round/{id}"), &json!({ "name": round.name }))?;
                Ok(())
            })
        })
        .await
    }

    /// Moves the time at which a round closes. Whatever was frozen stays so.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] for a time before it opens, and of one that was withdrawn.
    pub async fn change_closing(
        &self,
        actor: &Actor,
        key: &Key,
        id: i64,
        closes_at: Moment,
    ) -> Result<Done<()>, StoreError> {
        self.change_closing_of_version(actor, key, id, None, closes_at).await
    }

    /// Moves the closing of a round as it was seen: `expected` is the number of the last such change on the journal, 0 before the
    /// first.
    ///
    /// # Errors
    /// As for [`Store::change_closing`]; [`StoreError::Conflict`] if it was moved since.
    pub async fn change_closing_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        id: i64,
        expected: Option<i64>,
        closes_at: Moment,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let content = format!("change_closing {id} {expected:?} {}", closes_at.0);
        let by = actor.user();
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                unchanged(tx, "round.closing_changed", &format!("round/{id}"), expected).await?;
                let mut round = round(tx, id).await?;
                if round.is_withdrawn {
                    return Err(StoreError::bad_input("这一批已经撤销", "the round was withdrawn"));
                }
                check_times(round.opens_at, closes_at)?;
                let before = round.closes_at;
                if before == closes_at {
                    return Ok(());
                }
                round.closes_at = closes_at;
                let sql = "UPDATE rounds SET closes_at = $1, data = $2 WHERE id = $3";
                tx.execute(sql, values![closes_at.0, json(&round)?, id]).await?;
                let body = json!({ "from": before, "to": closes_at });
                tx.journal(by, "round.closing_changed", &format!("round/{id}"), &body)?;
                Ok(())
            })
        })
        .await
    }
}

/// A round by its number, from whatever answers queries.
pub(crate) async fn round(link: &impl Queries, id: i64) -> Result<Round, StoreError> {
    let read = async {
        let row = link.one("SELECT data FROM rounds WHERE id = $1", values![id]).await?;
        of(&row.ok_or(StoreError::NotFound)?)
    };
    memoized(link, &format!("round/{id}"), read).await
}

/// A round and its pack, from whatever answers queries.
pub(crate) async fn round_with_pack(link: &impl Queries, id: i64) -> Result<(Round, Arc<Pack>), StoreError> {
    let round = round(link, id).await?;
    let pack = packs::pack(link, round.pack).await?;
    Ok((round, pack))
}

fn of(row: &Row) -> Result<Round, StoreError> {
    row.json("data")
}

fn check_times(opens_at: Moment, closes_at: Moment) -> Result<(), StoreError> {
    if opens_at < closes_at {
        return Ok(());
    }
    Err(StoreError::bad_input("截止时间应晚于开始时间", "a round closes after it opens"))
}

fn check_measures(pack: &Pack, measures: &[String]) -> Result<(), StoreError> {
    let is_known = |measure: &String| pack.plan.measures.iter().any(|one| one.name.en == *measure);
    match measures.iter().find(|measure| !is_known(measure)) {
        None => Ok(()),
        Some(unknown) => Err(StoreError::bad_input(
            format!("规则包里没有“{unknown}”这项措施"),
            format!("the pack has no measure “{unknown}”"),
        )),
    }
}

fn no_such(error: StoreError, zh: &str, en: &str) -> StoreError {
    match error {
        StoreError::NotFound => StoreError::bad_input(format!("没有这个{zh}"), format!("there is no such {en}")),
        other => other,
    }
}
