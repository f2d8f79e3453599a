//! What is set once for an installation: its name, the account that pays, whether it is a demonstration.

use duixian_casework::account::sound;
use std::collections::BTreeSet;

use duixian_casework::case::BankAccount;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role};
use duixian_casework::refusal::Refusal;
use duixian_text::has_unseen;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{given, needs, optional};
use crate::clock::Clock;
use crate::db::{Queries, Store, values};
use crate::demo_clock::SHIFT;
use crate::error::StoreError;
use crate::memo::memoized;
use crate::once::{Done, Key, hex};
use crate::tx::Tx;

/// What an administrator sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The authority's name in Chinese, at the head of pages and documents.
    pub name_zh: String,
    /// In English.
    pub name_en: String,
    /// The account that bank files pay from.
    pub debtor: Option<BankAccount>,
    /// Where people can ask: telephone, address.
    pub contact: String,
    /// The character or word before the year in a case's number: `南明兑` of `南明兑〔2019〕000123号`.
    pub number_prefix: String,
}

/// Where the settings are kept.
pub(crate) const SETTINGS: &str = "settings";
/// Where it is kept that this is a demonstration.
pub(crate) const DEMO: &str = "demo";
const INSTALLATION: &str = "installation_key";

impl Store {
    /// The settings.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        settings(self).await
    }

    /// The settings as they were at a moment: what was issued keeps its issuer. Before the first change there was no name to
    /// issue under, and what was set first counts.
    pub async fn settings_at(&self, moment: Moment) -> Result<Settings, StoreError> {
        let sql = "SELECT at, body FROM journal WHERE subject = 'settings' AND kind = 'settings.changed' ORDER BY seq";
        let changes = self.all(sql, vec![]).await?;
        let mut then = None;
        for change in &changes {
            if then.is_some() && change.int("at")? > moment.0 {
                break;
            }
            then = Some(change);
        }
        match then {
            Some(change) => change.json("body"),
            None => self.settings().await,
        }
    }

    /// Changes the settings.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an account that a bank would not take, [`StoreError::BadInput`] for texts.
    pub async fn set_settings(&self, actor: &Actor, key: &Key, new: Settings) -> Result<Done<()>, StoreError> {
        self.set_settings_of_version(actor, key, None, new).await
    }

    /// Changes the settings as they were seen: `expected` is the number of the last change to them on the journal, 0 before the
    /// first.
    ///
    /// # Errors
    /// As for [`Store::set_settings`]; [`StoreError::Conflict`] if they have changed since.
    pub async fn set_settings_of_version(
        &self,
        actor: &Actor,
        key: &Key,
        expected: Option<i64>,
        new: Settings,
    ) -> Result<Done<()>, StoreError> {
        needs(actor, &[Role::Administrator])?;
        let (zh, en) = (("单位名称", "the authority's Chinese name"), ("英文名称", "the authority's English name"));
        let contact = ("联系方式", "the contact");
        let new = Settings {
            name_zh: visible(given(&new.name_zh, 40, zh.0, zh.1)?, zh)?,
            name_en: visible(optional(&new.name_en, 80, en.0, en.1)?, en)?,
            debtor: new.debtor.map(paying).transpose()?,
            contact: visible(optional(&new.contact, 200, contact.0, contact.1)?, contact)?,
            number_prefix: number_prefix(&new.number_prefix)?,
        };
        let by = actor.user();
        let content = format!("set_settings {expected:?} {}", crate::db::json(&new)?);
        self.write_once(actor, key, content, move |tx| {
            Box::pin(async move {
                unchanged(tx, "settings.changed", "settings", expected).await?;
                keep(tx, SETTINGS, &crate::db::json(&new)?).await?;
                tx.journal(by, "settings.changed", "settings", &new)?;
                Ok(())
            })
        })
        .await
    }

    /// Whether this is a demonstration: then the sign-in page lists the accounts there are, and time can be moved on.
    pub async fn is_demo(&self) -> Result<bool, StoreError> {
        Ok(kept(self, DEMO).await?.as_deref() == Some("1"))
    }

    /// Makes an empty database a demonstration, whose time begins at `start`. It stays one; asked again, nothing changes.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where something is recorded already, [`StoreError::Denied`] on the machine's own clock.
    pub async fn begin_demo(&self, start: Moment) -> Result<(), StoreError> {
        if self.is_demo().await? {
            return Ok(());
        }
        if self.shared().clock.clock != Clock::Shifted {
            return Err(StoreError::Denied);
        }
        if self.one("SELECT seq FROM journal LIMIT 1", vec![]).await?.is_some() {
            return Err(StoreError::conflict(
                "数据库里已有记录，不能改作演示",
                "something is recorded in this database: it can't become a demonstration",
            ));
        }
        // Nothing was dated yet, so that this once the clock may go back.
        let shift = self.shared().clock.restart(start);
        self.write(move |tx| {
            Box::pin(async move {
                keep(tx, DEMO, "1").await?;
                keep(tx, SHIFT, &shift.to_string()).await?;
                tx.journal(None, "settings.demo", "settings", &json!({ "start": start }))?;
                Ok(())
            })
        })
        .await
    }

    /// The installation's own secret of 32 bytes, made on first use: what pages sign is signed with it, on every process of
    /// the installation alike.
    pub async fn installation_key(&self) -> Result<[u8; 32], StoreError> {
        let text = match kept(self, INSTALLATION).await? {
            Some(text) => text,
            None => {
                let fresh = hex(&random::<32>()?);
                self.write(move |tx| Box::pin(first(tx, fresh))).await?
            }
        };
        unhex(&text).ok_or_else(|| StoreError::corrupt("meta.installation_key", "not 32 bytes in hexadecimal"))
    }
}

