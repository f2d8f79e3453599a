//! The file that goes to the bank, and who has fetched it.

use std::collections::BTreeMap;

use duixian_bank::{PaymentFile, PaymentHeader, PaymentOrder, csv, pain001};
use duixian_casework::batch::{Batch, BatchLine, BatchStage};
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_casework::refusal::Refusal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{load, release};
use crate::access::needs;
use crate::db::{Queries, Store, values};
use crate::error::StoreError;
use crate::once::hex;
use crate::tx::Tx;

/// The form of a file to the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table.
    Csv,
    /// ISO 20022.
    Pain001,
}

impl Format {
    /// Both forms.
    pub const ALL: [Format; 2] = [Format::Csv, Format::Pain001];

    /// The word in addresses and records.
    pub fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Pain001 => "pain001",
        }
    }

    /// The form as people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Pain001 => "pain.001",
        }
    }
}

/// That someone has fetched the file of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Who.
    pub by: Option<UserId>,
    /// When.
    pub at: Moment,
    /// In which form.
    pub format: Format,
    /// The SHA-256 of what they were given.
    pub sha256: String,
    /// The other form, which someone had: they have confirmed that it was not sent.
    pub unsent: Option<Format>,
}

/// What the journal keeps of it.
#[derive(Serialize, Deserialize)]
struct Entry {
    format: Format,
    sha256: String,
    /// The other form, where they have confirmed that it was not sent. Earlier versions have asked and not kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsent: Option<Format>,
}

impl Store {
    /// The file for the bank, and its name. The same batch gives the same bytes. The journal keeps who had it when, in which form, with
    /// its SHA-256. `unsent` says that its other form, which someone has fetched, was not sent, and the journal keeps that too.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for who is not of finance; [`Refusal::WrongBatchStage`] until two people have released it; [`Refusal::PaidAfterAll`]
    /// or [`Refusal::PaidOtherwise`] where the bank has said since that one of them is paid, until that is taken out or cleared up;
    /// [`Refusal::OtherFormFetched`] where its other form was fetched and `unsent` does not say that it was not sent, or the bank has
    /// answered that, whatever `unsent` says;
    /// [`StoreError::BadInput`] if the account that pays is not set, or the bank would not take a line.
    pub async fn bank_file(
        &self,
        actor: &Actor,
        batch: i64,
        format: Format,
        unsent: bool,
    ) -> Result<(String, Vec<u8>), StoreError> {
        needs(actor, &[Role::Finance])?;
        let by = actor.user();
        self.write(move |tx| {
            Box::pin(async move {
                let (name, bytes) = of_released(tx, batch, format).await?;
                let had = forms_had(tx, batch).await?;
                let is_answered = load(tx, batch).await?.is_answered();
                // Each that was had after another was had by saying that the other was not sent: what the bank has answered is the last.
                let other = match is_answered {
                    true => had.last().copied().filter(|other| *other != format),
                    false => had.into_iter().find(|other| *other != format),
                };
                if let Some(other) = other
                    && (is_answered || !unsent)
                {
                    let (fetched, wanted) = (other.name(), format.name());
                    return Err(Refusal::OtherFormFetched { fetched, wanted, is_answered }.into());
                }
                let entry = Entry { format, sha256: sha256(&bytes), unsent: other };
                tx.journal(by, FETCHED, &format!("batch/{batch}"), &entry)?;
                Ok((name, bytes))
            })
        })
        .await
    }

    /// Who has fetched the file of a batch, the first first.
    pub async fn fetched(&self, batch: i64) -> Result<Vec<Fetched>, StoreError> {
        let sql = "SELECT actor, at, body FROM journal WHERE subject = $1 AND kind = $2 ORDER BY seq";
        let rows = self.all(sql, values![format!("batch/{batch}"), FETCHED]).await?;
        let fetched = |row: &crate::db::Row| {
            let Entry { format, sha256, unsent } = row.json("body")?;
            let (by, at) = (row.opt_int("actor")?.map(UserId), Moment(row.int("at")?));
            Ok(Fetched { by, at, format, sha256, unsent })
        };
        rows.iter().map(fetched).collect()
    }

    /// What a batch asks of the bank, whatever form the file has.
    ///
    /// # Errors
    /// [`StoreError::BadInput`] if the account that pays is not set, or the bank would not take a line.
    pub async fn payment_file(&self, batch: &Batch) -> Result<PaymentFile, StoreError> {
        of(self, batch).await
    }
}

/// The kind of entry that says so.
const FETCHED: &str = "batch.file_fetched";

/// Whether anyone has fetched the file of a batch, whatever became of the batch since: it may be with the bank.
pub(super) async fn is_fetched(tx: &Tx, batch: i64) -> Result<bool, StoreError> {
    let subject = format!("batch/{batch}");
    if tx.last_written(FETCHED, &subject).is_some() {
        return Ok(true);
    }
    let sql = "SELECT 1 AS one FROM journal WHERE subject = $1 AND kind = $2 LIMIT 1";
    Ok(tx.one(sql, values![subject, FETCHED]).await?.is_some())
}

