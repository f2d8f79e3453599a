//! What other cases of the party state otherwise, as whoever reviews or decides reads it.

use duixian_casework::contradiction::{Contradiction, Rests};
use duixian_rules::vocabulary::Lang;
use duixian_store::StoreError;

use crate::casefile::why::cell_name;
use crate::casefile::{CaseFile, cells, stages};
use crate::locale::Text;
use crate::portal::Portal;

/// One fact that another case states otherwise.
pub struct Contradicted {
    /// The address of the other case.
    pub href: String,
    /// Its number.
    pub number: String,
    /// What it is for and where it stands, and what each of the two says.
    pub text: Text,
}

/// All of them.
pub async fn of(portal: &Portal, file: &CaseFile) -> Result<Vec<Contradicted>, StoreError> {
    let found = portal.store.contradictions(&file.case).await?;
    Ok(found.iter().map(|one| told(file, one)).collect())
}

fn told(file: &CaseFile, other: &Contradiction) -> Contradicted {
    let vocabulary = file.vocabulary();
    let table = vocabulary.table(&other.cell.table);
    let column = table.and_then(|table| Some((table, vocabulary.tables[table].column(&other.cell.column)?)));
    let value = |text: &str| match column {
        Some((table, column)) => cells::value(vocabulary, table, column, text),
        None => Text::same(text.to_owned()),
    };
    let name = cell_name(file, &other.cell);
    let own = value(&other.own);
    let measures = &file.scene.pack.plan.measures;
    let measure = measures.iter().find(|measure| measure.name.en == other.measure);
    let measure = measure.map_or_else(|| Text::same(other.measure.clone()), |measure| cells::name(&measure.name));
    let (stage, there) = (stages::label(other.stage), value(&other.value));
    let found = |lang| match (other.is_found, lang) {
        (true, Lang::Zh) => "，已核实属实",
        (true, Lang::En) => ", found to hold",
        (false, _) => "",
    };
    // Who disputes the registry, and who goes by it.
    let (there_zh, there_en, own_zh, own_en) = match other.rests {
        None => ("填的是", "states", "填的是", "this one as"),
        Some(Rests::Other) => ("按登记的是", "takes from the registry", "提出异议，填的是", "this one disputes it:"),
        Some(Rests::Own) => ("提出异议，填的是", "disputes", "按登记的是", "this one takes from the registry"),
    };
    Contradicted {
        href: format!("/work/cases/{}", other.case.0),
        number: other.number.clone(),
        text: Text::new(
            format!(
                "（{}，{}）{}{there_zh}“{}”{}，本件{own_zh}“{}”",
                measure.zh,
                stage.zh,
                name.zh,
                there.zh,
                found(Lang::Zh),
                own.zh
            ),
            format!(
                "({}, {}) {there_en} {} as “{}”{}; {own_en} “{}”",
                measure.en,
                stage.en,
                name.en,
                there.en,
                found(Lang::En),
                own.en
            ),
        ),
    }
}
