//! What the shipped programme pays, in words for those who read no rules.

use std::fs;
use std::path::Path;

use duixian_assess::explain::{amounts_in_words, names_in_words, render_text};
use duixian_assess::reference::{Index, explain_party};
use duixian_facts::{LoadOptions, load};
use duixian_rules::pack::Pack;
use duixian_rules::source::Sources;
use duixian_rules::vocabulary::Lang;

fn nanming() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/nanming-2017");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the pack is there").flatten().map(|file| file.path()).collect();
    files.sort();
    let mut sources = Sources::default();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        sources.add(file.display().to_string(), fs::read_to_string(file).expect("the pack can be read"));
    }
    Pack::read(sources)
}

#[test]
fn amounts_and_names_are_words() {
    let plan = nanming().plan;
    let of_all = |lang: Lang| {
        let mut lines = Vec::new();
        for measure in &plan.measures {
            lines.push(measure.name.in_lang(lang).to_owned());
            lines.extend(amounts_in_words(&plan, measure, lang).into_iter().map(|line| format!("  {line}")));
            lines.extend(names_in_words(&plan, measure, lang).into_iter().map(|line| format!("    {line}")));
        }
        lines.join("\n")
    };
    insta::assert_snapshot!("amounts_zh", of_all(Lang::Zh));
    insta::assert_snapshot!("amounts_en", of_all(Lang::En));
}

#[test]
fn calculations_are_called_by_their_names_and_spelled_out_once() {
    let plan = nanming().plan;
    let folder = tempfile::tempdir().unwrap();
    let parties = "code,registered_on,district\n91520102MA9ML4KE0J,2017-03-01,520102\n";
    let accounts = "code,year,district_revenue\n91520102MA9ML4KE0J,2018,1000\n";
    fs::write(folder.path().join("enterprises.csv"), parties).unwrap();
    fs::write(folder.path().join("annual_accounts.csv"), accounts).unwrap();
    let facts = load(&plan.vocabulary, folder.path(), &LoadOptions::default()).unwrap().facts;
    let index = Index::new(&plan, &facts);
    let measure = plan.measures.iter().position(|measure| measure.name.en == "industry_support").unwrap();
    let explained = explain_party(&index, 0, 2018, 17_896, Some(&[measure]));
    let text = render_text(&explained, &plan, Lang::Zh, &|_| None);
    assert!(text.contains("2018年为第2年：800元，即区级留成（1,000元）的80%"), "{text}");
    let how = "第几年 = 本年度（2018年） − 注册年份（2017年） + 1 = 2";
    assert_eq!(text.matches(how).count(), 1, "{text}");
}
