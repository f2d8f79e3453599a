//! What stands beside cases in tables of its own, against the cases' events: the numbers of payments, which files and accounts they name, what
//! limits count them by, and notices as they were put up.

use std::collections::{BTreeMap, BTreeSet};

use duixian_casework::account::number_key;
use duixian_casework::case::Case;
use duixian_money::Fen;

use super::table::{Fields, Table, Told};
use super::{Broken, Held};
use crate::cases::known::key_text;
use crate::cases::left::{Left, hash_of};
use crate::db::{Queries, Row, Snapshot, Value, all_among};
use crate::error::StoreError;
use crate::journal::Entry;
use crate::notices::Hung;

const PAYMENTS: Table = Table { name: "payments", zh: "付款编号", en: "numbers of payments" };
const USES: Table = Table { name: "file_uses", zh: "附件的归属", en: "uses of files" };
const ACCOUNTS: Table = Table { name: "account_uses", zh: "收款账号的归属", en: "uses of accounts" };
const KEYS: Table = Table { name: "case_keys", zh: "限额的归并", en: "keys of limits" };
const NOTICES: Table = Table { name: "notices", zh: "公示", en: "notices" };

/// What some cases' events make of those tables, and how much there was of all cases before.
pub(super) struct Beside {
    payments: BTreeMap<String, Told>,
    uses: BTreeMap<(String, i64), i64>,
    accounts: BTreeMap<(String, i64), i64>,
    keys: BTreeSet<(i64, String, String)>,
    notices: BTreeMap<(i64, i64), Told>,
    /// From when on sheets of notices were kept.
    first_sheet: Option<i64>,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    payments: i64,
    uses: i64,
    accounts: i64,
    keys: i64,
    notices: i64,
    /// Notices from before sheets were kept.
    unseen: i64,
}

impl Beside {
    pub(super) async fn of(snapshot: &Snapshot) -> Result<Beside, StoreError> {
        let first = snapshot.one("SELECT MIN(at) AS at FROM notices", vec![]).await?;
        Ok(Beside {
            payments: BTreeMap::new(),
            uses: BTreeMap::new(),
            accounts: BTreeMap::new(),
            keys: BTreeSet::new(),
            notices: BTreeMap::new(),
            first_sheet: first.map(|row| row.opt_int("at")).transpose()?.flatten(),
            counts: Counts::default(),
        })
    }

    /// Takes note of an entry, with its case as the entry has left it.
    pub(super) fn note(&mut self, entry: &Entry, case: &Case, left: &Left) {
        let (seq, id) = (entry.seq, case.id.0);
        match entry.kind.as_str() {
            "case.put_in_batch" => {
                if let Some(payment) = case.payments.last() {
                    let fields = vec![("batch", payment.batch.to_string()), ("case_id", id.to_string())];
                    self.payments.insert(payment.end_to_end_id.clone(), Told { seq, fields });
                }
            }
            "case.evidence_added" => {
                if let Some(file) = case.evidence.last().and_then(|piece| piece.file.as_ref()) {
                    self.uses.insert((file.sha256.clone(), id), seq);
                }
            }
            "case.saved" | "case.account_corrected" => {
                if let Some(account) = &case.account {
                    self.accounts.entry((number_key(&account.number), id)).or_insert(seq);
                }
            }
            "case.notice_published" => {
                if let Some(notice) = &case.notice {
                    let hung = left.hung.clone().map(|hung| (HUNG, hung));
                    let fields = of_notice(case).into_iter().chain(hung).collect();
                    self.notices.insert((id, notice.at.0), Told { seq, fields });
                }
            }
            _ => {}
        }
    }

    /// Takes note of what a case has become.
    pub(super) fn note_end(&mut self, case: &Case) {
        let claim = case.assessed.as_ref().and_then(|assessed| assessed.claim.as_ref());
        let keys = claim.iter().flat_map(|claim| &claim.keys).filter_map(key_text);
        self.keys.extend(keys.map(|key| (case.id.0, case.subject.measure.clone(), key)));
    }

