//! Connections to PostgreSQL that must be encrypted, as databases elsewhere on a network want it.

use crate::common::Schema;
use duixian_store::{Clock, Store};

#[tokio::test]
async fn a_server_is_reached_through_an_encrypted_connection() {
    let Ok(server) = std::env::var("DUIXIAN_TEST_POSTGRES") else {
        eprintln!("SKIPPED: DUIXIAN_TEST_POSTGRES is not set");
        return;
    };
    let schema = Schema::new(&server).await;
    // With “require”, a server or a build that cannot encrypt would be an error.
    let store = Store::open(&format!("{}&sslmode=require", schema.url), Clock::System).await.expect("an open store");
    assert!(!store.is_demo().await.expect("an answer"));
    drop(store);
    let unknown = Store::open(&format!("{}&sslmode=verify-full", schema.url), Clock::System).await;
    assert!(unknown.is_err(), "a certificate that nobody vouches for is not trusted");
    schema.drop().await;
}
