//! What an administrator sets, against the journal: settings, rounds, rule packs, days of the calendar, what funds do with money left over.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use duixian_casework::calendar::Day;
use duixian_casework::moment::Moment;
use duixian_casework::round::Round;
use serde::Deserialize;
use serde_json::Value as Json;

use super::table::{Fields, Rows, Table, plain};
use super::{Broken, Held, body, broken};
use crate::calendar::REMOVED;
use crate::db::{Queries, Row, Snapshot, values};
use crate::demo_clock::SHIFT;
use crate::error::StoreError;
use crate::journal::Entry;
use crate::packs;
use crate::settings::{DEMO, SETTINGS, Settings};

const META: Table = Table { name: "meta", zh: "设置", en: "settings" };
const ROUNDS: Table = Table { name: "rounds", zh: "申报批次", en: "rounds" };
const PACKS: Table = Table { name: "packs", zh: "规则包", en: "packs" };
const CALENDAR: Table = Table { name: "calendar", zh: "工作日历", en: "days of the calendar" };
const CARRY_RULES: Table = Table { name: "carry_rules", zh: "余额规则", en: "carry rules" };

/// What the journal has made of it so far.
pub(super) struct Installation {
    settings: Rows,
    rounds: BTreeMap<i64, (i64, Round)>,
    packs: Rows,
    calendar: Rows,
    carry_rules: Rows,
}

#[derive(Deserialize)]
struct Renewed {
    pack: i64,
    facts: i64,
}

#[derive(Deserialize)]
struct MovedTo {
    to: Moment,
}

#[derive(Deserialize)]
struct Installed {
    hash: String,
    name: [String; 2],
}

#[derive(Deserialize)]
struct Removed {
    date: NaiveDate,
}

#[derive(Deserialize)]
struct Shift {
    shift: i64,
}

#[derive(Deserialize)]
struct Carry {
    rule: Json,
}

impl Installation {
    pub(super) fn new() -> Installation {
        Installation {
            settings: Rows::of(META),
            rounds: BTreeMap::new(),
            packs: Rows::of(PACKS),
            calendar: Rows::of(CALENDAR),
            carry_rules: Rows::of(CARRY_RULES),
        }
    }

    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        let seq = entry.seq;
        let (_, id) = entry.subject.split_once('/').unwrap_or((entry.subject.as_str(), ""));
        match entry.kind.as_str() {
            "settings.changed" => self.settings.put(seq, SETTINGS, of_settings(&body(entry)?)),
            "settings.demo" => self.settings.put(seq, DEMO, vec![("value", "1".to_owned())]),
            "clock.advanced" => {
                let Shift { shift } = body(entry)?;
                self.settings.put(seq, SHIFT, vec![("value", shift.to_string())]);
            }
            "round.opened" => {
                let round: Round = body(entry)?;
                self.rounds.insert(round.id, (seq, round));
            }
            "round.renewed" => {
                let Renewed { pack, facts } = body(entry)?;
                self.change(entry, id, |round| (round.pack, round.facts) = (pack, facts))?;
            }
            "round.closing_changed" => {
                let MovedTo { to } = body(entry)?;
                self.change(entry, id, |round| round.closes_at = to)?;
            }
            "round.opening_changed" => {
                let MovedTo { to } = body(entry)?;
                self.change(entry, id, |round| round.opens_at = to)?;
            }
            "round.withdrawn" => self.change(entry, id, |round| round.is_withdrawn = true)?,
            "pack.installed" => {
                let Installed { hash, name: [zh, en] } = body(entry)?;
                let at = entry.at.0.to_string();
                self.packs.put(seq, id, vec![("hash", hash), ("name_zh", zh), ("name_en", en), ("created_at", at)]);
            }
            "calendar.set" => {
                for day in body::<Vec<Day>>(entry)? {
                    let name = day.name.trim().to_owned();
                    self.calendar.put(
                        seq,
                        day.date.to_string(),
                        vec![("kind", day.kind.word().to_owned()), ("name", name)],
                    );
                }
            }
            "calendar.removed" => {
                let Removed { date } = body(entry)?;
                let fields = vec![("kind", REMOVED.to_owned()), ("name", String::new())];
                self.calendar.put(seq, date.to_string(), fields);
            }
            "fund.carry_rule" => {
                let Carry { rule } = body(entry)?;
                self.carry_rules.put(seq, id, vec![("rule", rule.to_string())]);
            }
            _ => {}
        }
        Ok(())
    }

    fn change(&mut self, entry: &Entry, id: &str, change: impl FnOnce(&mut Round)) -> Result<(), Broken> {
        let round = id.parse().ok().and_then(|id: i64| self.rounds.get_mut(&id));
        let Some((seq, round)) = round else {
            return broken(entry.seq, "它所改的申报批次没有开过", "the round that it changes was never opened");
        };
        *seq = entry.seq;
        change(round);
        Ok(())
    }

    /// Holds the tables against it.
    pub(super) async fn check(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        // The start of a demonstration is on the journal, but not how far its clock was moved for it: that is told once it is moved on.
        let is_moved = self.settings.has(SHIFT);
        let keys = if is_moved { vec![SETTINGS, DEMO, SHIFT] } else { vec![SETTINGS, DEMO] };
        let keys: Vec<String> = keys.into_iter().map(|key| format!("'{key}'")).collect();
        let sql = format!("SELECT key, value FROM meta WHERE key IN ({}) ORDER BY key", keys.join(", "));
        let settings = self.settings.check(snapshot, &sql, setting).await?;
        held.push(Held::all("设置", "settings", settings));

        let mut rounds = Rows::of(ROUNDS);
        for (id, (seq, round)) in &self.rounds {
            rounds.put(*seq, id.to_string(), of_round(round, round.opens_at.0, round.closes_at.0));
        }
        let sql = "SELECT id, opens_at, closes_at, data FROM rounds ORDER BY id";
        let there = rounds.check(snapshot, sql, |row| {
            let fields = of_round(&row.json("data")?, row.int("opens_at")?, row.int("closes_at")?);
            Ok((row.int("id")?.to_string(), fields))
        });
        held.push(Held::all("申报批次", "rounds", there.await?));

        let sql = "SELECT id, hash, name_zh, name_en, created_at FROM packs ORDER BY id";
        let there = self.packs.check(snapshot, sql, |row| {
            let (hash, zh, en) = (row.text("hash")?, row.text("name_zh")?, row.text("name_en")?);
            let at = row.int("created_at")?.to_string();
            Ok((row.int("id")?.to_string(), vec![("hash", hash), ("name_zh", zh), ("name_en", en), ("created_at", at)]))
        });
        held.push(Held::all("规则包", "packs", there.await?));
        check_texts(snapshot).await?;

        let sql = "SELECT date, kind, name FROM calendar ORDER BY date";
        let there = self.calendar.check(snapshot, sql, |row| {
            Ok((row.text("date")?, vec![("kind", row.text("kind")?), ("name", row.text("name")?)]))
        });
        held.push(Held::all("日历上录入的日子", "days entered in the calendar", there.await?));

        let sql = "SELECT fund, rule FROM carry_rules ORDER BY fund";
        let there = self
            .carry_rules
            .check(snapshot, sql, |row| Ok((row.text("fund")?, vec![("rule", plain(&row.text("rule")?))])));
        held.push(Held::all("余额规则", "carry rules", there.await?));
        Ok(())
    }
}

