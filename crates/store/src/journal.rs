//! The journal: every change, chained by hashes, so that none can be altered or left out unnoticed.

use duixian_casework::event::WORDS;
use duixian_casework::moment::Moment;
use duixian_casework::people::UserId;
use duixian_text::has_control_in_lines;
use sha2::{Digest, Sha256};

use crate::db::{Row, Value, values};
use crate::error::StoreError;
use crate::once::hex;

/// Every kind of change but those of cases, whose kinds are `case.` and the word of the event. Nothing else is written, so
/// that whoever reads the journal can have words for all.
pub const KINDS: [&str; 42] = [
    "account.opened",
    "batch.cancelled",
    "batch.case_taken_out",
    "batch.doubt_confirmed",
    "batch.doubt_dismissed",
    "batch.doubt_raised",
    "batch.file_fetched",
    "batch.made",
    "batch.released",
    "batch.settled",
    "batch.told_of_payment",
    "calendar.removed",
    "calendar.set",
    "clock.advanced",
    "delegation.granted",
    "delegation.revoked",
    "facts.changed",
    "facts.imported",
    "file.dropped",
    "file.kept",
    "fund.carry_rule",
    "fund.confirmed",
    "fund.proposed",
    "fund.rejected",
    "pack.installed",
    "report.kept",
    "round.closing_changed",
    "round.opened",
    "round.opening_changed",
    "round.renewed",
    "round.withdrawn",
    "settings.changed",
    "settings.demo",
    "transfer",
    "user.activated",
    "user.created",
    "user.deactivated",
    "user.locked",
    "user.password",
    "user.roles",
    "user.signed_in",
    "user.signed_out",
];

/// Whether a kind is one that is written.
pub(crate) fn is_known(kind: &str) -> bool {
    KINDS.contains(&kind) || kind.strip_prefix("case.").is_some_and(|word| WORDS.contains(&word))
}

/// Whether a text in a document of JSON holds a control character other than breaks and tabs. JSON writes most of them in
/// a way of its own, all others as they are.
pub(crate) fn holds_control(document: &str) -> bool {
    let mut rest = document;
    while let Some((_, written)) = rest.split_once('\\') {
        if written.starts_with(['u', 'b', 'f']) {
            return true;
        }
        // What is written so begins nothing of its own, were it another stroke.
        let mut after = written.chars();
        after.next();
        rest = after.as_str();
    }
    has_control_in_lines(document)
}

/// One entry: who has changed what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; without gaps, from 1.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who; none of the public and of time.
    pub actor: Option<UserId>,
    /// The sort of change: `case.submitted`, `transfer`, …
    pub kind: String,
    /// What it is about: `case/12`.
    pub subject: String,
    /// All that was said, as JSON.
    pub body: String,
    /// The hash of the entry before.
    pub prev: String,
    /// The hash of this one.
    pub hash: String,
}

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

impl Head {
    /// Before the first entry.
    pub(crate) fn start() -> Head {
        Head { seq: 0, hash: "0".repeat(64) }
    }
}

impl Entry {
    pub(crate) const COLUMNS: &str = "seq, at, actor, kind, subject, body, prev, hash";

    pub(crate) fn after(
        head: &Head,
        at: Moment,
        actor: Option<UserId>,
        kind: &str,
        subject: &str,
        body: String,
    ) -> Entry {
        let (kind, subject, prev) = (kind.to_owned(), subject.to_owned(), head.hash.clone());
        let mut entry = Entry { seq: head.seq + 1, at, actor, kind, subject, body, prev, hash: String::new() };
        entry.hash = entry.digest();
        entry
    }

    pub(crate) fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash.clone() }
    }

    /// SHA-256 over number, time, actor, kind, subject, body and the hash before. Numbers are eight bytes, big end first;
    /// texts are led by their length, so that nothing can be moved from one field to the next.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"duixian journal 1\n");
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.0.to_be_bytes());
        hash.update([u8::from(self.actor.is_some())]);
        hash.update(self.actor.map_or(0, |actor| actor.0).to_be_bytes());
        for text in [&self.kind, &self.subject, &self.body, &self.prev] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hex(&hash.finalize())
    }

    pub(crate) fn into_values(self) -> Vec<Value> {
        let Entry { seq, at, actor, kind, subject, body, prev, hash } = self;
        values![seq, at.0, actor.map(|actor| actor.0), kind, subject, body, prev, hash]
    }

    pub(crate) fn of(row: &Row) -> Result<Entry, StoreError> {
        Ok(Entry {
            seq: row.int("seq")?,
            at: Moment(row.int("at")?),
            actor: row.opt_int("actor")?.map(UserId),
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            body: row.text("body")?,
            prev: row.text("prev")?,
            hash: row.text("hash")?,
        })
    }
}
