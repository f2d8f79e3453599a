//! What holds after any interleaving of operations, right and wrong.

use crate::common::{accounts, ledger, noon, ops, run, transfers};
use duixian_ledger::{
    Account, AccountId, AllocationRule, Applied, By, Discrepancy, Field, Ledger, Limit, Line, PendingState, Period,
    Purpose, Scope, Transfer, TransferId, Waiting, allocate, replay, statement, verify, verify_pendings,
};
use duixian_money::Fen;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn sum(accounts: &[Account], field: fn(&Account) -> Fen) -> i128 {
    accounts.iter().map(|account| i128::from(field(account).0)).sum()
}

fn stored(ledger: &Ledger) -> Vec<Account> {
    ledger.accounts().cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_overdrawn_and_no_fen_is_lost(ops in ops(80)) {
        let mut ledger = ledger();
        for it in transfers(&ops) {
            let _ = ledger.apply(&it);
            let accounts = stored(&ledger);
            prop_assert_eq!(sum(&accounts, |it| it.debits_posted), sum(&accounts, |it| it.credits_posted));
            prop_assert_eq!(sum(&accounts, |it| it.debits_pending), sum(&accounts, |it| it.credits_pending));
            for account in &accounts {
                if account.limit == Limit::DebitsWithinCredits {
                    let debits = account.debits_posted.0 + account.debits_pending.0;
                    prop_assert!(debits <= account.credits_posted.0, "{account:?}");
                }
                let Purpose::Fund { fund, year } = &account.purpose else { continue };
                let parts = account.paid().0 + account.reserved().0 + account.free().0;
                prop_assert_eq!(account.size().0, parts);
                let paid = Purpose::Paid { fund: fund.clone(), year: *year };
                let kept = accounts.iter().find(|it| it.purpose == paid).unwrap();
                prop_assert_eq!(account.paid().0, kept.credits_posted.0 - kept.debits_posted.0);
            }
        }
    }

    #[test]
    fn replay_and_repetition_change_nothing(ops in ops(80)) {
        let (mut ledger, accepted) = run(&transfers(&ops));
        let again = replay(&accounts(), &accepted).unwrap();
        prop_assert_eq!(&again, &ledger);
        // The accounts to replay on may come with their balances; a replay begins at nothing.
        prop_assert_eq!(&replay(&stored(&ledger), &accepted).unwrap(), &ledger);
        let before = ledger.clone();
        for it in &accepted {
            let later = Transfer { at: it.at.saturating_add(5), ..it.clone() };
            prop_assert_eq!(ledger.apply(&later), Ok(Applied::Already));
        }
        prop_assert_eq!(&ledger, &before);
    }

    #[test]
    fn a_store_that_loads_only_what_is_touched_keeps_the_same_books(ops in ops(80)) {
        let mut rows: BTreeMap<AccountId, Account> = accounts().into_iter().map(|it| (it.id, it)).collect();
        let mut pendings: BTreeMap<TransferId, PendingState> = BTreeMap::new();
        let mut recorded: BTreeMap<TransferId, Transfer> = BTreeMap::new();
        let tried = transfers(&ops);
        let mut whole = ledger();
        for it in &tried {
            let mut part = Ledger::new();
            for id in [it.debit, it.credit] {
                part = rows.get(&id).cloned().into_iter().fold(part, Ledger::with_account);
            }
            let pending = it.kind.settles().and_then(|id| pendings.get(&id)).cloned();
            part = pending.into_iter().fold(part, Ledger::with_pending);
            part = recorded.get(&it.id).cloned().into_iter().fold(part, Ledger::with_transfer);
            prop_assert_eq!(part.apply(it), whole.apply(it));
            let changes = part.changes();
            rows.extend(changes.accounts.into_iter().map(|it| (it.id, it.clone())));
            pendings.extend(changes.pendings.into_iter().map(|it| (it.transfer.id, it.clone())));
            recorded.extend(changes.transfers.into_iter().map(|it| (it.id, it.clone())));
        }
        prop_assert_eq!(rows.into_values().collect::<Vec<_>>(), stored(&whole));
        prop_assert_eq!(pendings.into_values().collect::<Vec<_>>(), whole.pendings().cloned().collect::<Vec<_>>());
    }

    #[test]
    fn a_batch_is_booked_whole_or_not_at_all(ops in ops(40)) {
        let tried = transfers(&ops);
        let (mut batch, mut single) = (ledger(), ledger());
        let first_refused = tried.iter().find_map(|it| single.apply(it).err().map(|refused| (it.id, refused)));
        match first_refused {
            Some(refused) => {
                prop_assert_eq!(batch.apply_all(&tried), Err(refused));
                prop_assert_eq!(batch, ledger());
            }
            None => {
                prop_assert!(batch.apply_all(&tried).is_ok());
                prop_assert_eq!(batch, single);
            }
        }
    }

    #[test]
    fn verification_passes_sound_books_and_names_the_figure_that_is_off(
        ops in ops(60), which in 0..9_usize, field in 0..6_usize, by in prop_oneof![-90..=-1_i64, 1..=90_i64],
    ) {
        let (ledger, mut accepted) = run(&transfers(&ops));
        let mut accounts = stored(&ledger);
        let pendings: Vec<PendingState> = ledger.pendings().cloned().collect();
        prop_assert_eq!(verify(&accounts, &accepted), []);
        prop_assert_eq!(verify_pendings(&pendings, &accepted), []);
        accepted.reverse();
        prop_assert_eq!(verify(&accounts, &accepted), [], "in any order");

        let account = &mut accounts[which];
        let (figure, field) = match field {
            0 => (&mut account.debits_pending, Field::DebitsPending),
            1 => (&mut account.debits_posted, Field::DebitsPosted),
            2 => (&mut account.credits_pending, Field::CreditsPending),
            3 => (&mut account.credits_posted, Field::CreditsPosted),
            4 => (&mut account.withdrawn, Field::Withdrawn),
            _ => (&mut account.returned, Field::Returned),
        };
        let derived = *figure;
        figure.0 += by;
        let off = Discrepancy::Balance { account: account.id, field, stored: *figure, derived };
        let found = verify(&accounts, &accepted);
        prop_assert_eq!(&found[0], &off);
        let unbalanced = found[1..].iter().filter(|it| matches!(it, Discrepancy::Unbalanced { .. })).count();
        prop_assert_eq!(unbalanced, usize::from(!matches!(field, Field::Withdrawn | Field::Returned)));
        prop_assert_eq!(found.len(), 1 + unbalanced);
    }

    #[test]
    fn a_missing_record_is_noticed(ops in ops(60), which in any::<proptest::sample::Index>()) {
        let (ledger, mut accepted) = run(&transfers(&ops));
        prop_assume!(!accepted.is_empty());
        let gone = accepted.remove(which.index(accepted.len()));
        let found = verify(&stored(&ledger), &accepted);
        let names_its_account = found.iter().any(|it| {
            matches!(it, Discrepancy::Balance { account, .. } if *account == gone.debit || *account == gone.credit)
        });
        // A settled reservation that is gone leaves the balances right; its settlement then hangs in the air.
        let hangs = found.iter().any(|it| matches!(it, Discrepancy::Transfer { .. }));
        prop_assert!(names_its_account || hangs, "{gone:?} {found:?}");
    }

    #[test]
    fn statements_add_up_and_agree_with_the_accounts(ops in ops(80), cut in 0..70_i64) {
        let (ledger, accepted) = run(&transfers(&ops));
        let accounts = stored(&ledger);
        let whole = |scope: &Scope, by, period| statement(&accounts, &accepted, scope, by, period).unwrap();
        let (first, second) =
            (Period { from: None, until: Some(noon(cut)) }, Period { from: Some(noon(cut)), until: None });
        for account in &accounts {
            let Purpose::Fund { fund, year } = &account.purpose else { continue };
            let scope = Scope { fund: Some(fund.clone()), year: Some(*year) };
            let all = whole(&scope, By::Fund, Period::ALL).total;
            prop_assert_eq!((all.closing_free, all.closing_reserved), (account.free(), account.reserved()));
            prop_assert_eq!(all.paid.0 - all.returned.0, account.paid().0);
            let kept = all.appropriated.0 + all.carried_in.0 + all.corrected.0 - all.carried_out.0 - all.lapsed.0;
            prop_assert_eq!(kept, account.size().0);
        }
        for scope in [Scope::default(), Scope { fund: Some("创新专项资金".into()), year: None }] {
            let totals = [By::Fund, By::Measure, By::Clause, By::Case].map(|by| whole(&scope, by, Period::ALL).total);
            prop_assert!(totals.iter().all(|total| *total == totals[0]));
            for by in [By::Fund, By::Measure, By::Clause, By::Case] {
                for period in [Period::ALL, first, second] {
                    let statement = whole(&scope, by, period);
                    let added = statement.lines.iter().try_fold(Line::default(), |sum, (_, line)| sum.plus(line));
                    prop_assert_eq!(added, Some(statement.total));
                    for (_, line) in statement.lines.iter().chain([&(duixian_ledger::Key::Case(None), statement.total)]) {
                        check_line(line)?;
                    }
                }
                let (before, after) = (whole(&scope, by, first).total, whole(&scope, by, second).total);
                prop_assert_eq!(
                    (before.closing_free, before.closing_reserved),
                    (after.opening_free, after.opening_reserved)
                );
                prop_assert_eq!(before.paid.0 + after.paid.0, totals[0].paid.0);
            }
        }
    }

    #[test]
    fn allocation_gives_out_what_it_may_and_nothing_else(
        free in -50..4_000_i64,
        queue in proptest::collection::vec((1..30_i64, -5..500_i64, 0..6_i64, 0..3_i32), 0..20),
        turn in any::<proptest::sample::Index>(),
    ) {
        let queue: Vec<Waiting> = queue
            .into_iter()
            .map(|(case, amount, decided_at, priority)| Waiting { case, amount: Fen(amount), decided_at, priority })
            .collect();
        let total: i64 = queue.iter().map(|it| it.amount.0.max(0)).sum();
        for rule in [AllocationRule::FirstDecided, AllocationRule::ProRata, AllocationRule::Priority] {
            let shares = allocate(Fen(free), &queue, rule);
            let granted: i64 = shares.iter().map(|it| it.granted.0).sum();
            let short: i64 = shares.iter().map(|it| it.short.0).sum();
            prop_assert_eq!(granted + short, total);
            prop_assert!(granted <= free.max(0));
            prop_assert!(shares.iter().all(|it| it.granted >= Fen(0) && it.short >= Fen(0)));
            let mut cases: Vec<i64> = shares.iter().map(|it| it.case).collect();
            let mut expected: Vec<i64> = queue.iter().map(|it| it.case).collect();
            cases.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(cases, expected);
            let mut turned = queue.clone();
            turned.rotate_left(turn.index(queue.len().max(1)).min(queue.len()));
            turned.reverse();
            prop_assert_eq!(&allocate(Fen(free), &turned, rule), &shares, "whatever order they come in");
            if rule == AllocationRule::ProRata {
                prop_assert_eq!(granted, total.min(free.max(0)));
                for share in &shares {
                    let wanted = share.granted.0 + share.short.0;
                    // Less than one fen from the exact part; of nothing there are no parts.
                    prop_assert!(total <= free.max(0) || (share.granted.0 * total - free.max(0) * wanted).abs() < total);
                }
            } else {
                prop_assert!(shares.iter().all(|it| it.granted == Fen(0) || it.short == Fen(0)), "whole amounts");
                let stop = shares.iter().position(|it| it.short > Fen(0)).unwrap_or(shares.len());
                prop_assert!(shares[stop..].iter().all(|it| it.granted == Fen(0)), "nobody is skipped");
                prop_assert!(stop == shares.len() || granted + shares[stop].short.0 > free, "stops only where it must");
            }
        }
    }
}

fn check_line(line: &Line) -> Result<(), TestCaseError> {
    let came = line.appropriated.0 + line.carried_in.0 + line.corrected.0 + line.returned.0 + line.released.0;
    let went = line.carried_out.0 + line.lapsed.0 + line.reserved.0;
    prop_assert_eq!(line.closing_free.0, line.opening_free.0 + came - went);
    let held = line.opening_reserved.0 + line.reserved.0 - line.released.0 - line.paid.0;
    prop_assert_eq!(line.closing_reserved.0, held);
    Ok(())
}
