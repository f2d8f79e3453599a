//! Every fen that was sent is paid, failed or missing, whatever the bank says.

use crate::support::order;
use duixian_bank::{Origin, Outcome, PaymentOrder, ResultLine, Totals, reconcile};
use duixian_money::Fen;
use proptest::prelude::*;

fn result(number: usize, amount: i64, is_paid: bool) -> ResultLine {
    let outcome = if is_paid {
        Outcome::Paid { bank_reference: format!("B{number}"), on: "2019-06-19".parse().expect("a day") }
    } else {
        Outcome::Failed { code: Some("AC04".into()), reason: "账户已销户".into() }
    };
    let (end_to_end_id, origin) = (order(number, 1).end_to_end_id, Origin::default());
    ResultLine { line: number, end_to_end_id, amount: Fen(amount), outcome, origin }
}

#[test]
fn each_kind_in_its_place() {
    let sent: Vec<PaymentOrder> = (1..=5).map(|number| order(number, 100 * number as i64)).collect();
    let results = [
        result(2, 200, false),
        result(1, 100, true),
        result(3, 299, true),
        result(9, 900, true),
        result(8, 800, false),
        result(1, 100, false),
        result(9, 900, true),
    ];
    let found = reconcile(&sent, &results);
    let numbers = |lines: &[ResultLine]| lines.iter().map(|line| line.line).collect::<Vec<_>>();
    assert_eq!(found.paid.iter().map(|paid| paid.bank_reference.as_str()).collect::<Vec<_>>(), ["B1"]);
    assert_eq!(found.failed.iter().map(|failed| failed.reason.as_str()).collect::<Vec<_>>(), ["账户已销户"]);
    assert_eq!(found.missing.iter().map(|missing| missing.amount.0).collect::<Vec<_>>(), [300, 400, 500]);
    assert_eq!(
        found.wrong_amount.iter().map(|wrong| (wrong.sent.0, wrong.result.amount.0)).collect::<Vec<_>>(),
        [(300, 299)]
    );
    assert_eq!(numbers(&found.unknown), [9, 8]);
    assert_eq!(numbers(&found.repeated), [1, 9]);
    let totals = Totals {
        sent: Fen(1500),
        paid: Fen(100),
        failed: Fen(200),
        missing: Fen(1200),
        paid_unexplained: Fen(299 + 900),
    };
    assert_eq!(found.totals, totals);
    assert!(!found.is_complete());
    assert!(reconcile(&sent[..2], &results[..2]).is_complete());
    assert_eq!(reconcile(&[], &[]).totals.sent, Fen(0));
}

proptest! {
    #[test]
    fn every_fen_and_every_line_is_accounted_for(
        sent in proptest::collection::btree_map(0..30_usize, 1..=Fen::MAX.0 / 30, 0..20),
        results in proptest::collection::vec((0..30_usize, proptest::option::of(1..=Fen::MAX.0), any::<bool>()), 0..40),
    ) {
        let orders: Vec<_> = sent.iter().map(|(number, amount)| order(*number, *amount)).collect();
        let lines: Vec<_> = results
            .iter()
            .map(|(number, other, is_paid)| {
                result(*number, other.or(sent.get(number).copied()).unwrap_or(1), *is_paid)
            })
            .collect();
        let found = reconcile(&orders, &lines);
        let totals = found.totals;
        prop_assert_eq!(totals.sent.0, sent.values().sum::<i64>());
        prop_assert_eq!(totals.sent.0, totals.paid.0 + totals.failed.0 + totals.missing.0);
        prop_assert_eq!(orders.len(), found.paid.len() + found.failed.len() + found.missing.len());
        let explained = found.paid.len() + found.failed.len() + found.wrong_amount.len();
        prop_assert_eq!(lines.len(), explained + found.unknown.len() + found.repeated.len());
    }
}
