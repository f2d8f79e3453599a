//! Several questions in one statement. Of a lone transaction on PostgreSQL the most time goes by on the way to the database and back,
//! not in its tables; what can be asked together is. To SQLite there is no way to go, and each question is asked by itself.

use sea_orm::DbBackend;

use crate::db::{NAMED_TOGETHER, Queries, Row, Value, all_among, filled};
use crate::error::StoreError;

/// A question about some of many.
pub(crate) struct Question {
    /// What is selected: columns, with the table's short name where there are several.
    pub(crate) columns: &'static [&'static str],
    /// What follows: `{}` stands for the list of those that it is about, `$1` for the value before it.
    pub(crate) from: &'static str,
    pub(crate) before: Option<Value>,
    pub(crate) of: Vec<Value>,
}

impl Question {
    /// About nothing.
    pub(crate) fn nothing() -> Question {
        Question { columns: &[], from: "", before: None, of: Vec::new() }
    }
}

/// Asks all of them, in one statement where that pays and they are few enough, and gives the rows of each. A question about nothing has
/// none.
pub(crate) async fn ask<const N: usize>(
    link: &impl Queries,
    questions: [Question; N],
) -> Result<[Vec<Row>; N], StoreError> {
    let mut found = std::array::from_fn(|_| Vec::new());
    let open = questions.iter().filter(|question| !question.of.is_empty()).count();
    let is_near = link.shared().backend == DbBackend::Sqlite;
    if is_near || open < 2 || questions.iter().any(|question| question.of.len() > NAMED_TOGETHER) {
        for (rows, question) in found.iter_mut().zip(questions).filter(|(_, question)| !question.of.is_empty()) {
            let sql = format!("SELECT {} {}", question.columns.join(", "), question.from);
            *rows = all_among(link, &sql, question.before.into_iter().collect(), question.of).await?;
        }
        return Ok(found);
    }
    let columns = questions.each_ref().map(|question| question.columns);
    let (sql, values) = in_one(questions);
    for row in link.all(&sql, values).await? {
        let place = row.text("question")?;
        let place = place.parse::<usize>().ok().filter(|place| *place < N);
        let place = place.ok_or_else(|| StoreError::corrupt("a row", "it answers no question"))?;
        found[place].push(row.of_columns(columns[place]));
    }
    Ok(found)
}

/// One statement: each question's rows as texts, with its number before them.
fn in_one<const N: usize>(questions: [Question; N]) -> (String, Vec<Value>) {
    let width = questions.iter().map(|question| question.columns.len()).max().unwrap_or(0);
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for (number, question) in questions.into_iter().enumerate().filter(|(_, question)| !question.of.is_empty()) {
        let cell = |place: usize| match question.columns.get(place) {
            Some(column) => format!("CAST({column} AS TEXT) AS c{place}"),
            None => format!("NULL AS c{place}"),
        };
        let cells: Vec<String> = (0..width).map(cell).collect();
        let mut from = question.from.to_owned();
        if let Some(before) = question.before {
            values.push(before);
            from = from.replace("$1", &format!("${}", values.len()));
        }
        let of = filled(&question.of);
        let places: Vec<String> = (1..=of.len()).map(|place| format!("${}", values.len() + place)).collect();
        values.extend(of);
        parts.push(format!(
            "SELECT '{number}' AS question, {} {}",
            cells.join(", "),
            from.replace("{}", &places.join(", "))
        ));
    }
    (parts.join(" UNION ALL "), values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::values;

    fn question(columns: &'static [&'static str], before: Option<i64>, of: Vec<Value>) -> Question {
        let from = if before.is_some() { "FROM t WHERE a <= $1 AND b IN ({})" } else { "FROM t WHERE b IN ({})" };
        Question { columns, from, before: before.map(Value::from), of }
    }

    #[test]
    fn questions_are_put_into_one_statement() {
        let one = question(&["a", "t.b"], None, values!["x", "y"]);
        let (none, other) = (question(&["c"], None, vec![]), question(&["b"], Some(7), values!["z"]));
        let (sql, values) = in_one([one, none, other]);
        assert_eq!(
            sql,
            "SELECT '0' AS question, CAST(a AS TEXT) AS c0, CAST(t.b AS TEXT) AS c1 FROM t WHERE b IN ($1, $2, $3, $4, $5, $6, $7, $8) \
             UNION ALL SELECT '2' AS question, CAST(b AS TEXT) AS c0, NULL AS c1 FROM t WHERE a <= $9 AND b IN ($10)"
        );
        assert_eq!(values.len(), 10);
        assert_eq!((&values[7], &values[8], &values[9]), (&Value::from("y"), &Value::from(7_i64), &Value::from("z")));
    }
}