/// The longest prefix of case numbers, in characters.
const LONGEST_PREFIX: usize = 10;

/// A prefix of case numbers: they stand in addresses, files and letters, and are read out on the telephone.
///
/// # Errors
/// [`StoreError::BadInput`] for anything else.
pub fn number_prefix(text: &str) -> Result<String, StoreError> {
    let text = text.trim();
    if text.chars().count() > LONGEST_PREFIX || !text.chars().all(|one| is_han(one) || one.is_ascii_alphanumeric()) {
        return Err(StoreError::bad_input(
            format!("编号字头只能用汉字、字母和数字，最多 {LONGEST_PREFIX} 字"),
            format!(
                "the prefix of case numbers has Chinese characters, letters and digits only, at most {LONGEST_PREFIX}"
            ),
        ));
    }
    Ok(text.to_owned())
}

fn is_han(one: char) -> bool {
    matches!(one, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// An account that pays: files name its bank by the code alone.
fn paying(account: BankAccount) -> Result<BankAccount, Refusal> {
    let account = sound(account)?;
    if account.bank_code.is_none() {
        return Err(Refusal::BadAccount(
            "请填写付款账户的联行号（12 位数字），付款文件要用",
            "the bank code of the account that pays is required (12 digits): payment files need it",
        ));
    }
    Ok(account)
}

/// A line that shows all that is in it: a name that holds what nobody sees passes for another's.
pub(crate) fn visible(text: String, (zh, en): (&str, &str)) -> Result<String, StoreError> {
    if has_unseen(&text) {
        return Err(StoreError::bad_input(
            format!("{zh}里有看不见的字符；请清空后重新手打"),
            format!("{en} has characters that can't be seen: empty it and type it anew"),
        ));
    }
    Ok(text)
}

/// That nothing of a kind was done to something since the entry that was seen as the last one; whoever has seen none is not asked.
/// Two who set the same thing as a whole would otherwise undo each other's changes unawares.
///
/// # Errors
/// [`StoreError::Conflict`] where it was.
pub(crate) async fn unchanged(tx: &Tx, kind: &str, subject: &str, expected: Option<i64>) -> Result<(), StoreError> {
    let Some(expected) = expected else { return Ok(()) };
    let last = match tx.last_written(kind, subject) {
        Some(entry) => entry.seq,
        None => {
            let sql = "SELECT COALESCE(MAX(seq), 0) AS last FROM journal WHERE subject = $1 AND kind = $2";
            tx.one(sql, values![subject, kind]).await?.map_or(Ok(0), |row| row.int("last"))?
        }
    };
    if last == expected {
        return Ok(());
    }
    Err(StoreError::conflict(
        "您打开这一页以后，这里已有改动，没有保存。请看清现在的内容再保存",
        "this was changed since you opened the page; nothing was saved. Look at what is there now, and save again",
    ))
}

/// Keeps a fresh key, unless another process was first.
async fn first(tx: &mut Tx, fresh: String) -> Result<String, StoreError> {
    if let Some(there) = kept(tx, INSTALLATION).await? {
        return Ok(there);
    }
    keep(tx, INSTALLATION, &fresh).await?;
    Ok(fresh)
}

/// The settings, from whatever answers queries.
pub(crate) async fn settings(link: &impl Queries) -> Result<Settings, StoreError> {
    let read = async {
        let text = kept(link, SETTINGS).await?;
        text.map_or(Ok(Settings::default()), |text| Ok(serde_json::from_str(&text)?))
    };
    memoized(link, "settings", read).await
}

/// The numbers of all accounts that files have ever paid from: an answer may come after another account was set.
pub(crate) async fn accounts_ever(link: &impl Queries) -> Result<BTreeSet<String>, StoreError> {
    let sql = "SELECT body FROM journal WHERE subject = 'settings' AND kind = 'settings.changed'";
    let mut accounts = BTreeSet::new();
    for row in &link.all(sql, vec![]).await? {
        accounts.extend(row.json::<Settings>("body")?.debtor.map(|debtor| debtor.number));
    }
    Ok(accounts)
}

/// A value of the table of single values.
pub(crate) async fn kept(link: &impl Queries, key: &str) -> Result<Option<String>, StoreError> {
    let row = link.one("SELECT value FROM meta WHERE key = $1", values![key]).await?;
    row.map(|row| row.text("value")).transpose()
}

/// Keeps a value there.
pub(crate) async fn keep(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    tx.execute(sql, values![key, value]).await.map(drop)
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::environment("系统的随机数不可用", "the system gives no random numbers", error))?;
    Ok(bytes)
}

pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    bytes.try_into().ok()
}
