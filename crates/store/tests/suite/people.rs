//! Users, delegations, sign-in, sessions; the calendar, settings and files of an installation.

use crate::common::together::seat;
use crate::common::{FUND, World, fresh, on_both, party};
use chrono::{NaiveDate, TimeDelta};
use duixian_casework::calendar::{Day, DayKind};
use duixian_casework::case::Case;
use duixian_casework::command::NewEvidence;
use duixian_casework::moment::Moment;
use duixian_casework::people::{Actor, Role, UserId};
use duixian_ledger::CarryRule;
use duixian_rules::vocabulary::Lang;
use duixian_store::cases::Ask;
use duixian_store::messages::Wanted;
use duixian_store::people::{Change, NewUser};
use duixian_store::search::JournalFilter;
use duixian_store::sessions::{Origin, SessionToken, SignInError};
use duixian_store::{Clock, Settings, StoreError};

const PASSWORD: &str = "春天来了 2019";

fn new_user(login: &str, roles: &[Role]) -> NewUser {
    NewUser {
        login: login.to_owned(),
        name: "张三".to_owned(),
        password: PASSWORD.to_owned(),
        roles: roles.to_vec(),
        desks: Vec::new(),
        must_change: false,
    }
}

async fn user(world: &World, login: &str, roles: &[Role]) -> UserId {
    world.store.create_user(&world.admin, &fresh(), new_user(login, roles)).await.expect("a user").value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_as_long_as_it_should_and_shows_what_may_be_done_now() {
    on_both(async |world: World| {
        let store = &world.store;
        let admin = user(&world, "admin", &[Role::Administrator]).await;
        let agent = user(&world, "Agent.One", &[Role::Agent]).await;
        let token = store.sign_in(" AGENT.one", PASSWORD, "10.0.0.1").await.expect("signed in");
        let session = store.session(token.as_str()).await.expect("read").expect("a session");
        assert_eq!((session.user, session.login.as_str(), session.name.as_str()), (agent, "agent.one", "张三"));
        assert!(!session.actor.acts_for(&party(0)));
        assert!(!format!("{token:?}").contains(token.as_str()));

        // Delegations act at once, and end at once.
        let until = store.now().plus(TimeDelta::days(2));
        let given =
            store.delegate(&world.intake, &fresh(), agent, &party(0), Some(until), "授权书").await.expect("given");
        let again = store.delegate(&world.intake, &fresh(), agent, &party(0), None, "").await;
        assert!(matches!(again, Err(StoreError::Conflict { .. })));
        let second = store.delegate(&world.admin, &fresh(), agent, &party(1), None, "").await.expect("given").value;
        let acts = async || {
            let actor = store.actor_of(agent).await.expect("an actor");
            (actor.acts_for(&party(0)), actor.acts_for(&party(1)))
        };
        assert_eq!(acts().await, (true, true));
        assert!(store.session(token.as_str()).await.expect("read").expect("a session").actor.acts_for(&party(0)));
        let own = store.actor_of(agent).await.expect("an actor");
        store.revoke(&own, &fresh(), second).await.expect("the agent gives it back");
        assert_eq!(acts().await, (true, false));
        let stranger = Actor::User { id: UserId(77), roles: vec![Role::Agent], desks: vec![], parties: [].into() };
        let denied = store.revoke(&stranger, &fresh(), given.value).await;
        assert!(matches!(denied, Err(StoreError::Denied)));
        let unknown = store.delegate(&world.admin, &fresh(), agent, "91110000000000000X", None, "").await;
        assert!(matches!(unknown, Err(StoreError::BadInput { .. })));
        let official = store.delegate(&world.admin, &fresh(), admin, &party(0), None, "").await;
        assert!(matches!(official, Err(StoreError::BadInput { .. })), "not an agent");
        assert_eq!(store.delegations_of(agent).await.expect("both").len(), 2);
        assert_eq!(store.delegations_for(&party(0)).await.expect("one").len(), 1);

        // Roles act at once; whoever may not sign in is out at once; someone always administers.
        let read = async || store.delegations_for(&party(0)).await.expect("one")[0].acts(store.now());
        assert!(read().await);
        store.set_roles(&world.admin, &fresh(), agent, vec![Role::Intake], vec![]).await.expect("set");
        assert!(!read().await, "who is no agent acts for nobody, whatever was delegated to them");
        let session = store.session(token.as_str()).await.expect("read").expect("a session");
        assert!(session.actor.has(Role::Intake) && !session.actor.has(Role::Agent));
        store.set_active(&world.admin, &fresh(), agent, false).await.expect("set");
        assert!(store.session(token.as_str()).await.expect("read").is_none());
        assert!(matches!(store.actor_of(agent).await, Err(StoreError::Denied)));
        let inactive = store.sign_in("agent.one", PASSWORD, "10.0.0.1").await;
        assert!(matches!(inactive, Err(SignInError::Inactive)));
        for locked_out in [
            store.set_active(&world.admin, &fresh(), admin, false).await,
            store.set_roles(&world.admin, &fresh(), admin, vec![Role::Finance], vec![]).await,
        ] {
            assert!(matches!(locked_out, Err(StoreError::Conflict { .. })));
        }
        let both =
            store.set_roles(&world.admin, &fresh(), admin, vec![Role::Auditor, Role::Administrator], vec![]).await;
        assert!(matches!(both, Err(StoreError::BadInput { .. })));
        for roles in [vec![Role::Administrator, Role::Finance], vec![Role::Agent, Role::Reviewer]] {
            let mixed = store.set_roles(&world.admin, &fresh(), admin, roles, vec![]).await;
            assert!(matches!(mixed, Err(StoreError::BadInput { .. })));
        }
        let herself = store.actor_of(admin).await.expect("an actor");
        let own = store.set_roles(&herself, &fresh(), admin, vec![Role::Administrator, Role::Leader], vec![]).await;
        assert!(matches!(own, Err(StoreError::BadInput { .. })), "nobody gives themselves roles");

        // A sign-out ends one session, a new password all.
        let (one, other) = (sign_in(&world, "admin").await, sign_in(&world, "admin").await);
        store.sign_out(&one).await.expect("out");
        assert!(store.session(&one).await.expect("read").is_none());
        assert!(store.session(&other).await.expect("read").is_some());
        let himself = store.actor_of(admin).await.expect("an actor");
        let wrong = store.set_password(&himself, &fresh(), admin, Some("wrong"), "秋天到了 2020").await;
        assert!(matches!(wrong, Err(StoreError::BadInput { .. })));
        let key = fresh();
        for already in [false, true] {
            let done = store.set_password(&himself, &key, admin, Some(PASSWORD), "秋天到了 2020").await.expect("set");
            assert_eq!(done.already, already);
        }
        assert!(store.session(&other).await.expect("read").is_none());
        assert!(matches!(store.sign_in("admin", PASSWORD, "10.0.0.1").await, Err(SignInError::Wrong)));
        store.sign_in("admin", "秋天到了 2020", "10.0.0.1").await.expect("signed in");
        store
            .set_password(&world.admin, &fresh(), agent, None, "冬天冷 20201")
            .await
            .expect("an administrator sets it");
        assert!(store.user(agent).await.expect("a user").must_change);
        for bad in ["", "deadbeef", &"g".repeat(64), &"a".repeat(64)] {
            assert!(store.session(bad).await.expect("read").is_none());
        }
        world.check().await;
    })
    .await;
}

async fn sign_in(world: &World, login: &str) -> String {
    world.store.sign_in(login, PASSWORD, "10.0.0.9").await.expect("signed in").as_str().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_gets_nowhere() {
    on_both(async |world: World| {
        user(&world, "lisi", &[Role::Finance]).await;
        // Many at once get no further than one after the other.
        let guesses = (0..24).map(|guess| {
            let store = world.store.clone();
            tokio::spawn(async move { store.sign_in("lisi", &format!("guess {guess}"), "10.0.0.2").await })
        });
        let (mut wrong, mut stopped) = (0, 0);
        for guess in guesses.collect::<Vec<_>>() {
            match guess.await.expect("no panic") {
                Err(SignInError::Wrong) => wrong += 1,
                Err(SignInError::TooMany { until }) => {
                    assert!(until > world.store.now());
                    stopped += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((wrong, stopped), (10, 14));
        let there = world.store.sign_in("lisi", PASSWORD, "10.0.0.2").await;
        assert!(matches!(there, Err(SignInError::TooMany { .. })));
        world.store.sign_in("lisi", PASSWORD, "10.0.0.3").await.expect("nobody keeps the owner out from elsewhere");
        // One who is not there is refused in the same way.
        assert!(matches!(world.store.sign_in("nobody", PASSWORD, "10.0.0.2").await, Err(SignInError::Wrong)));
        // A quarter of an hour later it can be tried again.
        world.store.advance_clock(&Actor::System, TimeDelta::minutes(16)).await.expect("time passes");
        world.store.sign_in("lisi", PASSWORD, "10.0.0.2").await.expect("signed in");

        // Whoever found a browser signed in does not find out the password either.
        let lisi = world.store.session(&sign_in(&world, "lisi").await).await.expect("read").expect("a session");
        let mut last = None;
        for guess in 0..11 {
            let wrong = format!("guess {guess}");
            last =
                world.store.set_password(&lisi.actor, &fresh(), lisi.user, Some(&wrong), "秋天到了 2020").await.err();
        }
        assert!(last.expect("refused").text(Lang::En).contains("too many"));
    })
    .await;
}

/// What comes of signing in from an address, in a browser that has a mark.
async fn try_in(
    world: &World,
    login: &str,
    password: &str,
    address: &str,
    mark: &str,
) -> Result<SessionToken, SignInError> {
    let origin = Origin { address: address.to_owned(), mark: Some(mark.to_owned()).filter(|mark| !mark.is_empty()) };
    world.store.sign_in(login, password, origin).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_an_owner_out_of_a_browser_in_which_they_have_signed_in() {
    on_both(async |world: World| {
        let store = &world.store;
        let lisi = user(&world, "lisi", &[Role::Finance]).await;
        let other = user(&world, "wangwu", &[Role::Finance]).await;
        let mark = store.browser_mark(lisi).await.expect("a mark");
        let is_stopped = |tried: Result<SessionToken, SignInError>| matches!(tried, Err(SignInError::TooMany { .. }));
        // From one address, the owner's own: it is shut out, and the browser there is not.
        for _ in 0..10 {
            assert!(matches!(try_in(&world, "lisi", "guess", "10.0.1.0", "").await, Err(SignInError::Wrong)));
        }
        assert!(is_stopped(try_in(&world, "lisi", PASSWORD, "10.0.1.0", "").await));
        try_in(&world, "lisi", PASSWORD, "10.0.1.0", &mark).await.expect("the browser is known");
        try_in(&world, "wangwu", PASSWORD, "10.0.1.0", "").await.expect("another login is not shut out");
        // From many addresses: together they have no more guesses, and the owner has theirs.
        for address in 1..10 {
            for _ in 0..10 {
                let address = format!("10.0.1.{address}");
                assert!(matches!(try_in(&world, "lisi", "guess", &address, "").await, Err(SignInError::Wrong)));
            }
        }
        let others = store.browser_mark(other).await.expect("a mark");
        for mark in ["", "x", "00.00", others.as_str(), mark.trim_end_matches(|last| last != '.')] {
            assert!(is_stopped(try_in(&world, "lisi", PASSWORD, "10.0.2.1", mark).await), "{mark:?} is a stranger's");
        }
        try_in(&world, "lisi", PASSWORD, "10.0.2.1", &mark).await.expect("the browser is known at any address");
        // Nor does a known browser guess without end; another one goes on meanwhile.
        for _ in 0..10 {
            assert!(matches!(try_in(&world, "lisi", "guess", "10.0.2.1", &mark).await, Err(SignInError::Wrong)));
        }
        assert!(is_stopped(try_in(&world, "lisi", PASSWORD, "10.0.2.1", &mark).await));
        let second = store.browser_mark(lisi).await.expect("a mark");
        try_in(&world, "lisi", PASSWORD, "10.0.2.1", &second).await.expect("the second browser");
        // Who knew the password once has as many marks as they like, and none of the next one.
        store.set_password(&world.admin, &fresh(), lisi, None, "秋天到了 2020").await.expect("changed");
        assert!(is_stopped(try_in(&world, "lisi", "秋天到了 2020", "10.0.2.1", &second).await));
        let mark = store.browser_mark(lisi).await.expect("a mark");
        try_in(&world, "lisi", "秋天到了 2020", "10.0.2.1", &mark).await.expect("the mark of the new password");
        // An address that tries many logins is shut out of all, but for browsers that are known.
        for guess in 0..100 {
            let login = format!("nobody{}", guess / 10);
            assert!(matches!(try_in(&world, &login, "guess", "10.0.3.1", "").await, Err(SignInError::Wrong)));
        }
        assert!(is_stopped(try_in(&world, "wangwu", PASSWORD, "10.0.3.1", "").await));
        try_in(&world, "wangwu", PASSWORD, "10.0.3.1", &others).await.expect("the browser is known");
        try_in(&world, "wangwu", PASSWORD, "10.0.3.2", "").await.expect("and elsewhere everyone");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_and_the_settings_are_what_was_entered_last() {
    on_both(async |world: World| {
        let store = &world.store;
        let day = NaiveDate::from_ymd_opt(2019, 6, 12).expect("a day");
        assert!(store.calendar().await.expect("a calendar").is_working_day(day));
        let before = Moment(store.now().0 - 1);
        let off = Day { date: day, kind: DayKind::Off, name: "停电".to_owned() };
        store.set_day(&world.admin, &fresh(), off.clone()).await.expect("set");
        assert!(!store.calendar().await.expect("a calendar").is_working_day(day));
        let national = NaiveDate::from_ymd_opt(2019, 10, 1).expect("a day");
        store.remove_day(&world.admin, &fresh(), national).await.expect("removed");
        assert!(store.calendar().await.expect("a calendar").is_working_day(national));
        // What was told before goes by what was known then.
        let then = store.calendar_at(before).await.expect("as it was");
        assert!(then.is_working_day(day) && !then.is_working_day(national));
        let now = store.calendar_at(store.now()).await.expect("as it is");
        assert_eq!(now, *store.calendar().await.expect("a calendar"));
        let wrong = store.set_day(&world.admin, &fresh(), Day { name: "=1+1".to_owned(), ..off.clone() }).await;
        assert!(matches!(wrong, Err(StoreError::BadInput { .. })));
        assert!(matches!(store.set_day(&world.finance, &fresh(), off).await, Err(StoreError::Denied)));

        let key = store.installation_key().await.expect("a key");
        assert_eq!(store.installation_key().await.expect("a key"), key);
        assert!(matches!(store.begin_demo(Moment(0)).await, Err(StoreError::Conflict { .. })), "there are records");
        let other = duixian_store::Store::open(&world.url, Clock::Shifted).await.expect("opens again");
        assert!(!other.calendar().await.expect("a calendar").is_working_day(day));
        assert_eq!(other.installation_key().await.expect("a key"), key);
        assert_eq!(other.settings().await.expect("settings").name_zh, "试验区");
        world.check().await;
    })
    .await;
}

/// The number of the last change of a kind to something.
async fn last(world: &World, kind: &str, subject: &str) -> i64 {
    let (subjects, kind) = (vec![subject.to_owned()], Some(kind.to_owned()));
    let filter = JournalFilter { subjects, kind, per_page: 1, ..JournalFilter::default() };
    world.store.journal(&filter).await.expect("the journal").rows.first().map_or(0, |entry| entry.seq)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_set_the_same_as_they_saw_it_one_is_refused() {
    on_both(async |world: World| {
        let store = &world.store;
        fn conflict<T>(result: &Result<T, StoreError>) -> bool {
            matches!(result, Err(StoreError::Conflict { .. }))
        }
        let there = store.settings().await.expect("settings");
        let seen = Some(last(&world, "settings.changed", "settings").await);
        let with = |name: &str| Settings { name_zh: name.to_owned(), ..there.clone() };
        // At the same time, so that both may come into one transaction.
        let (one, other) = (fresh(), fresh());
        let (first, second) = tokio::join!(
            store.set_settings_of_version(&world.admin, &one, seen, with("甲局")),
            store.set_settings_of_version(&world.admin, &other, seen, with("乙局")),
        );
        assert_eq!(usize::from(conflict(&first)) + usize::from(conflict(&second)), 1, "{first:?} {second:?}");
        let (key, name) = if first.is_ok() { (one, "甲局") } else { (other, "乙局") };
        assert_eq!(store.settings().await.expect("settings").name_zh, name);
        // A second click of the same form is answered as the first was.
        let again = store.set_settings_of_version(&world.admin, &key, seen, with(name)).await;
        assert!(again.expect("done").already);
        let seen = Some(last(&world, "settings.changed", "settings").await);
        store.set_settings_of_version(&world.admin, &fresh(), seen, with("丙局")).await.expect("as it was seen");

        user(&world, "admin", &[Role::Administrator]).await;
        let user = user(&world, "zhangsan", &[Role::Finance]).await;
        let subject = format!("user/{}", user.0);
        store.set_roles(&world.admin, &fresh(), user, vec![Role::Leader], vec![]).await.expect("set");
        let office = || (vec![Role::Finance], vec![]);
        let before = store.set_roles_of_version(&world.admin, &fresh(), user, Some(0), office()).await;
        assert!(conflict(&before), "{before:?}");
        assert_eq!(store.user(user).await.expect("a user").roles, [Role::Leader]);
        let seen = Some(last(&world, "user.roles", &subject).await);
        store.set_roles_of_version(&world.admin, &fresh(), user, seen, office()).await.expect("as it was seen");

        // Days are each for themselves.
        let day = |day, name: &str| {
            let date = NaiveDate::from_ymd_opt(2019, 6, day).expect("a day");
            Day { date, kind: DayKind::Off, name: name.to_owned() }
        };
        let seen = Some(last(&world, "calendar.", "calendar").await);
        let (one, other) = (fresh(), fresh());
        let (first, second) = tokio::join!(
            store.set_days_of_version(&world.admin, &one, seen, vec![day(12, "停电")]),
            store.set_days_of_version(&world.admin, &other, seen, vec![day(13, "停水"), day(12, "停水")]),
        );
        assert_eq!(usize::from(conflict(&first)) + usize::from(conflict(&second)), 1, "{first:?} {second:?}");
        let removed = store.remove_day_of_version(&world.admin, &fresh(), seen, day(12, "").date).await;
        assert!(conflict(&removed), "{removed:?}");
        store.set_days_of_version(&world.admin, &fresh(), seen, vec![day(14, "停水")]).await.expect("another day");
        let same = store.calendar().await.expect("a calendar").get(day(12, "").date).map(|(_, name)| day(12, name));
        let same = vec![same.expect("entered")];
        store.set_days_of_version(&world.admin, &fresh(), seen, same).await.expect("what is there already");
        let seen = Some(last(&world, "calendar.", "calendar").await);
        store.remove_day_of_version(&world.admin, &fresh(), seen, day(12, "").date).await.expect("as it was seen");
        world.check().await;
    })
    .await;
}

/// The same of what was set under a key that a page had made of what it had seen.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_move_a_closing_or_set_a_rule_as_they_saw_it_one_is_refused() {
    on_both(async |world: World| {
        let store = &world.store;
        let conflict = |result: &Result<_, StoreError>| matches!(result, Err(StoreError::Conflict { .. }));
        let closes_at = store.round(world.round).await.expect("the round").closes_at;
        let later = |days| closes_at.plus(TimeDelta::days(days));
        let (one, other) = (fresh(), fresh());
        let (first, second) = tokio::join!(
            store.change_closing_of_version(&world.admin, &one, world.round, Some(0), later(1)),
            store.change_closing_of_version(&world.admin, &other, world.round, Some(0), later(2)),
        );
        assert_eq!(usize::from(conflict(&first)) + usize::from(conflict(&second)), 1, "{first:?} {second:?}");
        let (key, days) = if first.is_ok() { (one, 1) } else { (other, 2) };
        assert_eq!(store.round(world.round).await.expect("the round").closes_at, later(days));
        let again = store.change_closing_of_version(&world.admin, &key, world.round, Some(0), later(days)).await;
        assert!(again.expect("done").already, "a second click");
        let seen = Some(last(&world, "round.closing_changed", &format!("round/{}", world.round)).await);
        let moved = store.change_closing_of_version(&world.admin, &fresh(), world.round, seen, later(3)).await;
        moved.expect("as it was seen");

        let (one, other) = (fresh(), fresh());
        let (first, second) = tokio::join!(
            store.set_carry_rule_of_version(&world.admin, &one, FUND, Some(0), CarryRule::Lapse),
            store.set_carry_rule_of_version(&world.admin, &other, FUND, Some(0), CarryRule::CarryOver),
        );
        assert_eq!(usize::from(conflict(&first)) + usize::from(conflict(&second)), 1, "{first:?} {second:?}");
        let rule = if first.is_ok() { CarryRule::Lapse } else { CarryRule::CarryOver };
        assert_eq!(store.carry_rule(FUND).await.expect("the rule"), rule);
        let seen = Some(last(&world, "fund.carry_rule", &format!("fund/{FUND}")).await);
        let set = store.set_carry_rule_of_version(&world.admin, &fresh(), FUND, seen, CarryRule::CarryOver).await;
        set.expect("as it was seen");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_are_made_of_is_seen_and_nobody_shuts_themselves_out() {
    on_both(async |world: World| {
        let store = &world.store;
        fn bad<T>(result: &Result<T, StoreError>) -> bool {
            matches!(result, Err(StoreError::BadInput { .. }))
        }
        for name in ["=1+1", "<script>alert(1)</script>", "+86", "-张三", "＝1", "张三;", "a@b", "张\n三"] {
            let new = NewUser { name: name.to_owned(), ..new_user("zhangsan", &[Role::Finance]) };
            let made = store.create_user(&world.admin, &fresh(), new).await;
            assert!(matches!(made, Err(StoreError::BadInput { .. })), "{name:?}");
        }
        for name in ["张三（审核）", "阿依古丽·买买提", "O'Brien-Smith Jr."] {
            assert_eq!(duixian_store::people::name(name).expect("a name"), name);
        }
        for name in ["张\u{202e}三", "张\u{200b}三"] {
            let new = NewUser { name: name.to_owned(), ..new_user("zhangsan", &[Role::Finance]) };
            let made = store.create_user(&world.admin, &fresh(), new).await;
            assert!(matches!(made, Err(StoreError::BadInput { .. })), "{name:?}");
            let there = store.settings().await.expect("settings");
            for new in [
                Settings { name_zh: name.to_owned(), ..there.clone() },
                Settings { name_en: name.to_owned(), ..there.clone() },
                Settings { contact: name.to_owned(), ..there.clone() },
            ] {
                assert!(bad(&store.set_settings(&world.admin, &fresh(), new).await), "{name:?}");
            }
            let date = NaiveDate::from_ymd_opt(2019, 6, 12).expect("a day");
            let day = Day { date, kind: DayKind::Off, name: name.to_owned() };
            assert!(bad(&store.set_day(&world.admin, &fresh(), day).await), "{name:?}");
        }
        let weak = NewUser { password: "试验区2019年".to_owned(), ..new_user("zhangsan", &[Role::Finance]) };
        let made = store.create_user(&world.admin, &fresh(), weak.clone()).await;
        assert!(matches!(made, Err(StoreError::BadInput { .. })), "{made:?}");
        // A demonstration's password is on the sign-in page, and made of the portal's own name.
        let public = NewUser { password: "duixian-2019".to_owned(), ..weak };
        store.create_user(&Actor::System, &fresh(), public).await.expect("made by the system");
        store.sign_in("zhangsan", "duixian-2019", "10.0.0.1").await.expect("signed in");

        let admin = user(&world, "admin", &[Role::Administrator]).await;
        user(&world, "admin2", &[Role::Administrator]).await;
        let herself = store.actor_of(admin).await.expect("an actor");
        assert!(bad(&store.set_active(&herself, &fresh(), admin, false).await));
        store.set_active(&world.admin, &fresh(), admin, false).await.expect("another does it");
        world.check().await;
    })
    .await;
}

async fn download_of(world: &World, case: &Case) -> Vec<u8> {
    world.store.file(case, 1).await.expect("the file").bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_once_and_given_out_through_their_case() {
    on_both(async |world: World| {
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec();
        let put = async |name: &str, bytes: Vec<u8>| world.store.put_file(&world.applicant, name, bytes).await;
        let file = put("..\\证书.pdf", pdf.clone()).await.expect("kept");
        assert_eq!((file.name.as_str(), file.media_type.as_str()), ("证书.pdf", "application/pdf"));
        assert_eq!(put("另一名.pdf", pdf.clone()).await.expect("kept").sha256, file.sha256);
        for (name, bytes) in [
            ("证书.png", pdf.clone()),
            ("页.pdf", b"<html><script>alert(1)</script>".to_vec()),
            ("空.pdf", Vec::new()),
            ("脚本.pdf", b"%PDF-1.4 <</S/JavaScript>> %%EOF".to_vec()),
        ] {
            assert!(matches!(put(name, bytes).await, Err(StoreError::BadInput { .. })), "{name}");
        }
        assert!(matches!(put("大.pdf", vec![b'x'; (10 << 20) + 1]).await, Err(StoreError::TooLarge { .. })));
        let nobody = world.store.put_file(&Actor::Public, "证书.pdf", pdf.clone()).await;
        assert!(matches!(nobody, Err(StoreError::Denied)));

        let id = world.draft("instant_award", 0, 0).await;
        let evidence = NewEvidence { file: Some(file), ..crate::common::evidence() };
        let case = world.ask(&world.applicant, id, Ask::AddEvidence(evidence)).await;
        let download = world.store.file(&case, 1).await.expect("the file");
        assert_eq!((download.name.as_str(), download.bytes), ("证书.pdf", pdf));
        assert!(matches!(world.store.file(&case, 2).await, Err(StoreError::NotFound)));

        // What no case names goes after a day; what one named stays, also when it was taken back.
        let unnamed = put("没用上.pdf", [&download_of(&world, &case).await[..], b"\n"].concat()).await.expect("kept");
        let case = world.ask(&world.applicant, id, Ask::RemoveEvidence(1)).await;
        assert!(case.evidence.is_empty());
        assert_eq!(world.store.tick().await.expect("a tick").files_dropped, 0);
        world.store.advance_clock(&world.admin, TimeDelta::hours(25)).await.expect("time passes");
        assert_eq!(world.store.tick().await.expect("a tick").files_dropped, 1);
        let evidence = NewEvidence { file: Some(unnamed), ..crate::common::evidence() };
        let late = world.store.ask(&world.applicant, &fresh(), id, Ask::AddEvidence(evidence)).await;
        assert!(matches!(late, Err(StoreError::BadInput { .. })), "{late:?}");
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_counts_as_an_upload_too() {
    on_both(async |world: World| {
        let put = async || world.store.put_file(&world.applicant, "页.pdf", b"<html>".to_vec()).await;
        let words = |refused: Result<_, StoreError>| match refused {
            Err(StoreError::BadInput { zh, .. }) => zh,
            other => panic!("{other:?}"),
        };
        for _ in 0..60 {
            assert!(words(put().await).contains("打不开"));
        }
        assert!(words(put().await).starts_with("短时间内上传的文件太多"));
        world.check().await;
    })
    .await;
}

/// Whoever audits reads what administrators do to accounts, and others who has got power of late.
#[tokio::test(flavor = "multi_thread")]
async fn what_administrators_do_to_accounts_is_read_of_late() {
    on_both(async |world: World| {
        let store = &world.store;
        user(&world, "admin", &[Role::Administrator]).await;
        let id = user(&world, "zhangsan", &[Role::Reviewer]).await;
        store.advance_clock(&world.admin, chrono::TimeDelta::days(40)).await.expect("time passes");
        let since = store.now().plus(chrono::TimeDelta::days(-30));
        assert_eq!(store.account_changes_of(&[id], since).await.expect("changes"), []);
        let roles = vec![Role::Finance, Role::Leader];
        store.set_roles(&world.admin, &fresh(), id, roles, vec![]).await.expect("set");
        store.set_password(&world.admin, &fresh(), id, None, "another-one-7319").await.expect("reset");
        // What users do with their own passwords is nobody else's doing.
        let own = Actor::User { id, roles: vec![Role::Finance], desks: vec![], parties: vec![].into() };
        let own_word = "yet-another-one-2846";
        store.set_password(&own, &fresh(), id, Some("another-one-7319"), own_word).await.expect("changed");
        store.set_active(&world.admin, &fresh(), id, false).await.expect("barred");
        let of_late = store.account_changes_of(&[id], since).await.expect("changes");
        let given = Change::Roles { given: vec![Role::Finance, Role::Leader], taken: vec![Role::Reviewer] };
        let what: Vec<&Change> = of_late.iter().map(|change| &change.what).collect();
        assert_eq!(what, [&Change::Deactivated, &Change::Password, &given]);
        assert!(of_late.iter().all(|change| change.user == id && change.by == world.admin.user()));
        let empowers = |role| of_late.iter().map(|change| change.empowers(role)).collect::<Vec<_>>();
        assert_eq!(
            (empowers(Role::Finance), empowers(Role::Reviewer)),
            (vec![false, true, true], vec![false, true, false])
        );
        let latest = store.account_changes(4).await.expect("changes");
        assert_eq!(latest[..3], of_late);
        assert_eq!(latest[3].what, Change::Made(vec![Role::Reviewer]));
        world.check().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_for_a_party_is_told_who_else_does_and_who_no_longer_does() {
    on_both(async |world: World| {
        let store = &world.store;
        seat(&world).await;
        let [first, second] = [user(&world, "one", &[Role::Agent]).await, user(&world, "two", &[Role::Agent]).await];
        let acts = |user| Actor::User {
            id: user,
            roles: [Role::Agent].into(),
            desks: Default::default(),
            parties: [party(0)].into(),
        };
        let told = async || {
            let all = store.messages(&acts(first), None, Wanted::All, 1).await.expect("messages").rows;
            all.into_iter().map(|one| (one.kind, one.case, one.body["by_self"].as_bool())).collect::<Vec<_>>()
        };
        let grant = async |user| {
            store.delegate(&world.intake, &fresh(), user, &party(0), None, "授权书").await.expect("given").value
        };
        let own = grant(first).await;
        assert!(told().await.is_empty(), "there is nobody else to be told");
        let others = grant(second).await;
        store.revoke(&acts(second), &fresh(), others).await.expect("given back");
        let registered = ("agent_registered".to_owned(), None, None);
        assert_eq!(told().await, [("agent_ended".to_owned(), None, Some(true)), registered]);
        assert_eq!(store.parties_with_messages(&acts(first)).await.expect("parties"), [party(0)]);
        store.revoke(&world.intake, &fresh(), own).await.expect("revoked");
        assert_eq!(told().await.len(), 2);
        let by = async |user| {
            let by = store.delegations_of(user).await.expect("delegations").remove(0).revoked_by;
            by.map(|(by, _)| by)
        };
        assert_eq!((by(second).await, by(first).await), (Some(second), world.intake.user()));
        world.check().await;
    })
    .await;
}
