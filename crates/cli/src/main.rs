//! temporary
mod failure;
mod files;
fn main() {
    let lang = if std::env::args().nth(2).as_deref() == Some("en") { duixian_rules::vocabulary::Lang::En } else { duixian_rules::vocabulary::Lang::Zh };
    let pack = files::read_pack(std::path::Path::new(&std::env::args().nth(1).unwrap())).map_err(|f| println!("{f:?}")).unwrap();
    for d in &pack.diagnostics { println!("{}", d.render(&pack.sources, lang)); }
    println!("{} measures {} nodes {} examples", pack.plan.measures.len(), pack.plan.nodes.len(), pack.examples.len());
    for m in &pack.plan.measures { println!("{} {} {:?}", m.name.zh, m.clause, m.conditions.iter().map(|c| c.text.en.clone()).collect::<Vec<_>>()); }
}