    /// Holds the tables' rows of some cases, all that were noted since, against what was noted.
    pub(super) async fn check(&mut self, snapshot: &Snapshot, cases: &[i64]) -> Result<(), Broken> {
        self.check_payments(snapshot).await?;
        let (uses, accounts) = (std::mem::take(&mut self.uses), std::mem::take(&mut self.accounts));
        self.counts.uses += count(uses.len());
        self.counts.accounts += count(accounts.len());
        check_uses(snapshot, USES, "sha256", &uses).await?;
        check_uses(snapshot, ACCOUNTS, "number", &accounts).await?;
        self.check_keys(snapshot, cases).await?;
        self.check_notices(snapshot, cases).await
    }

    async fn check_payments(&mut self, snapshot: &Snapshot) -> Result<(), Broken> {
        let told = std::mem::take(&mut self.payments);
        let sql = "SELECT end_to_end_id, batch, case_id FROM payments WHERE end_to_end_id IN ({})";
        let ids = told.keys().map(|id| Value::from(id.as_str())).collect();
        let mut there = BTreeMap::new();
        for row in all_among(snapshot, sql, vec![], ids).await? {
            let fields: Fields =
                vec![("batch", row.int("batch")?.to_string()), ("case_id", row.int("case_id")?.to_string())];
            there.insert(row.text("end_to_end_id")?, fields);
        }
        self.counts.payments += count(told.len());
        for (id, Told { seq, fields }) in &told {
            match there.get(id) {
                Some(there) => PAYMENTS.hold(*seq, id, fields, there)?,
                None => return PAYMENTS.lacks(*seq, id),
            }
        }
        Ok(())
    }

    async fn check_keys(&mut self, snapshot: &Snapshot, cases: &[i64]) -> Result<(), Broken> {
        let mut told = std::mem::take(&mut self.keys);
        self.counts.keys += count(told.len());
        let sql = "SELECT case_id, measure, key FROM case_keys WHERE case_id IN ({})";
        for row in all_among(snapshot, sql, vec![], ids(cases)).await? {
            let key = (row.int("case_id")?, row.text("measure")?, row.text("key")?);
            if !told.remove(&key) {
                return KEYS.surplus(&of_key(&key));
            }
        }
        told.first().map_or(Ok(()), |key| KEYS.lacks(0, &of_key(key)))
    }

    async fn check_notices(&mut self, snapshot: &Snapshot, cases: &[i64]) -> Result<(), Broken> {
        let mut told = std::mem::take(&mut self.notices);
        let sql = format!("SELECT {} FROM notices WHERE case_id IN ({{}})", Hung::COLUMNS);
        for row in all_among(snapshot, &sql, vec![], ids(cases)).await? {
            let place = (row.int("case_id")?, row.int("at")?);
            let key = of_place(&place);
            let Some(Told { seq, fields }) = told.remove(&place) else { return NOTICES.surplus(&key) };
            NOTICES.hold(seq, &key, &fields, &read_notice(&row)?)?;
            self.counts.notices += 1;
        }
        for (place, Told { seq, .. }) in told {
            if self.first_sheet.is_some_and(|first| place.1 >= first) {
                return NOTICES.lacks(seq, &of_place(&place));
            }
            self.counts.unseen += 1;
        }
        Ok(())
    }

