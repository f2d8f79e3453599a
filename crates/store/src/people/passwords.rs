//! Passwords: what is kept of them, and what they must be.

use std::sync::{Mutex, OnceLock, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::guessable::is_guessable;
use crate::error::StoreError;
use crate::once::hex;
use crate::settings::random;
use crate::threads::on_a_thread;

/// Memory in KiB, passes and lanes, as OWASP's cheat sheet on the storage of passwords has them: 19 MiB, 2, 1.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How many passwords are looked at at once: each takes 19 MiB, and a flood of guesses must not take all memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);
/// Their memory, used again and again: what is let go by ever other threads, the system's allocator keeps with each of them.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// The shortest that is taken, in characters.
pub(super) const SHORTEST: usize = 8;
/// The longest that is taken, in bytes; what is longer is not even looked at.
pub(crate) const LONGEST: usize = 200;

/// Letters and digits that no one takes for each other when they are read out or copied.
const CLEAR: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password to be handed over once: sixteen random characters, eighty bits.
///
/// # Errors
/// Where the system gives no random numbers.
pub fn fresh_password() -> Result<String, StoreError> {
    Ok(random::<16>()?.iter().map(|byte| char::from(CLEAR[usize::from(byte % 32)])).collect())
}

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).expect("the costs lie within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a new password will do. `around` are the names that whoever guesses it knows: its owner's, the office's, the
/// programme's.
///
/// # Errors
/// [`StoreError::BadInput`] with what it lacks.
pub(crate) fn check(password: &str, login: &str, around: &[String]) -> Result<(), StoreError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(StoreError::bad_input(
            format!("密码应有 {SHORTEST} 个以上字符，不超过 {LONGEST} 字节"),
            format!("a password has at least {SHORTEST} characters and at most {LONGEST} bytes"),
        ));
    }
    if password.to_lowercase().contains(&login.to_lowercase()) {
        return Err(StoreError::bad_input(
            "密码太容易猜到：不要包含登录名",
            "the password is too easy to guess: it must not hold the login name",
        ));
    }
    if is_guessable(password, around) {
        return Err(StoreError::bad_input(
            "密码太容易猜到：常见的词、单位和地方的名称、键盘上连着的键、年份和日期、重复的部分都只算一个字符，请再加几个别的字符",
            "the password is too easy to guess: common words, names of the office and of places, keys in a row, years and dates, and \
             what is repeated count as one character each; add some others",
        ));
    }
    Ok(())
}

/// What is kept of a password: its argon2id hash as a PHC string. Takes some twenty milliseconds of a processor, off the
/// threads that serve pages.
pub(crate) async fn hash(password: &str) -> Result<String, StoreError> {
    let password = password.to_owned();
    let salt = random::<16>()?;
    on_a_thread(&AT_ONCE, move || hash_with(&argon2(), password.as_bytes(), &salt).map(|hash| hash.to_string()))
        .await?
        .map_err(|error| StoreError::environment("密码未能保存", "the password could not be hashed", error))
}

/// What the journal has of a hash, so that one put in its place by hand shows: SHA-256 of the whole string, salt and all. Who reads the
/// journal without the table learns nothing by which to try passwords: the salt is sixteen random bytes that stand nowhere else.
pub(crate) fn digest(kept: &str) -> String {
    hex(&Sha256::digest(kept))
}

/// A hash as a PHC string has it, worked out in memory that is there already.
fn hash_with(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> argon2::password_hash::Result<PasswordHash> {
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    in_memory(argon2.params().block_count(), |blocks| {
        argon2.hash_password_into_with_memory(password, salt, &mut output, blocks)
    })?;
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params())?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(&output)?),
    })
}

/// Whether a password has this hash, which may have been made at other costs.
fn matches(password: &[u8], kept: &PasswordHash) -> Option<bool> {
    let params = Params::try_from(kept).ok()?;
    let (salt, hash) = (kept.salt.as_ref()?, kept.hash.as_ref()?);
    let is_ours = kept.algorithm == Algorithm::Argon2id.ident() && kept.version == Some(Version::V0x13.into());
    if !is_ours || hash.len() != Params::DEFAULT_OUTPUT_LEN {
        return None;
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // Outputs compare in the same time whatever they are.
    Some(hash_with(&argon2, password, salt).ok()?.hash.as_ref() == Some(hash))
}

/// Lends memory of so many blocks. There are never more lent than passwords are looked at at once, and they are kept for the
/// next; argon2 writes each block before it reads it.
fn in_memory<T>(blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
    let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let lent = kept().pop();
    let mut memory = lent.unwrap_or_default();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let done = work(&mut memory[..blocks]);
    kept().push(memory);
    done
}

/// Whether a password is the one whose hash was kept. With none kept it takes as long, and is false: who tries logins must
/// not learn from the time which ones there are.
pub(crate) async fn verify(password: &str, kept: Option<String>) -> Result<bool, StoreError> {
    let password = password.to_owned();
    on_a_thread(&AT_ONCE, move || {
        let nobody = kept.is_none();
        let kept = kept.unwrap_or_else(|| nobodys().to_owned());
        let verified = PasswordHash::new(&kept).ok().and_then(|hash| matches(password.as_bytes(), &hash));
        verified == Some(true) && !nobody
    })
    .await
}

/// The hash of a password that nobody has.
fn nobodys() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_with(&argon2(), b"nobody", &[0; 16]).map(|hash| hash.to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let kept = hash("春天来了 2019").await.expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("春天来了 2019", Some(kept.clone())).await.expect("looked at"));
        assert!(!verify("春天来了 2018", Some(kept.clone())).await.expect("looked at"));
        assert!(!verify("nobody", None).await.expect("looked at"));
        assert!(!verify("x", Some("not a hash".to_owned())).await.expect("looked at"));
        assert_ne!(hash("春天来了 2019").await.expect("a hash"), kept, "salted");
    }

    #[tokio::test]
    async fn hashes_of_other_costs_are_known_and_many_at_once_share_the_memory() {
        let cheap = Params::new(64, 1, 1, None).expect("costs");
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
        let cheap = hash_with(&cheap, b"cheap", &[7; 16]).expect("a hash").to_string();
        assert!(verify("cheap", Some(cheap.clone())).await.expect("looked at"));
        let looks: Vec<_> = (0..20)
            .map(|place| {
                let (kept, right) = (cheap.clone(), place % 2 == 0);
                let look = async move { verify(if right { "cheap" } else { "dear" }, Some(kept)).await };
                (right, tokio::spawn(look))
            })
            .collect();
        for (right, look) in looks {
            assert_eq!(look.await.expect("no panic").expect("looked at"), right);
        }
        assert!(MEMORY.lock().expect("sound").len() <= 4);
    }

    #[tokio::test]
    async fn a_hash_of_another_maker_is_known() {
        // Made by the reference implementation of argon2: `argon2 somesalt -id -t 2 -m 16 -p 1`.
        let kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(verify("password", Some(kept.to_owned())).await.expect("looked at"));
        assert!(!verify("passwort", Some(kept.to_owned())).await.expect("looked at"));
    }

    #[test]
    fn what_is_too_short_too_long_or_holds_the_login_is_refused() {
        for password in ["short", "Xq7-Zhang-x8", &"长".repeat(80)] {
            assert!(check(password, "zhang", &[]).is_err(), "{password}");
        }
        assert!(check("correct horse", "zhang", &[]).is_ok());
    }
}
