//! The ledger beside a naive model that knows only the list of accepted transfers and adds it up each time.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::common::{A25, TREASURY, WAYS, accounts, ledger, name, ops, run, transfers};
use duixian_ledger::{Applied, Entry, Kind, Transfer, TransferId};
use duixian_money::Fen;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// What an operation comes to: `Now`, `Already`, or the name of the refusal.
type Verdict = String;

#[derive(Default)]
struct Model {
    accepted: Vec<Transfer>,
}

impl Model {
    fn find(&self, id: TransferId) -> Option<&Transfer> {
        self.accepted.iter().find(|it| it.id == id)
    }

    fn settled(&self, id: TransferId) -> bool {
        self.accepted.iter().any(|it| target(it) == Some(id))
    }

    /// Posted debits, posted credits, and what is reserved to go out and to come in.
    fn balances(&self, account: i64) -> [i128; 4] {
        let mut sums = [0; 4];
        for it in &self.accepted {
            let moves = matches!(it.kind, Kind::Single(_) | Kind::Post { .. });
            let open = it.kind == Kind::Pending && !self.settled(it.id);
            let (from, to) = (it.debit.0 == account, it.credit.0 == account);
            let counts = [moves && from, moves && to, open && from, open && to];
            for (sum, counts) in sums.iter_mut().zip(counts) {
                *sum += if counts { i128::from(it.amount.0) } else { 0 };
            }
        }
        sums
    }

    fn judge(&self, it: &Transfer) -> Verdict {
        if let Some(old) = self.find(it.id) {
            let same = (it.debit, it.credit, it.amount, it.kind, it.expires_on, &it.subject)
                == (old.debit, old.credit, old.amount, old.kind, old.expires_on, &old.subject);
            return if same { "Already" } else { "DuplicateDifferent" }.into();
        }
        if [it.debit.0, it.credit.0].iter().any(|id| !(1..=9).contains(id)) {
            return "UnknownAccount".into();
        }
        if it.amount.0 <= 0 {
            return "AmountNotPositive".into();
        }
        if it.debit == it.credit {
            return "SameAccount".into();
        }
        let like = if target(it).is_some() { Kind::Pending } else { it.kind };
        let ways = WAYS.iter().find(|(kind, _)| *kind == like).expect("every kind has its ways").1;
        if !ways.contains(&(it.debit.0, it.credit.0)) {
            return "WrongAccounts".into();
        }
        match target(it) {
            Some(id) => self.judge_settlement(it, id),
            None => self.judge_taking(it),
        }
    }

    fn judge_settlement(&self, it: &Transfer, id: TransferId) -> Verdict {
        let Some(old) = self.find(id).filter(|old| old.kind == Kind::Pending) else { return "UnknownPending".into() };
        let matter = |it: &Transfer| {
            (it.debit, it.credit, it.subject.case, it.subject.measure.clone(), it.subject.clause.clone())
        };
        let post = matches!(it.kind, Kind::Post { .. });
        if matter(it) != matter(old) {
            return "PendingMismatch".into();
        }
        if post && it.amount > old.amount {
            return "MoreThanPending".into();
        }
        if !post && it.amount != old.amount {
            return "PendingMismatch".into();
        }
        if matches!(it.kind, Kind::Expire { .. }) {
            // Noon plus twelve hours is the first instant of the next day.
            let ended =
                old.expires_on.is_some_and(|last| it.at >= duixian_ledger::start_of_china_day(last) + 86_400_000);
            if !ended {
                return "NotYetExpired".into();
            }
        }
        if self.settled(id) { "AlreadySettled" } else { "Now" }.into()
    }

