//! Wrong passwords leave something: an entry for each lock, and what owners and administrators are told.

use chrono::TimeDelta;
use duixian_casework::people::{Role, UserId};
use duixian_store::journal::Entry;
use duixian_store::people::NewUser;
use duixian_store::search::JournalFilter;
use duixian_store::sessions::{Lock, Locked, Origin, SignInError};

use crate::common::{World, fresh, on_both};

const PASSWORD: &str = "春天来了 2019";

async fn user(world: &World, login: &str) -> UserId {
    let new = NewUser {
        login: login.to_owned(),
        name: "李四".to_owned(),
        password: PASSWORD.to_owned(),
        roles: vec![Role::Reviewer],
        desks: Vec::new(),
        must_change: false,
    };
    world.store.create_user(&world.admin, &fresh(), new).await.expect("a user").value
}

async fn guess(world: &World, times: usize, login: &str, from: impl Into<Origin> + Clone) -> Vec<SignInError> {
    let mut refused = Vec::new();
    for _ in 0..times {
        refused.extend(world.store.sign_in(login, "not it", from.clone()).await.err());
    }
    assert_eq!(refused.len(), times);
    refused
}

/// The locks on the journal, the newest first.
async fn locks(world: &World) -> Vec<Entry> {
    let filter = JournalFilter { kind: Some("user.locked".to_owned()), ..JournalFilter::default() };
    world.store.journal(&filter).await.expect("entries").rows
}

fn lock(entry: &Entry) -> Lock {
    serde_json::from_str(&entry.body).expect("a lock")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_lock_is_written_down_once_and_nothing_of_what_was_typed() {
    on_both(async |world: World| {
        let lisi = user(&world, "lisi").await;
        guess(&world, 9, "lisi", "203.0.113.77").await;
        assert!(locks(&world).await.is_empty(), "nothing is locked yet");
        // A right password at the last guess locks nothing.
        world.store.sign_in("lisi", PASSWORD, "203.0.113.77").await.expect("signed in");
        guess(&world, 9, "lisi", "203.0.113.77").await;
        let begun = world.store.now();
        guess(&world, 1, "lisi", "203.0.113.77").await;
        let refused = guess(&world, 30, "lisi", "203.0.113.77").await;
        assert!(refused.iter().all(|error| matches!(error, SignInError::TooMany { .. })), "{refused:?}");
        let written = locks(&world).await;
        assert_eq!(written.len(), 1, "{written:?}");
        let Lock { locked, locked_until, network } = lock(&written[0]);
        assert_eq!((written[0].actor, written[0].subject.as_str()), (None, format!("user/{}", lisi.0).as_str()));
        assert_eq!((locked, network.as_deref()), (Locked::LoginAtAddress, Some("203.0.113.*")));
        assert!(
            locked_until <= begun.plus(TimeDelta::minutes(15)) && locked_until > begun.plus(TimeDelta::minutes(14))
        );

        // Of a login that nobody has as much is written, and nothing of what was typed for it.
        guess(&world, 12, "my-secret-password", "203.0.113.77").await;
        let written = locks(&world).await;
        assert_eq!((written.len(), written[0].subject.as_str()), (2, "sign-in"));
        assert!(!written.iter().any(|entry| entry.body.contains("secret") || entry.body.contains("not it")));
        assert!(!written.iter().any(|entry| entry.body.contains("113.77")), "the address itself stands nowhere");

        // From many addresses a login is locked everywhere, once.
        for address in 1..=12 {
            guess(&world, 9, "lisi", format!("198.51.100.{address}").as_str()).await;
        }
        let written = locks(&world).await;
        let everywhere = written.iter().filter(|entry| lock(entry).locked == Locked::LoginEverywhere).count();
        assert_eq!((written.len(), everywhere), (3, 1));

        // An address is locked as a whole after a hundred, whose logins they were.
        for login in 0..11 {
            guess(&world, 9, &format!("nobody{login}"), "192.0.2.9").await;
        }
        guess(&world, 3, "nobody", "192.0.2.9").await;
        let written = locks(&world).await;
        assert_eq!((lock(&written[0]).locked, written[0].subject.as_str()), (Locked::Address, "sign-in"));
        assert_eq!(written.len(), 4);
        world.store.verify_journal(|_| {}).await.expect("it holds");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn owner_and_administrator_are_told() {
    on_both(async |world: World| {
        let store = &world.store;
        let lisi = user(&world, "li_si").await;
        // Another login of which this one would be a pattern.
        user(&world, "lixsi").await;
        store.sign_in("li_si", PASSWORD, "10.0.0.1").await.expect("signed in");
        assert_eq!(store.meanwhile(lisi).await.expect("read"), Default::default(), "nothing before the first");
        let first = store.now();
        guess(&world, 3, "li_si", "10.0.0.2").await;
        guess(&world, 14, "lixsi", "10.0.0.2").await;
        guess(&world, 10, "li_si/anything", "10.0.0.3").await;
        let mark = store.browser_mark(lisi).await.expect("a mark");
        guess(&world, 10, "li_si", Origin { address: "10.0.0.1".to_owned(), mark: Some(mark) }).await;
        let locked = store.locks_of(&world.admin, lisi).await.expect("read");
        assert_eq!(locked.iter().map(|(locked, _)| *locked).collect::<Vec<_>>(), [Locked::KnownBrowser]);
        assert!(store.locks_of(&world.intake, lisi).await.is_err(), "it is for administrators");
        store.sign_in("li_si", PASSWORD, "10.0.0.1").await.expect("signed in");
        guess(&world, 1, "li_si", "10.0.0.2").await;
        let meanwhile = store.meanwhile(lisi).await.expect("read");
        assert_eq!((meanwhile.wrong, meanwhile.locks), (14, 1));
        assert!(
            meanwhile.since.is_some_and(|since| since <= first) && meanwhile.last.is_some_and(|last| last >= first)
        );
        // Whoever signs in anew has what was before that told no more.
        store.sign_in("li_si", PASSWORD, "10.0.0.1").await.expect("signed in");
        store.sign_in("li_si", PASSWORD, "10.0.0.1").await.expect("signed in");
        let meanwhile = store.meanwhile(lisi).await.expect("read");
        assert_eq!((meanwhile.wrong, meanwhile.locks, meanwhile.last), (0, 0, None));
        // Nor is the owner told of somebody else where they have mistyped what they change themselves.
        for _ in 0..10 {
            let own = store.actor_of(lisi).await.expect("an actor");
            let wrong = store.set_password(&own, &fresh(), lisi, Some("not it"), "another-2027-word").await;
            assert!(wrong.is_err(), "{wrong:?}");
        }
        let locked = store.locks_of(&world.admin, lisi).await.expect("read");
        assert!(locked.iter().any(|(locked, _)| *locked == Locked::OwnPassword), "{locked:?}");
        assert_eq!(store.meanwhile(lisi).await.expect("read").locks, 0);
        store.verify_journal(|_| {}).await.expect("it holds");
    })
    .await;
}

/// Who types a login with an address behind it fills no count of the two.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_with_an_address_behind_it_locks_nobody_out_there() {
    on_both(async |world: World| {
        user(&world, "lisi").await;
        guess(&world, 12, "lisi/10.0.0.7", "203.0.113.5").await;
        world.store.sign_in("lisi", PASSWORD, "10.0.0.7").await.expect("signed in");
    })
    .await;
}
