//! What an application is for, as the public may read it: the number of its row and, of things, their title. No cell that may
//! name a person, and nothing of accounts.

use std::collections::HashMap;
use std::sync::Arc;

use duixian_casework::round::Round;
use duixian_rules::pack::Pack;
use duixian_rules::vocabulary::{ColumnType, Table, TableKind};
use duixian_store::facts::FactRow;
use duixian_store::{Store, StoreError};

use crate::locale::Text;

/// The Chinese names of columns that hold what a thing is called; a person's is 姓名.
const TITLES: [&str; 4] = ["题名", "名称", "产品名", "项目名称"];

/// Looks up what applications are for; each round and each party is looked at once.
pub struct Bases<'s> {
    store: &'s Store,
    rounds: HashMap<i64, (Round, Arc<Pack>)>,
    rows: HashMap<(i64, String), Vec<FactRow>>,
}

impl<'s> Bases<'s> {
    /// From a store.
    pub fn new(store: &'s Store) -> Bases<'s> {
        Bases { store, rounds: HashMap::new(), rows: HashMap::new() }
    }

    /// What an application is for: `知识产权申请 ZL201810000001.1　一种电池`; empty where it is the party itself.
    pub async fn name(&mut self, round: i64, party: &str, measure: &str, basis: &str) -> Result<Text, StoreError> {
        if basis.is_empty() {
            return Ok(Text::default());
        }
        if !self.rounds.contains_key(&round) {
            self.rounds.insert(round, self.store.round_with_pack(round).await?);
        }
        let Some((of, pack)) = self.rounds.get(&round) else { return Ok(Text::same(basis.to_owned())) };
        let Some(rule) = pack.plan.measures.iter().find(|rule| rule.name.en == measure) else {
            return Ok(Text::same(basis.to_owned()));
        };
        let table = &pack.plan.vocabulary.tables[rule.basis.table];
        if table.kind != TableKind::Event {
            let is_year = table.year_column().is_some();
            return Ok(if is_year {
                Text::new(format!("{basis}年"), basis.to_owned())
            } else {
                Text::same(basis.to_owned())
            });
        }
        // A number alone says nothing to whoever does not know what is numbered.
        let (zh, en) = (format!("{} {basis}", table.name.zh), format!("{} {basis}", table.name.in_english()));
        let Some(title) = title_column(table) else { return Ok(Text::new(zh, en)) };
        let key = (round, party.to_owned());
        if !self.rows.contains_key(&key) {
            let rows = self.store.party_rows(of.facts, of.pack, party).await?;
            self.rows.insert(key.clone(), rows);
        }
        let rows = self.rows.get(&key).map_or(&[][..], Vec::as_slice);
        let row = rows.iter().find(|row| row.table == rule.basis.table && row.key == basis);
        let title = row.and_then(|row| row.cells.get(title)).filter(|title| !title.is_empty());
        Ok(match title {
            Some(title) => Text::new(format!("{zh}　{title}"), format!("{en}, {title}")),
            None => Text::new(zh, en),
        })
    }
}

/// The column with what a row's thing is called.
fn title_column(table: &Table) -> Option<usize> {
    let is_title = |name: &str| TITLES.contains(&name);
    table.columns.iter().position(|column| column.ty == ColumnType::Text && is_title(&column.name.zh))
}