    fn judge_taking(&self, it: &Transfer) -> Verdict {
        let [out, come, held, _] = self.balances(it.debit.0);
        let amount = i128::from(it.amount.0);
        if it.debit.0 != TREASURY && come - out - held < amount {
            return "Overdrawn".into();
        }
        let [_, credit_come, _, promised] = self.balances(it.credit.0);
        let most = i128::from(Fen::MAX.0);
        let grown = if it.kind == Kind::Pending {
            [held + amount, promised + amount]
        } else {
            [out + amount, credit_come + amount]
        };
        if grown.iter().any(|sum| *sum > most) { "TooLarge" } else { "Now" }.into()
    }
}

fn target(it: &Transfer) -> Option<TransferId> {
    match it.kind {
        Kind::Post { pending } | Kind::Void { pending } | Kind::Expire { pending } => Some(pending),
        Kind::Single(_) | Kind::Pending => None,
    }
}

/// Runs both side by side and says what came up.
fn compare(tried: &[Transfer]) -> Result<BTreeSet<String>, TestCaseError> {
    let (mut model, mut ledger, mut seen) = (Model::default(), ledger(), BTreeSet::new());
    for it in tried {
        let expected = model.judge(it);
        let before = ledger.clone();
        let result = ledger.apply(it);
        let verdict = match &result {
            Ok(Applied::Now) => "Now".to_string(),
            Ok(Applied::Already) => "Already".to_string(),
            Err(refused) => name(refused),
        };
        prop_assert_eq!(&verdict, &expected, "{:?}", it);
        if expected == "Now" {
            model.accepted.push(it.clone());
            seen.insert(format!("{:?}", it.kind).split([' ', '{']).next().unwrap_or_default().to_string());
        } else {
            prop_assert_eq!(&ledger, &before, "a refusal or a repeat changes nothing");
        }
        seen.insert(verdict);
        for account in ledger.accounts() {
            let figures =
                [account.debits_posted, account.credits_posted, account.debits_pending, account.credits_pending];
            prop_assert_eq!(figures.map(|fen| i128::from(fen.0)), model.balances(account.id.0));
        }
    }
    let changes = ledger.changes();
    prop_assert_eq!(changes.transfers.into_iter().cloned().collect::<Vec<_>>(), model.accepted);
    Ok(seen)
}

proptest! {
    #![proptest_config(Config::with_cases(300))]

    #[test]
    fn agrees_with_the_naive_model(ops in ops(70)) {
        compare(&transfers(&ops))?;
    }
}

#[test]
fn the_random_operations_reach_every_verdict() {
    let seen = RefCell::new(BTreeSet::new());
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::with_cases(400) }, rng)
        .run(&ops(70), |ops| {
            seen.borrow_mut().extend(compare(&transfers(&ops))?);
            Ok(())
        })
        .unwrap();
    let expected = [
        "Already",
        "AlreadySettled",
        "AmountNotPositive",
        "DuplicateDifferent",
        "Expire",
        "MoreThanPending",
        "NotYetExpired",
        "Now",
        "Overdrawn",
        "Pending",
        "PendingMismatch",
        "Post",
        "SameAccount",
        "Single(Advance)",
        "Single(Appropriation)",
        "Single(CarryOver)",
        "Single(Correction)",
        "Single(Lapse)",
        "Single(Return)",
        "TooLarge",
        "UnknownAccount",
        "UnknownPending",
        "Void",
        "WrongAccounts",
    ];
    assert_eq!(seen.into_inner().into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn only_the_listed_ways_are_open() {
    for (kind, ways) in WAYS {
        for debit in accounts() {
            for credit in accounts().iter().filter(|credit| credit.id != debit.id) {
                let listed = ways.contains(&(debit.id.0, credit.id.0));
                assert_eq!(kind.fits(&debit.purpose, &credit.purpose), listed, "{kind:?} {debit:?} {credit:?}");
            }
        }
    }
    // A transfer's way is checked when it is applied, too.
    let (_, accepted) = run(&[crate::common::transfer(1, A25, TREASURY, 1, Kind::Single(Entry::Appropriation))]);
    assert!(accepted.is_empty());
}
