//! What each account of the ledger is for, against the journal: money is where it is by that alone.

use duixian_ledger::Account;

use super::table::{Fields, Rows, Table};
use super::{Broken, Held, body};
use crate::db::Snapshot;
use crate::funds::book;
use crate::journal::Entry;

const ACCOUNTS: Table = Table { name: "accounts", zh: "资金账户", en: "accounts of funds" };

/// The accounts that the journal has seen opened so far.
pub(super) struct Accounts(Rows);

impl Accounts {
    pub(super) fn new() -> Accounts {
        Accounts(Rows::of(ACCOUNTS))
    }

    /// Takes note of an entry.
    pub(super) fn note(&mut self, entry: &Entry) -> Result<(), Broken> {
        if entry.kind == "account.opened" {
            let account: Account = body(entry)?;
            let (kind, fund, year) = book::purpose_columns(&account.purpose);
            let columns = [("kind", kind), ("fund", fund), ("lim", book::limit_word(account.limit))];
            let mut fields: Fields = columns.into_iter().map(|(column, value)| (column, value.to_owned())).collect();
            fields.push(("year", year.to_string()));
            self.0.put(entry.seq, account.id.0.to_string(), fields);
        }
        Ok(())
    }

    /// Holds the table against it.
    pub(super) async fn check(&self, snapshot: &Snapshot, held: &mut Vec<Held>) -> Result<(), Broken> {
        let sql = "SELECT id, kind, fund, year, lim FROM accounts ORDER BY id";
        let there = self.0.check(snapshot, sql, |row| {
            let fields = vec![
                ("kind", row.text("kind")?),
                ("fund", row.text("fund")?),
                ("year", row.int("year")?.to_string()),
                ("lim", row.text("lim")?),
            ];
            Ok((row.int("id")?.to_string(), fields))
        });
        held.push(Held::all(ACCOUNTS.zh, ACCOUNTS.en, there.await?));
        Ok(())
    }
}
