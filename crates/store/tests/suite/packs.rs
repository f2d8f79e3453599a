//! New versions of the rules: what earlier cases go by is not lost unseen.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::limited::{limited, limited_pack};
use crate::common::{World, account, fresh, on_both, party};
use duixian_store::StoreError;
use duixian_store::cases::{Ask, NewCase};
use duixian_store::search::JournalFilter;

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_loses_what_cases_go_by_is_confirmed_first() {
    on_both(async |mut world: World| {
        limited(&mut world).await;
        let pack = limited_pack();
        let install = async |text: &str, confirmed: &[&str]| {
            let files = vec![("pack.md".to_owned(), text.to_owned())];
            let confirmed: BTreeSet<String> = confirmed.iter().map(|one| (*one).to_owned()).collect();
            world.store.install_pack_giving_up(&world.admin, &fresh(), files, confirmed).await
        };
        // Nobody has applied for it: it may have any name.
        install(&pack.replace("(first_award)", "(earliest_award)"), &[]).await.expect("no cases");
        let (measure, basis) = ("project_award".to_owned(), "L0-0".to_owned());
        let new = NewCase { round: world.round, party: party(0), measure, basis };
        let id = world.store.open_draft(&world.applicant, &fresh(), new).await.expect("a draft").value.id;
        let account = Some(account("企业0", "6222000000000002"));
        world.ask(&world.applicant, id, Ask::Save { statements: BTreeMap::new(), account }).await;
        world.ask(&world.applicant, id, Ask::Submit).await;
        install(&pack.replace("同一项目 (project_award)", "同一课题 (project_award)"), &[])
            .await
            .expect("in Chinese it may");
        for (text, id) in [
            (pack.replace("(project_award)", "(theme_award)"), "project_award"),
            (pack.replace("(project_key)", "(theme_key)"), "project_award.project_key"),
        ] {
            let refused = install(&text, &["first_award"]).await;
            assert!(
                matches!(&refused, Err(StoreError::BadInput { zh, en }) if zh.contains(id) && en.contains(id)),
                "{refused:?}"
            );
            let files = vec![("pack.md".to_owned(), text.clone())];
            let given_up = world.store.given_up_by(files).await.expect("sound");
            assert_eq!(given_up.iter().map(|one| (one.id(), one.cases)).collect::<Vec<_>>(), [(id.to_owned(), 1)]);
            install(&text, &[id]).await.expect("confirmed");
        }
        let filter = JournalFilter { kind: Some("pack.installed".to_owned()), ..JournalFilter::default() };
        let told = world.store.journal(&filter).await.expect("the journal").rows;
        assert!(told[0].body.contains("project_award.project_key"), "{}", told[0].body);
        world.check().await;
    })
    .await;
}
