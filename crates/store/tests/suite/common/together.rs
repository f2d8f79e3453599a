//! Several things asked at once, in an order that the test knows: the writer does them in one transaction.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use duixian_casework::case::{Case, CaseId};
use duixian_casework::people::Actor;
use duixian_store::cases::{Ask, NewCase, Opened};
use duixian_store::people::NewUser;
use duixian_store::{Done, Key, Store, StoreError};
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};

use super::{World, fresh};

pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where to find the same database without the store.
pub async fn beside(world: &World) -> DatabaseConnection {
    let is_server = world.url.starts_with("postgres");
    let url = if is_server { world.url.clone() } else { format!("sqlite://{}", world.url) };
    sea_orm::Database::connect(url).await.expect("a connection of our own")
}

/// Gives those who work here accounts: who has put something forward, or released it first, is looked up when the second does.
/// Numbers are given in order.
pub async fn seat(world: &World) {
    let all = [
        &world.applicant,
        &world.intake,
        &world.reviewer,
        &world.decider,
        &world.other_decider,
        &world.finance,
        &world.other_finance,
    ];
    loop {
        let there = world.store.users().await.expect("users").len();
        let Some(Actor::User { roles, .. }) = all.get(there) else { return };
        let name = format!("{}{}", roles[0].word(), there + 1);
        let new = NewUser {
            login: name.clone(),
            name,
            password: "not-a-common-one".to_owned(),
            roles: roles.clone(),
            desks: Vec::new(),
            must_change: false,
        };
        match world.store.create_user(&world.admin, &fresh(), new).await {
            // Another process of the test was quicker.
            Ok(_) | Err(StoreError::BadInput { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Asks in this order, so that all of it is in the queue before the writer takes any.
pub async fn together<T: Send>(world: &World, mut asked: Vec<Asked<'_, T>>) -> Vec<T> {
    let link = beside(world).await;
    let held = link.begin().await.expect("a transaction");
    held.execute_unprepared("UPDATE chain SET seq = seq WHERE id = 1").await.expect("the head is held");
    // The writer takes something, and waits with it for the head of the chain.
    let (store, reader) = (world.store.clone(), world.applicant.clone());
    let first = tokio::spawn(async move { store.mark_read(&reader, vec![1]).await });
    tokio::time::sleep(Duration::from_millis(30)).await;
    let mut answers: Vec<Option<T>> = asked.iter().map(|_| None).collect();
    let mut release = Some(held);
    let all = std::future::poll_fn(|context| {
        for (one, answer) in asked.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(done) = one.as_mut().poll(context)
            {
                *answer = Some(done);
            }
        }
        if let Some(held) = release.take() {
            tokio::spawn(async move { held.rollback().await.expect("the head is let go") });
        }
        if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    });
    tokio::task::unconstrained(all).await;
    first.await.expect("no panic").expect("marked");
    link.close().await.expect("closed");
    answers.into_iter().map(|answer| answer.expect("it was answered")).collect()
}

/// Asks something of a case.
pub fn ask<'a>(
    store: &'a Store,
    actor: &'a Actor,
    key: Key,
    id: CaseId,
    ask: Ask,
) -> Asked<'a, Result<Done<Case>, StoreError>> {
    Box::pin(async move { store.ask(actor, &key, id, ask).await })
}

/// Begins a draft.
pub fn open<'a>(
    store: &'a Store,
    actor: &'a Actor,
    key: Key,
    new: NewCase,
) -> Asked<'a, Result<Done<Opened>, StoreError>> {
    Box::pin(async move { store.open_draft(actor, &key, new).await })
}
