//! Passwords: argon2id (RFC 9106) with 19 MiB and two passes, in threads of their own and few at a time, so that a flood
//! of sign-ins takes neither all memory nor the threads that serve everybody else.

use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use rackwright_catalog::{Fault, FaultCode};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::ports::Chance;

/// Hashes computed at the same time; each takes a core and 19 MiB.
static ROOM: Semaphore = Semaphore::const_new(2);
/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(15);
/// What the password of an unknown name is compared with, so that it takes as long as a known one; and the password of
/// whoever has none. Nobody knows a password with this hash.
pub(crate) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash to store, in PHC form.
///
/// # Errors
/// [`FaultCode::TooMany`] when there was no turn in time.
pub(crate) async fn hash(chance: &dyn Chance, password: String, attempted: &str) -> Result<String, Fault> {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    in_turn(attempted, move || {
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.expect("the default parameters are valid and the password is short").to_string()
    })
    .await
}

/// Whether the password is the one behind `stored`. Takes as long when there is none.
///
/// # Errors
/// [`FaultCode::TooMany`] when there was no turn in time.
pub(crate) async fn agrees(stored: Option<String>, password: String, attempted: &str) -> Result<bool, Fault> {
    in_turn(attempted, move || {
        let known = stored.is_some();
        let text = stored.as_deref().unwrap_or(NOBODYS);
        let agrees = PasswordHash::new(text)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && agrees
    })
    .await
}

/// A password to be read from a screen and typed: 100 random bits without letters that look alike.
pub(crate) fn random(chance: &dyn Chance) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0; 20];
    chance.fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

async fn in_turn<T: Send + 'static>(
    attempted: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let turn = tokio::time::timeout(PATIENCE, ROOM.acquire()).await;
    let Ok(Ok(permit)) = turn else { return Err(crowded(attempted)) };
    // The permit goes along: a caller that hangs up does not make room before the work is done.
    let task = tokio::task::spawn_blocking(move || {
        let _turn: SemaphorePermit<'static> = permit;
        work()
    });
    task.await.map_err(|_| {
        Fault::new(
            FaultCode::Internal,
            attempted,
            "the password could not be checked",
            "Read the Control Center's log.",
        )
    })
}

fn crowded(attempted: &str) -> Fault {
    Fault::new(
        FaultCode::TooMany,
        attempted,
        format!(
            "so many passwords are being checked that this one had no turn within {} s",
            PATIENCE.as_secs()
        ),
        "Try again in a minute.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Chance for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(at % 256).unwrap_or_default();
            }
        }
    }

    #[tokio::test]
    async fn only_the_same_password_agrees() {
        let stored = hash(&Counting, "correct horse".into(), "test").await.expect("room");
        assert!(agrees(Some(stored.clone()), "correct horse".into(), "test").await.expect("room"));
        assert!(!agrees(Some(stored), "correct horsf".into(), "test").await.expect("room"));
        assert!(!agrees(None, "correct horse".into(), "test").await.expect("room"));
        assert!(!agrees(Some("not a hash".into()), "correct horse".into(), "test").await.expect("room"));
    }

    #[tokio::test]
    async fn an_unknown_name_costs_the_same_work() {
        let stored = hash(&Counting, "correct horse".into(), "test").await.expect("room");
        let (known, nobodys) =
            (PasswordHash::new(&stored).expect("ours"), PasswordHash::new(NOBODYS).expect("a valid hash"));
        assert_eq!((known.algorithm, known.version), (nobodys.algorithm, nobodys.version));
        assert_eq!(known.params, nobodys.params);
        assert_eq!(known.hash.map(|hash| hash.len()), nobodys.hash.map(|hash| hash.len()));
    }

    #[test]
    fn a_random_password_can_be_read_aloud() {
        assert_eq!(random(&Counting), "01234-56789-abcde-fghjk");
    }
}
