//! Packs: the rules, kept as the text they were written in, so that a case can be explained by its round's for ever.

use std::collections::BTreeSet;
use std::sync::Arc;

use duixian_assess::examples;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_rules::diagnostic::{Diagnostic, Severity};
use duixian_rules::pack::Pack;
use duixian_rules::source::{SourceFile, Sources};
use duixian_rules::vocabulary::{Lang, Name};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::access::needs;
use crate::db::{Queries, Store, json, values};
use crate::error::StoreError;
use crate::once::{Done, Key, hex};

mod given_up;

pub use given_up::GivenUp;

/// One version of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackVersion {
    /// Its number.
    pub id: i64,
    /// The programme's names.
    pub name: Name,
    /// SHA-256 of its files.
    pub hash: String,
    /// When it was installed.
    pub created_at: Moment,
}

/// The most that all files of a pack may have together.
const MOST_BYTES: usize = 16 << 20;
/// How many errors are told at once.
const MOST_ERRORS: usize = 20;

impl Store {
    /// Installs a pack from its files, each by path and text. One that is there already, word for word, keeps its number.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with what is wrong, where the rules have errors, one of the pack's own examples fails, or the pack
    /// gives up what cases go by ([`Store::given_up_by`]).
    pub async fn install_pack(
        &self,
        actor: &Actor,
        key: &Key,
        files: Vec<(String, String)>,
    ) -> Result<Done<i64>, StoreError> {
        self.install_pack_giving_up(actor, key, files, BTreeSet::new()).await
    }

    /// The same with what the administrator has confirmed that it gives up ([`GivenUp::id`]); the journal keeps that.
    ///
    /// # Errors
    /// As for [`Store::install_pack`], but for what was confirmed.
    pub async fn install_pack_giving_up(
        &self,
        actor: &Actor,
        key: &Key,
        mut files: Vec<(String, String)>,
        confirmed: BTreeSet<String>,
    ) -> Result<Done<i64>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        if files.iter().map(|(path, text)| path.len() + text.len()).sum::<usize>() > MOST_BYTES {
            return Err(StoreError::TooLarge { what: ("规则包", "the pack"), most: MOST_BYTES as u64 });
        }
        files.sort();
        let hash = hash_of(&files);
        let text = json(&files)?;
        let pack = Arc::new(spawn_blocking(move || checked(&files)).await.map_err(stopping)??);
        let (name, installed) = (pack.plan.policy.clone(), Arc::clone(&pack));
        let content = format!("install_pack {hash} {confirmed:?}");
        let by = actor.user();
        let done = self
            .write_once(actor, key, content, move |tx| {
                Box::pin(async move {
                    if let Some(row) = tx.one("SELECT id FROM packs WHERE hash = $1", values![hash.as_str()]).await? {
                        return row.int("id");
                    }
                    tx.put_down().await?;
                    let given_up = given_up::given_up(tx, &pack.plan).await?;
                    if given_up.iter().any(|one| !confirmed.contains(&one.id())) {
                        return Err(given_up::unconfirmed(&given_up));
                    }
                    let id = tx.next_id("packs").await?;
                    let sql = "INSERT INTO packs (id, hash, name_zh, name_en, files, created_at) \
                               VALUES ($1, $2, $3, $4, $5, $6)";
                    let (zh, en) = (name.zh.as_str(), name.en.as_str());
                    tx.execute(sql, values![id, hash.as_str(), zh, en, text, tx.now().0]).await?;
                    let mut body = json!({ "hash": hash, "name": [zh, en] });
                    if !given_up.is_empty() {
                        body["given_up"] = given_up.iter().map(|one| one.text(Lang::Zh)).collect();
                    }
                    tx.journal(by, "pack.installed", &format!("pack/{id}"), &body)?;
                    Ok(id)
                })
            })
            .await?;
        self.shared.caches.packs.put(done.value, installed);
        Ok(done)
    }

    /// What a pack would give up that cases go by: it is installed only once each is confirmed.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] with what is wrong with it.
    pub async fn given_up_by(&self, mut files: Vec<(String, String)>) -> Result<Vec<GivenUp>, StoreError> {
        files.sort();
        let pack = spawn_blocking(move || checked(&files)).await.map_err(stopping)??;
        given_up::given_up(self, &pack.plan).await
    }

    /// A pack, read and compiled; kept in memory once it was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a number that no pack has.
    pub async fn pack(&self, id: i64) -> Result<Arc<Pack>, StoreError> {
        pack(self, id).await
    }

    /// The pack installed last, with its number; none before the first.
    pub async fn current_pack(&self) -> Result<Option<(i64, Arc<Pack>)>, StoreError> {
        let row = self.one("SELECT MAX(id) AS id FROM packs", vec![]).await?;
        match row.map(|row| row.opt_int("id")).transpose()?.flatten() {
            Some(id) => Ok(Some((id, self.pack(id).await?))),
            None => Ok(None),
        }
    }

    /// All packs, the newest first.
    pub async fn packs(&self) -> Result<Vec<PackVersion>, StoreError> {
        let rows =
            self.all("SELECT id, name_zh, name_en, hash, created_at FROM packs ORDER BY id DESC", vec![]).await?;
        let of = |row: &crate::db::Row| {
            Ok(PackVersion {
                id: row.int("id")?,
                name: Name::new(row.text("name_zh")?, row.text("name_en")?),
                hash: row.text("hash")?,
                created_at: Moment(row.int("created_at")?),
            })
        };
        rows.iter().map(of).collect()
    }
}

