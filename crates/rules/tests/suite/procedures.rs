//! What the desks and procedures of a pack come down to.

use crate::common::{pack, text};
use duixian_rules::plan::{Plan, Procedure, StepKind};

/// Each step with its desk and working days.
fn steps<'a>(plan: &'a Plan, procedure: &Procedure) -> Vec<(StepKind, &'a str, u16)> {
    let steps = procedure.steps.iter();
    steps.map(|rule| (rule.step, plan.desks[rule.desk].name.en.as_str(), rule.working_days)).collect()
}

fn good(name: &str) -> Plan {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good").join(name);
    pack(&[(name, &text(&path))]).plan
}

#[test]
fn a_pack_says_which_steps_a_measure_takes() {
    use StepKind::*;
    let plan = good("所有形式.md");
    let [ordinary, instant] = &plan.procedures[..] else { panic!("two procedures") };
    assert_eq!((ordinary.name.zh.as_str(), ordinary.clause.as_str()), ("一般事项", "一(二)"));
    assert_eq!(
        steps(&plan, ordinary),
        [
            (Accept, "window", 5),
            (FormalReview, "division", 5),
            (SubstantiveReview, "experts", 20),
            (Decide, "meeting", 5),
            (Notice, "window", 5),
            (Pay, "treasury", 15),
        ]
    );
    assert_eq!((ordinary.correction_days, ordinary.objection_days), (15, 10));
    assert_eq!((instant.clause.as_str(), instant.correction_days, instant.objection_days), ("二", 10, 5));
    assert_eq!(steps(&plan, instant), [(Accept, "window", 1), (Decide, "division", 1), (Pay, "treasury", 3)]);
    assert_eq!(plan.desks[0].department.as_deref(), Some("市科学技术局"));
    assert_eq!(plan.desks[2].department, None);
    let by_name = |name: &str| plan.measures.iter().find(|measure| measure.name.en == name).expect("the measure");
    assert_eq!(by_name("high_tech_award").procedure, 1);
    assert_eq!(by_name("gazelle_subsidy").procedure, 0);
    let notes = &by_name("high_tech_award").notes;
    assert_eq!(
        (&notes.evidence[..], &notes.optional_evidence[..]),
        (&["证书（原件）".into()][..], &["上年度审计报告".into()][..])
    );
    assert_eq!(plan.funds[0].carries_over, Some(true));
    assert_eq!(good("english-surface.md").funds[0].carries_over, Some(false));
    assert_eq!(good("全角与半角.md").funds[0].carries_over, None);
}

#[test]
fn a_pack_without_procedures_has_the_built_in_one() {
    let pack = pack(&[("pack.md", "```兑现\n政策 甲 (a)\n  发布 2020年1月1日\n\n岗位 窗口 (window)\n```\n")]);
    let plan = &pack.plan;
    let [procedure] = &plan.procedures[..] else { panic!("one procedure") };
    assert_eq!((procedure.name.zh.as_str(), procedure.name.en.as_str()), ("默认流程", "default"));
    assert_eq!(
        steps(plan, procedure),
        [
            (StepKind::Accept, "intake", 5),
            (StepKind::FormalReview, "review", 5),
            (StepKind::SubstantiveReview, "review", 10),
            (StepKind::Decide, "decision", 5),
            (StepKind::Notice, "intake", 5),
            (StepKind::Pay, "finance", 10),
        ]
    );
    assert_eq!((procedure.correction_days, procedure.objection_days), (10, 5));
    assert_eq!(plan.desks[0].name.en, "window");
}
