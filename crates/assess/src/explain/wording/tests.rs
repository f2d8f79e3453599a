//! Every construct of the language in every outcome, as people read it: a pack with one condition for each, and rows for which
//! these hold, fail, and hang on empty cells.

use duixian_facts::uscc::Uscc;
use duixian_facts::{LoadOptions, TableText, load};
use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;

use super::words::Words;
use super::*;
use crate::reference::{Index, explain_party};

/// The tables: parties by number, for the code of each.
const PARTIES: &str = "code,name,registered_on,district,industry,moved_in_on,incubated_in,branch
91-1,甲公司,2012-05-06,520102,5171,2016-03-01,北斗空间,false
52-2,乙学会,2016-06-01,520181,6531,2018-02-01,,true
91-3,丙公司,,,,,,
91-4,丁公司,2016-08-01,520102,5211,,,true
";

const YEARLY: &str = "code,year,sales,rd_spending,loan_interest,headcount,plan_met,district_led
91-1,2016,80000000,1000000,0,10,true,true
91-1,2017,120000000,3000000,300000,30,true,true
52-2,2016,9000000,100000,0,10,true,true
52-2,2017,9500000.5,5000000,0,0,false,false
91-3,2017,,,,,,
91-4,2017,60000000,600000,200,15,true,true
";

const MATTERS: &str = "id,code,kind,class,investment,happened_on
M1,91-1,project,2,2000000,2017-03-01
M2,91-1,award,1,400000,2017-04-01
M3,91-1,project,3,80000,2016-12-01
M4,52-2,other_kind,4,200000,2017-05-01
M5,91-3,,,,2017-06-01
M6,91-4,award,1,200000,2017-06-01
M7,91-4,award,2,300000,2017-07-01
";

fn pack() -> Pack {
    let mut sources = Sources::default();
    sources.add("pack.md", include_str!("pack.md"));
    let pack = Pack::read(sources);
    let errors: Vec<_> = pack.diagnostics.iter().filter(|found| found.id.starts_with('E')).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    pack
}

/// The code that stands for 91-1.
fn code(short: &str) -> String {
    let (kind, number) = short.split_once('-').unwrap();
    Uscc::complete(&format!("{kind}520102MA6D{number:0>5}")).unwrap().to_string()
}

fn explained(code_of: &str, lang: Lang) -> (Vec<(String, String)>, String) {
    let pack = pack();
    let vocabulary = &pack.plan.vocabulary;
    let with_codes = |text: &str| {
        ["91-1", "52-2", "91-3", "91-4"].iter().fold(text.to_owned(), |text, short| text.replace(short, &code(short)))
    };
    let table = |name: &str, text: &str| TableText {
        table: vocabulary.table(name).unwrap(),
        name: format!("{name}.csv"),
        csv: with_codes(text).into_bytes(),
    };
    let tables = [table("parties", PARTIES), table("yearly", YEARLY), table("matters", MATTERS)];
    let facts = load(vocabulary, &tables[..], &LoadOptions::default()).unwrap().facts;
    let index = Index::new(&pack.plan, &facts);
    let party = index.party(&code(code_of)).unwrap();
    let as_of = crate::calendar::day_number(2017, 12, 31);
    let explanation = explain_party(&index, party, 2017, as_of, None);
    let report = Report::new(&explanation, &pack.plan, lang, &|_| None);
    let bases = report.measures.iter().flat_map(|measure| &measure.bases);
    let line = |condition: &ConditionReport| {
        let cases = condition.tests.iter().map(|case| format!("\n      {} {}", mark(case.truth), case.text));
        let said = format!("{} {}{}", mark(condition.truth), condition.sentence, cases.collect::<String>());
        (condition.text.clone(), said)
    };
    let lines = bases.flat_map(|basis| basis.conditions.iter().map(line)).collect();
    (lines, render_text(&explanation, &pack.plan, lang, &|_| None))
}

/// Of each condition what is said of the first party, whose rows fit, of the second, and of the third, of which nothing is known.
fn told(lang: Lang) -> String {
    let all = ["91-1", "52-2", "91-3"].map(|party| explained(party, lang).0);
    let mut text = String::new();
    let mut rules: Vec<&String> = Vec::new();
    for (rule, _) in all.iter().flatten() {
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    for rule in rules {
        text.push_str(&format!("{rule}\n"));
        let mut said: Vec<&String> = Vec::new();
        for (_, line) in all.iter().flatten().filter(|(of, _)| of == rule) {
            if !said.contains(&line) {
                said.push(line);
            }
        }
        said.iter().for_each(|line| text.push_str(&format!("    {line}\n")));
    }
    text
}

#[test]
fn every_test_in_every_outcome() {
    insta::assert_snapshot!("tests_in_chinese", told(Lang::Zh));
    insta::assert_snapshot!("tests_in_english", told(Lang::En));
}

#[test]
fn whole_explanations() {
    for (party, name) in [("91-1", "paid"), ("52-2", "refused"), ("91-3", "unknown"), ("91-4", "in_between")] {
        insta::assert_snapshot!(format!("{name}_in_chinese"), explained(party, Lang::Zh).1);
        insta::assert_snapshot!(format!("{name}_in_english"), explained(party, Lang::En).1);
    }
}

/// Of each limit the rule's words, and what it asks in both languages.
#[test]
fn what_limits_ask() {
    let mut sources = Sources::default();
    sources.add("every-form.md", include_str!("../../../tests/packs/every-form.md"));
    let mut text = String::new();
    for pack in [pack(), Pack::read(sources)] {
        let asked = |lang, measure, kind| Words::new(&pack.plan, lang).limit_asked(measure, kind);
        for measure in &pack.plan.measures {
            for limit in &measure.limits {
                let (zh, en) = (asked(Lang::Zh, measure, &limit.kind), asked(Lang::En, measure, &limit.kind));
                text.push_str(&format!("{}\n    {zh}\n    {en}\n", limit.text.zh));
            }
        }
    }
    insta::assert_snapshot!("limits", text);
}