/// A pack by its number, from whatever answers queries.
pub(crate) async fn pack(link: &impl Queries, id: i64) -> Result<Arc<Pack>, StoreError> {
    if let Some(pack) = link.shared().caches.packs.get(&id) {
        return Ok(pack);
    }
    let row = link.one("SELECT hash, files FROM packs WHERE id = $1", values![id]).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let files: Vec<(String, String)> = row.json("files")?;
    if hash_of(&files) != row.text("hash")? {
        return Err(StoreError::corrupt(format!("pack/{id}"), "its text is not that of its hash"));
    }
    let pack = Arc::new(spawn_blocking(move || Pack::read(sources(&files))).await.map_err(stopping)?);
    link.shared().caches.packs.put(id, Arc::clone(&pack));
    Ok(pack)
}

fn sources(files: &[(String, String)]) -> Sources {
    let file = |(path, text): &(String, String)| SourceFile { path: path.clone(), text: text.as_str().into() };
    Sources { files: files.iter().map(file).collect() }
}

/// A pack that may run, and whose examples come out as it says.
fn checked(files: &[(String, String)]) -> Result<Pack, StoreError> {
    let pack = Pack::read(sources(files));
    let errors: Vec<&Diagnostic> =
        pack.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Err(told(&pack, &errors));
    }
    if pack.plan.measures.is_empty() {
        return Err(StoreError::bad_input("规则包里没有任何措施", "the pack holds no measure"));
    }
    let run = examples::run(&pack.plan, &pack.examples);
    if !run.failures.is_empty() {
        return Err(told(&pack, &run.failures.iter().collect::<Vec<_>>()));
    }
    Ok(pack)
}

fn told(pack: &Pack, findings: &[&Diagnostic]) -> StoreError {
    let in_lang = |lang: Lang| {
        let told = findings.iter().take(MOST_ERRORS).map(|finding| finding.render(&pack.sources, lang));
        told.collect::<Vec<_>>().join("\n")
    };
    StoreError::bad_input(
        format!("规则包有 {} 处错误：\n{}", findings.len(), in_lang(Lang::Zh)),
        format!("the pack has {} errors:\n{}", findings.len(), in_lang(Lang::En)),
    )
}

/// SHA-256 over the paths and texts of a pack.
pub(crate) fn hash_of(files: &[(String, String)]) -> String {
    let mut hash = Sha256::new();
    for text in files.iter().flat_map(|(path, text)| [path, text]) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex(&hash.finalize())
}

/// A thread that was to work has gone.
pub(crate) fn stopping(error: tokio::task::JoinError) -> StoreError {
    StoreError::environment(
        "程序内部出错或正在停止，这次没有保存",
        "an internal error, or the program is stopping; nothing was saved",
        error,
    )
}
