//! Why the store did not do what was asked, in words for whoever asked.

use std::fmt;
use std::sync::Arc;

use duixian_casework::refusal::Refusal;
use duixian_rules::vocabulary::Lang;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// Why something was not done. Whatever it is, nothing of what was asked has been recorded, but for
/// [`StoreError::Environment`] at the very moment of commitment: there, asking again under the same key tells.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// A rule of casework, of a batch or of the ledger stands in the way.
    Refused(Refusal),
    /// The actor may not do this at all, whatever the state of things.
    Denied,
    /// There is no such thing, or the actor may not know of it.
    NotFound,
    /// Something else has changed meanwhile, or the key was used for something else.
    Conflict {
        /// What, and what to do, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// Too much was sent.
    TooLarge {
        /// Of what, in both languages.
        what: (&'static str, &'static str),
        /// The most that is taken, in bytes or pieces as `what` says.
        most: u64,
    },
    /// What was given can't be used.
    BadInput {
        /// Why, and what to do, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// Disk, memory, network or database fail.
    Environment {
        /// What to do, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
        /// What the database or the system said; for the log, not for people.
        source: Arc<str>,
    },
    /// A record does not say what it must. Nothing repairs this by itself: the journal tells what was there.
    Corrupt {
        /// Which record.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

impl StoreError {
    /// What happened and what to do, for people.
    pub fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            StoreError::Refused(refusal) => refusal.text(lang),
            StoreError::Denied if zh => "您没有办理这一事项的权限".to_owned(),
            StoreError::Denied => "you may not do this".to_owned(),
            StoreError::NotFound if zh => "没有找到，或者您不能查看".to_owned(),
            StoreError::NotFound => "there is no such thing, or it is not for you to see".to_owned(),
            StoreError::TooLarge { what, most } if zh => format!("{}太大，最多 {most}", what.0),
            StoreError::TooLarge { what, most } => format!("{} is too large: at most {most}", what.1),
            StoreError::Corrupt { what, .. } if zh => {
                format!("记录损坏：{what}。请停止使用，运行 duixian audit verify 查明，再从备份恢复")
            }
            StoreError::Corrupt { what, .. } => {
                format!("a record is damaged: {what}. Stop, run duixian audit verify, and restore from a backup")
            }
            StoreError::Conflict { zh: text, .. }
            | StoreError::BadInput { zh: text, .. }
            | StoreError::Environment { zh: text, .. }
                if zh =>
            {
                text.clone()
            }
            StoreError::Conflict { en, .. } | StoreError::BadInput { en, .. } | StoreError::Environment { en, .. } => {
                en.clone()
            }
        }
    }

    /// Something given can't be used.
    pub fn bad_input(zh: impl Into<String>, en: impl Into<String>) -> StoreError {
        StoreError::BadInput { zh: zh.into(), en: en.into() }
    }

    /// Something has changed meanwhile.
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> StoreError {
        StoreError::Conflict { zh: zh.into(), en: en.into() }
    }

    /// A record does not say what it must.
    pub(crate) fn corrupt(what: impl Into<String>, why: impl fmt::Display) -> StoreError {
        StoreError::Corrupt { what: what.into(), why: why.to_string() }
    }

    /// The surroundings fail.
    pub(crate) fn environment(zh: &str, en: &str, source: impl fmt::Display) -> StoreError {
        StoreError::Environment { zh: zh.to_owned(), en: en.to_owned(), source: source.to_string().into() }
    }

    /// Whether the same may succeed when it is asked again later.
    pub fn is_environment(&self) -> bool {
        matches!(self, StoreError::Environment { .. })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))?;
        match self {
            StoreError::Environment { source, .. } => write!(f, " ({source})"),
            StoreError::Corrupt { why, .. } => write!(f, " ({why})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> StoreError {
        StoreError::Refused(refusal)
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> StoreError {
        StoreError::of_database(Cause::of(&error), error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        let code = error.sqlite_error().map(|error| error.extended_code.unsigned_abs());
        StoreError::of_database(code.map_or(Cause::Statement, Cause::of_sqlite), error)
    }
}

impl StoreError {
    fn of_database(cause: Cause, error: impl fmt::Display) -> StoreError {
        let (zh, en) = match cause {
            Cause::DiskFull => (
                "磁盘已满，这次没有保存。请清理磁盘后重试",
                "the disk is full; nothing was saved. Free space and try again",
            ),
            Cause::Disk => (
                "数据库文件读写失败，这次没有保存。请检查磁盘和权限",
                "the database file can't be read or written; nothing was saved. Check the disk and its permissions",
            ),
            Cause::Busy => {
                ("数据库正忙，这次没有保存。请稍后重试", "the database is busy; nothing was saved. Try again shortly")
            }
            Cause::Connection => (
                "与数据库的连接中断，这次没有保存。请稍后重试",
                "the connection to the database is lost; nothing was saved. Try again shortly",
            ),
            Cause::Damaged => {
                return StoreError::corrupt("数据库文件 / the database file", error);
            }
            Cause::Statement => (
                "数据库没有接受这次操作，没有保存。请联系管理员查看日志",
                "the database did not take this; nothing was saved. Ask the administrator to look into the log",
            ),
        };
        StoreError::environment(zh, en, error)
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> StoreError {
        StoreError::corrupt("JSON", error)
    }
}

/// What is behind an error of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No space left.
    DiskFull,
    /// Reading or writing fails.
    Disk,
    /// Someone else holds it.
    Busy,
    /// It can't be reached.
    Connection,
    /// The file is no database any more.
    Damaged,
    /// The statement itself: the connection and the transaction are sound.
    Statement,
}

impl Cause {
    /// Reads a result code of SQLite, of which the low byte is the primary one.
    fn of_sqlite(code: u32) -> Cause {
        match code & 0xff {
            13 => Cause::DiskFull,
            8 | 10 | 14 => Cause::Disk,
            5 | 6 => Cause::Busy,
            11 | 26 => Cause::Damaged,
            _ => Cause::Statement,
        }
    }

    /// Reads the codes of SQLite and PostgreSQL (SQLSTATE).
    pub(crate) fn of(error: &DbErr) -> Cause {
        let runtime = match error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) => {
                return Cause::Connection;
            }
            DbErr::Conn(runtime) | DbErr::Exec(runtime) | DbErr::Query(runtime) => runtime,
            _ => return Cause::Statement,
        };
        let RuntimeErr::SqlxError(error) = runtime else { return Cause::Statement };
        let Some(database) = error.as_database_error() else {
            // Rows that can't be decoded and columns that are not there are our mistakes; the rest is the line.
            return match error.as_ref() {
                sea_orm::SqlxError::Decode(_)
                | sea_orm::SqlxError::ColumnDecode { .. }
                | sea_orm::SqlxError::ColumnNotFound(_)
                | sea_orm::SqlxError::RowNotFound => Cause::Statement,
                _ => Cause::Connection,
            };
        };
        let code = database.code().unwrap_or_default();
        match code.parse::<u32>() {
            Ok(number) if code.len() < 5 => Cause::of_sqlite(number),
            _ => match code.as_ref() {
                "53100" => Cause::DiskFull,
                "58030" => Cause::Disk,
                "XX001" | "XX002" => Cause::Damaged,
                "55P03" | "40P01" | "40001" => Cause::Busy,
                code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
                    Cause::Connection
                }
                _ => Cause::Statement,
            },
        }
    }
}
