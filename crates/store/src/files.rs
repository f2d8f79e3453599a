//! Attachments: kept under the SHA-256 of their content, given out only through a case that holds them.

pub mod content;

use std::sync::LazyLock;

use chrono::TimeDelta;
use duixian_casework::case::{Case, CaseId, Evidence, FileRef};
use duixian_casework::moment::Moment;
use duixian_casework::people::Actor;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::attempts;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::hex;
use crate::threads::{PROCESSORS, on_a_thread};
use crate::tx::Tx;
use content::{MOST_BYTES, Unfit, clean_name, fits, sniff};

/// How many files are looked through at once: half the cores, so that a flood of files leaves the other half to those who read.
static LOOKING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new((*PROCESSORS / 2).max(1)));
/// How long a file is kept that no case names: its form may still be open, with something else to mend.
const UNNAMED: TimeDelta = TimeDelta::days(1);

/// Notes that a case names a file.
///
/// # Errors
/// [`StoreError::BadInput`] if the file is not there, or not any more.
pub(crate) async fn note_use(tx: &mut Tx, case: CaseId, file: &FileRef) -> Result<(), StoreError> {
    let hash = file.sha256.as_str();
    if tx.one("SELECT size FROM files WHERE sha256 = $1", values![hash]).await?.is_none() {
        return Err(StoreError::bad_input(
            "文件没有保留下来，请重新选择",
            "the file has not been kept: choose it again",
        ));
    }
    let sql = "INSERT INTO file_uses (sha256, case_id) VALUES ($1, $2) ON CONFLICT (sha256, case_id) DO NOTHING";
    tx.execute(sql, values![hash, case.0]).await.map(drop)
}

/// A file as it is given out: always as a download, never inline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The name it was uploaded under, cleaned.
    pub name: String,
    /// Its media type, as found from its content.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Looks through a file: what it is kept as, and its content.
fn look_through(name: &str, bytes: Vec<u8>) -> Result<(FileRef, Vec<u8>), StoreError> {
    let named = |media| if fits(name, media) { Ok(media) } else { Err(Unfit::Disguised(media)) };
    let media = sniff(&bytes).and_then(named).map_err(|unfit| {
        let (zh, en) = unfit.text(name);
        StoreError::bad_input(zh, en)
    })?;
    let file = FileRef {
        sha256: hex(&Sha256::digest(&bytes)),
        name: clean_name(name, media),
        media_type: media.name().to_owned(),
        size: bytes.len() as u64,
    };
    Ok((file, bytes))
}

impl Store {
    /// Keeps a file. The same content is kept once, whoever sends it; the journal has who did first. It belongs to no case
    /// until a piece of evidence names it, and goes again if none does within a day.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`]; [`StoreError::BadInput`], in sentences that name the file, for what is disguised, damaged, locked
    /// or would do something when opened; [`StoreError::Denied`] without a user.
    pub async fn put_file(&self, actor: &Actor, name: &str, bytes: Vec<u8>) -> Result<FileRef, StoreError> {
        let by = actor.user().ok_or(StoreError::Denied)?;
        if bytes.len() > MOST_BYTES {
            return Err(StoreError::TooLarge {
                what: ("文件（字节）", "the file (bytes)"), most: MOST_BYTES as u64
            });
        }
        // What is refused costs as much to look through as what is taken, so it counts as much.
        self.write(move |tx| Box::pin(async move { attempts::count_upload(tx, by).await })).await?;
        let name = name.to_owned();
        let (file, bytes) = on_a_thread(&LOOKING, move || look_through(&name, bytes)).await??;
        let kept = file.clone();
        self.write(move |tx| {
            Box::pin(async move {
                let sql = "INSERT INTO files (sha256, size, media_type, created_at, content) VALUES ($1, $2, $3, $4, $5) \
                           ON CONFLICT (sha256) DO NOTHING";
                let (hash, media, size) = (kept.sha256.as_str(), kept.media_type.as_str(), kept.size as i64);
                if tx.execute(sql, values![hash, size, media, tx.now().0, bytes]).await? > 0 {
                    let body = json!({ "size": size, "media_type": media });
                    tx.journal(Some(by), "file.kept", &format!("file/{hash}"), &body)?;
                }
                Ok(())
            })
        })
        .await?;
        Ok(file)
    }

    /// Lets go of files that no case has ever named and that nobody is about to; gives how many. The journal keeps their
    /// hashes.
    pub(crate) async fn drop_unused_files(&self) -> Result<usize, StoreError> {
        let unused = "SELECT f.sha256 FROM files f WHERE f.created_at < $1 \
                      AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.sha256 = f.sha256)";
        let before = Moment(self.now().0 - UNNAMED.num_milliseconds());
        if self.one(unused, values![before.0]).await?.is_none() {
            return Ok(0);
        }
        self.write(move |tx| {
            Box::pin(async move {
                let mut dropped = 0;
                for row in tx.all(unused, values![before.0]).await? {
                    let hash = row.text("sha256")?;
                    tx.execute("DELETE FROM files WHERE sha256 = $1", values![hash.as_str()]).await?;
                    tx.journal(None, "file.dropped", &format!("file/{hash}"), &json!({}))?;
                    dropped += 1;
                }
                Ok(dropped)
            })
        })
        .await
    }

    /// The file of a piece of evidence. Whoever calls has asked whether the actor may see the case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where the case has no such evidence or it has no file, [`StoreError::Corrupt`] where the
    /// content is not what its hash says.
    pub async fn file(&self, case: &Case, evidence: u32) -> Result<Download, StoreError> {
        let piece: &Evidence = case.evidence.iter().find(|one| one.id == evidence).ok_or(StoreError::NotFound)?;
        let file = piece.file.clone().ok_or(StoreError::NotFound)?;
        let row = self.one("SELECT content FROM files WHERE sha256 = $1", values![file.sha256.as_str()]).await?;
        let bytes = row.ok_or(StoreError::NotFound)?.bytes("content")?;
        if hex(&Sha256::digest(&bytes)) != file.sha256 {
            return Err(StoreError::corrupt(format!("file/{}", file.sha256), "its content is not that of its hash"));
        }
        Ok(Download { name: file.name, media_type: file.media_type, bytes })
    }
}