    /// That the tables have no more than what was noted of all cases.
    pub(super) async fn end(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let Counts { payments, uses, accounts, keys, notices, unseen } = self.counts;
        // Looked for only where there are too many: what is there without an event of its case that names it.
        let stray = |table: &str, column: &str, kinds: &str| {
            format!(
                "SELECT t.{column} AS key FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM journal j \
                 WHERE j.subject = 'case/' || t.case_id AND j.kind IN ({kinds}) AND j.body LIKE '%\"' || t.{column} || '\"%') \
                 ORDER BY t.{column} LIMIT 1"
            )
        };
        let orphan = |table: &str| {
            format!(
                "SELECT 'case/' || t.case_id AS key FROM {table} t \
                 WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = t.case_id) ORDER BY t.case_id LIMIT 1"
            )
        };
        let tables = [
            (PAYMENTS, payments, stray("payments", "end_to_end_id", "'case.put_in_batch'")),
            (USES, uses, stray("file_uses", "sha256", "'case.evidence_added'")),
            (ACCOUNTS, accounts, stray("account_uses", "number", "'case.saved', 'case.account_corrected'")),
            (KEYS, keys, orphan("case_keys")),
            (NOTICES, notices, orphan("notices")),
        ];
        for (table, told, sql) in tables {
            if table.count(snapshot).await? == told {
                continue;
            }
            let row = snapshot.one(&sql, vec![]).await?;
            let key = row.map_or(Ok(String::new()), |row| row.text("key"))?;
            return table.surplus(&key);
        }
        held.push(Held::all("付款编号", "numbers of payments", payments));
        held.push(Held::all("案件的附件", "files that cases name", uses));
        held.push(Held::all("案件的收款账号", "accounts that cases name", accounts));
        held.push(Held::all("限额的归并", "keys by which limits count", keys));
        held.push(Held { zh: "公示", en: "notices", count: notices, unseen });
        Ok(())
    }
}

/// That a table says of everything by which cases have named it, in a column, and of which case named it by which entry, that the case has.
async fn check_uses(
    snapshot: &Snapshot,
    table: Table,
    column: &str,
    told: &BTreeMap<(String, i64), i64>,
) -> Result<(), Broken> {
    let named: BTreeSet<&str> = told.keys().map(|(named, _)| named.as_str()).collect();
    let named = named.into_iter().map(Value::from).collect();
    // Very many cases may name the same thing: no more are read than are asked about.
    let cases: BTreeSet<i64> = told.keys().map(|(_, case)| *case).collect();
    let cases: Vec<String> = cases.into_iter().map(|case| case.to_string()).collect();
    let (table_name, cases) = (table.name, cases.join(", "));
    let sql = format!("SELECT {column}, case_id FROM {table_name} WHERE {column} IN ({{}}) AND case_id IN ({cases})");
    let mut there = BTreeSet::new();
    for row in all_among(snapshot, &sql, vec![], named).await? {
        there.insert((row.text(column)?, row.int("case_id")?));
    }
    match told.iter().find(|(of, _)| !there.contains(*of)) {
        Some(((named, case), seq)) => table.lacks(*seq, &format!("case/{case} {named}")),
        None => Ok(()),
    }
}

/// What a notice has beside what its case says: how the party was called then, and on which sheet it hung. The entry has the hash of the
/// row with both, once entries say that.
const HUNG: &str = "party_name / sheet";

/// What a notice says, from the case as it was put up.
fn of_notice(case: &Case) -> Fields {
    let subject = &case.subject;
    vec![
        ("number", case.number.clone().unwrap_or_default()),
        ("party", subject.party.clone()),
        ("measure", subject.measure.clone()),
        ("basis", subject.basis.clone()),
        ("clause", case.assessed.as_ref().map_or(String::new(), |assessed| assessed.clause.clone())),
        ("amount", case.granted().unwrap_or(Fen(0)).0.to_string()),
    ]
}

fn read_notice(row: &Row) -> Result<Fields, StoreError> {
    let mut fields = Fields::new();
    for column in ["number", "party", "measure", "basis", "clause"] {
        fields.push((column, row.text(column)?));
    }
    fields.push(("amount", row.int("amount")?.to_string()));
    fields.push((HUNG, hash_of(&Hung::of(row)?)?));
    Ok(fields)
}

fn of_key((case, measure, key): &(i64, String, String)) -> String {
    format!("case/{case} {measure} {key}")
}

fn of_place((case, at): &(i64, i64)) -> String {
    format!("case/{case} {at}")
}

fn ids(cases: &[i64]) -> Vec<Value> {
    cases.iter().map(|case| Value::from(*case)).collect()
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