/// The forms in which the batch's file was fetched, each time anyone did, in their order. Of two who fetch both at once, the second in turn
/// finds what the first was given.
async fn forms_had(tx: &Tx, batch: i64) -> Result<Vec<Format>, StoreError> {
    let subject = format!("batch/{batch}");
    let mut bodies: Vec<Entry> = Vec::new();
    let sql = "SELECT body FROM journal WHERE subject = $1 AND kind = $2 ORDER BY seq";
    for row in tx.all(sql, values![subject.as_str(), FETCHED]).await? {
        bodies.push(row.json("body")?);
    }
    // What this transaction, or one that is written with it, has fetched is not in the table yet.
    let mut unwritten: Vec<&str> = tx.written(FETCHED, &subject).map(|entry| entry.body.as_str()).collect();
    unwritten.reverse();
    for body in unwritten {
        bodies.push(serde_json::from_str(body)?);
    }
    Ok(bodies.into_iter().map(|entry| entry.format).collect())
}

async fn of_released(link: &impl Queries, batch: i64, format: Format) -> Result<(String, Vec<u8>), StoreError> {
    let batch = load(link, batch).await?;
    if !matches!(batch.stage, BatchStage::Released | BatchStage::Settled) {
        return Err(Refusal::WrongBatchStage("这一批还没有放款", "the batch was not released").into());
    }
    if let Some((_, refusal)) = release::stopped(link, &batch).await?.into_iter().next() {
        return Err(refusal.into());
    }
    let file = of(link, &batch).await?;
    let bytes = written(&file, format);
    if signed(link, batch.id, format).await?.is_some_and(|signed| signed != sha256(&bytes)) {
        return Err(StoreError::corrupt(format!("batch/{}", batch.id), "its file is not the one that was signed"));
    }
    let message = &file.header().message_id;
    let extension = if format == Format::Csv { "csv" } else { "xml" };
    Ok((format!("{message}.{extension}"), bytes))
}

/// The SHA-256 of the file as two people have signed it; none of a batch from when that was not kept.
async fn signed(link: &impl Queries, batch: i64, format: Format) -> Result<Option<String>, StoreError> {
    #[derive(Deserialize)]
    struct Released {
        #[serde(default)]
        files: BTreeMap<String, String>,
    }
    let sql = "SELECT body FROM journal WHERE subject = $1 AND kind = 'batch.released' ORDER BY seq DESC LIMIT 1";
    let row = link.one(sql, values![format!("batch/{batch}")]).await?;
    let released = row.map(|row| row.json::<Released>("body")).transpose()?;
    Ok(released.and_then(|released| released.files.get(format.word()).cloned()))
}

fn written(file: &PaymentFile, format: Format) -> Vec<u8> {
    match format {
        Format::Csv => csv::write(file).into_bytes(),
        Format::Pain001 => pain001::write(file).into_bytes(),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 of a released batch in each form: what is fetched later is what was signed, or it can be told that it is not.
pub(super) async fn hashes(link: &impl Queries, batch: &Batch) -> Result<serde_json::Value, StoreError> {
    let file = of(link, batch).await?;
    let hash = |format: Format| (format.word().to_owned(), sha256(&written(&file, format)).into());
    Ok(serde_json::Value::Object(Format::ALL.into_iter().map(hash).collect()))
}

async fn of(link: &impl Queries, batch: &Batch) -> Result<PaymentFile, StoreError> {
    let debtor = release::debtor_of(link, batch).await?.ok_or_else(release::no_debtor)?;
    let header = PaymentHeader {
        message_id: batch.message_id(),
        created_at: batch.released_at.unwrap_or(batch.created_at).0,
        execution_on: batch.execution_day(),
        debtor_name: debtor.holder,
        debtor_account: debtor.number,
        debtor_bank_code: debtor.bank_code.unwrap_or_default(),
    };
    let order = |line: &BatchLine| PaymentOrder {
        end_to_end_id: line.end_to_end_id.clone(),
        amount: line.amount,
        creditor_name: line.account.holder.clone(),
        creditor_account: line.account.number.clone(),
        creditor_bank: Some(line.account.bank.clone()),
        creditor_bank_code: line.account.bank_code.clone(),
        remittance: line.number.clone(),
    };
    PaymentFile::new(header, batch.lines.iter().map(order).collect()).map_err(|errors| {
        let in_lines =
            |text: fn(&duixian_bank::OrderError) -> String| errors.iter().map(text).collect::<Vec<_>>().join("\n");
        StoreError::bad_input(
            in_lines(duixian_bank::OrderError::message_zh),
            in_lines(duixian_bank::OrderError::message_en),
        )
    })
}