/// That the texts of every pack are those of its hash. They are large, and read one after the other.
async fn check_texts(snapshot: &Snapshot) -> Result<(), Broken> {
    for row in snapshot.all("SELECT id, hash FROM packs ORDER BY id", vec![]).await? {
        let (id, hash) = (row.int("id")?, row.text("hash")?);
        let text = snapshot.one("SELECT files FROM packs WHERE id = $1", values![id]).await?;
        let text = text.ok_or(StoreError::NotFound)?;
        let there = packs::hash_of(&text.json::<Vec<(String, String)>>("files")?);
        if there != hash {
            return PACKS.differs(0, &id.to_string(), "files", &hash, &there);
        }
    }
    Ok(())
}

fn setting(row: &Row) -> Result<(String, Fields), StoreError> {
    let key = row.text("key")?;
    let fields = if key == SETTINGS { of_settings(&row.json("value")?) } else { vec![("value", row.text("value")?)] };
    Ok((key, fields))
}

fn of_settings(settings: &Settings) -> Fields {
    let Settings { name_zh, name_en, debtor, contact, number_prefix } = settings;
    let debtor = debtor.as_ref().map_or(String::new(), |account| {
        format!("{} {} {} {:?}", account.holder, account.number, account.bank, account.bank_code)
    });
    vec![
        ("name_zh", name_zh.clone()),
        ("name_en", name_en.clone()),
        ("debtor", debtor),
        ("contact", contact.clone()),
        ("number_prefix", number_prefix.clone()),
    ]
}

fn of_round(round: &Round, opens_at: i64, closes_at: i64) -> Fields {
    vec![
        ("name", round.name.clone()),
        ("year", round.year.to_string()),
        ("as_of", round.as_of.to_string()),
        ("measures", round.measures.join(", ")),
        ("opens_at", opens_at.to_string()),
        ("closes_at", closes_at.to_string()),
        ("data.opens_at", round.opens_at.0.to_string()),
        ("data.closes_at", round.closes_at.0.to_string()),
        ("pack", round.pack.to_string()),
        ("facts", round.facts.to_string()),
    ]
}
