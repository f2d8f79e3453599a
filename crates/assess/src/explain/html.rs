//! An explanation as one page of HTML that needs nothing else: no script, no font, no other file.

use duixian_rules::vocabulary::Lang;

use super::report::{BasisReport, ConditionReport, LimitReport, MeasureReport, Report, SummaryItem, mark, status_mark};
use super::words::Words;
use crate::reference::Truth;
use crate::result::Status;

const STYLE: &str = include_str!("style.css");

/// The whole page.
pub fn render(report: &Report) -> String {
    let words = report.words;
    let lang = words.pick("zh-CN", "en");
    let title = words.pick("政策兑现说明", "What the policy pays, and why");
    let head = format!(
        "<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} · {title}</title>\n<style>\n{STYLE}</style>",
        escape(&report.party)
    );
    let mut page = Page { words, html: String::new() };
    page.header(report, title);
    page.html.push_str("<main>\n");
    page.summary(report);
    report.measures.iter().enumerate().for_each(|(index, measure)| page.measure(index, measure));
    page.without(report);
    page.html.push_str("</main>\n");
    let body = page.html;
    format!("<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n{head}\n</head>\n<body>\n{body}</body>\n</html>\n")
}

struct Page<'a> {
    words: Words<'a>,
    html: String,
}

impl Page<'_> {
    /// Appends an element that holds nothing but a text.
    fn text(&mut self, element: &str, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.html.push_str(&format!("<{element}{class}>{}</{element}>\n", escape(text)));
    }

    fn raw(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn header(&mut self, report: &Report, title: &str) {
        let words = self.words;
        self.raw("<header>");
        self.text("p", "kind", title);
        self.raw(&format!("<h1{}>{}</h1>", self.chinese(), escape(&report.party)));
        self.raw("<dl class=\"about\">");
        let about = [
            (words.pick("统一社会信用代码", "Social credit code"), &report.code),
            (words.pick("政策", "Policy"), &report.policy),
            (words.pick("评估年度", "Assessed year"), &report.year),
            (words.pick("截至", "As of"), &report.as_of),
        ];
        for (term, text) in about {
            self.raw(&format!("<div><dt>{term}</dt><dd>{}</dd></div>", escape(text)));
        }
        self.raw("</dl>\n</header>");
    }

    fn summary(&mut self, report: &Report) {
        let words = self.words;
        self.raw("<section aria-labelledby=\"summary\">");
        self.raw(&format!("<h2 id=\"summary\">{}</h2>", words.pick("结论", "Summary")));
        if report.summary.is_empty() {
            self.text("p", "", words.pick("本年度没有可审核的事项。", "There is nothing to assess in this year."));
        }
        for line in &report.summary {
            let caption = format!("{} <span class=\"figure\">{}</span>", self.badge(line.status), escape(&line.text));
            self.raw(&format!("<table class=\"items {}\">\n<caption>{caption}</caption>", line.status.word()));
            let (what, outcome) = (words.pick("事项", "Basis"), words.pick("结果", "Outcome"));
            self.raw(&format!(
                "<thead><tr><th scope=\"col\">{what}</th><th scope=\"col\">{outcome}</th></tr></thead><tbody>"
            ));
            for SummaryItem { name, outcome } in &line.items {
                self.raw(&format!("<tr><td>{}</td><td>{}</td></tr>", escape(name), escape(outcome)));
            }
            self.raw("</tbody></table>");
        }
        if !report.missing.is_empty() {
            self.text("h3", "", words.pick("还缺哪些材料", "What is still missing"));
            self.list("ul", "missing", report.missing.iter());
        }
        self.raw("</section>");
    }

    fn measure(&mut self, index: usize, measure: &MeasureReport) {
        let words = self.words;
        self.raw(&format!("<section aria-labelledby=\"measure-{index}\">"));
        self.raw(&format!("<h2 id=\"measure-{index}\">{}</h2>", escape(&measure.name)));
        let clause = format!("{} {}", measure.clause, measure.clause_title);
        self.raw(&format!("<p class=\"clause\"{}>{}</p>", self.chinese(), escape(clause.trim_end())));
        measure.bases.iter().for_each(|basis| self.basis(basis));
        let mut about: Vec<(&str, &str, &str)> = vec![(words.pick("规则", "Rule"), "", &measure.pays)];
        about.extend(measure.fund.as_deref().map(|fund| (words.pick("资金", "Fund"), "", fund)));
        for (heading, notes) in &measure.notes {
            about.extend(notes.iter().map(|note| (*heading, self.chinese(), note.as_str())));
        }
        let reading = words.pick("读法", "Reading");
        about.extend(measure.readings.iter().map(|text| (reading, self.chinese(), text.as_str())));
        about.extend(measure.outside.iter().map(|row| (words.pick("不计", "Not counted"), "", row.as_str())));
        self.raw("<dl class=\"notes\">");
        for (term, lang, text) in about {
            self.raw(&format!("<div><dt>{term}</dt><dd{lang}>{}</dd></div>", escape(text)));
        }
        self.raw("</dl>\n</section>");
    }

    fn basis(&mut self, basis: &BasisReport) {
        let words = self.words;
        self.raw(&format!("<article class=\"basis {}\">", basis.status.word()));
        self.text("h3", "", &basis.name);
        let clause = words.aside(&basis.clause);
        let decision = format!("{} {}{}", self.badge(basis.status), escape(&basis.decision), escape(&clause));
        self.raw(&format!("<p class=\"decision\">{decision}</p>"));
        if let Some(day) = &basis.payable_from {
            let label = words.pick("可付时间：", "Payable from: ");
            self.text("p", "", &format!("{label}{day}"));
        }
        if let Some(pays) = &basis.pays {
            self.text("p", "", &format!("{}{pays}", words.pick("规定金额：", "Amount by the rule: ")));
        }
        self.limits(basis);
        if !basis.missing.is_empty() {
            self.text("p", "", words.pick("补齐后即可判定：", "Would be settled by:"));
            self.list("ul", "missing", basis.missing.iter().map(|missing| &missing.text));
        }
        if !basis.nearest.is_empty() {
            self.text("p", "", words.pick("要符合，还需：", "To qualify:"));
            self.raw("<ul class=\"nearest\">");
            for need in &basis.nearest {
                self.raw(&format!("<li{}>{}</li>", indent(need.depth), escape(&need.text)));
            }
            self.raw("</ul>");
        }
        let open = if matches!(basis.status, Status::Unknown | Status::NotEntitled) { " open" } else { "" };
        let why = words.pick("为什么：条件与事实", "Why: conditions and facts");
        self.raw(&format!("<details{open}><summary>{why}</summary>"));
        self.conditions(basis);
        if !basis.calculations.is_empty() {
            self.text("p", "", words.pick("其中：", "Where:"));
            self.list("ul", "calculations", basis.calculations.iter());
        }
        self.facts(basis);
        self.rule(basis);
        self.raw("</details>\n</article>");
    }

    fn conditions(&mut self, basis: &BasisReport) {
        if basis.conditions.is_empty() {
            return;
        }
        let words = self.words;
        let columns = [words.pick("结果", "Holds"), words.pick("条件", "Condition"), words.pick("条款", "Clause")];
        self.table(words.pick("条件", "Conditions"), &columns);
        for condition in &basis.conditions {
            let mut text = escape(&condition.sentence);
            if let Some(general) = &condition.general {
                text = format!("<span class=\"general\">{}{}</span>{text}", escape(general), words.pick("：", ": "));
            }
            text.push_str(&tests(words, condition));
            let clause = escape(&condition.clause);
            self.raw(&format!(
                "<tr><td>{}</td><td>{text}</td><td class=\"number\">{clause}</td></tr>",
                verdict(words, condition.truth)
            ));
        }
        self.raw("</tbody></table>");
    }

    /// What the limits did stands outside the details: it is what changes an amount, or takes it away.
    fn limits(&mut self, basis: &BasisReport) {
        for LimitReport { passed, clause, effect, .. } in &basis.limits {
            let mark = verdict_mark(self.words, if *passed { Truth::True } else { Truth::False });
            self.raw(&format!("<p>{mark} {}{}</p>", escape(effect), escape(&self.words.aside(clause))));
        }
    }

    fn facts(&mut self, basis: &BasisReport) {
        if basis.facts.is_empty() {
            return;
        }
        let words = self.words;
        let columns = [words.pick("事实", "Fact"), words.pick("内容", "Value"), words.pick("来源", "Source")];
        self.table(words.pick("所依据的事实", "On these facts"), &columns);
        for fact in &basis.facts {
            let cells = [&fact.name, &fact.value, &fact.table].map(|text| escape(text));
            self.raw(&format!("<tr><td>{}</td><td>{}</td><td>{}</td></tr>", cells[0], cells[1], cells[2]));
        }
        self.raw("</tbody></table>");
    }

    /// The rule's own words, folded away: they are exact, and nobody's reading.
    fn rule(&mut self, basis: &BasisReport) {
        let conditions = basis.conditions.iter().map(|condition| &condition.text);
        let lines: Vec<&String> = conditions.chain(basis.limits.iter().map(|limit| &limit.text)).collect();
        if lines.is_empty() {
            return;
        }
        self.raw(&format!("<details><summary>{}</summary>", self.words.pick("规则原文", "The rule's own words")));
        self.list("ul", "tests", lines.into_iter());
        self.raw("</details>");
    }

    fn without(&mut self, report: &Report) {
        if report.without.is_empty() {
            return;
        }
        let words = self.words;
        self.raw("<section aria-labelledby=\"without\">");
        self.raw(&format!(
            "<h2 id=\"without\">{}</h2>",
            words.pick("本年度没有可审核事项的措施", "Measures with nothing to assess this year")
        ));
        let columns = [words.pick("措施", "Measure"), words.pick("须先有", "Would need"), words.pick("条款", "Clause")];
        let caption =
            words.pick("这些措施在本年度没有可审核的事项", "Nothing on record is a basis for these in this year");
        self.table(caption, &columns);
        for measure in &report.without {
            let mut needed = escape(&measure.needed);
            if !measure.outside.is_empty() {
                let rows: Vec<String> = measure.outside.iter().map(|row| format!("<li>{}</li>", escape(row))).collect();
                needed.push_str(&format!("<ul class=\"tests\">{}</ul>", rows.concat()));
            }
            let (name, clause) = (escape(&measure.name), escape(&measure.clause));
            self.raw(&format!("<tr><td>{name}</td><td>{needed}</td><td class=\"number\">{clause}</td></tr>"));
        }
        self.raw("</tbody></table>\n</section>");
    }

    fn table(&mut self, caption: &str, columns: &[&str; 3]) {
        let columns: Vec<String> = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
        self.raw(&format!("<table><caption>{caption}</caption><thead><tr>{}</tr></thead><tbody>", columns.concat()));
    }

    fn list<'t>(&mut self, element: &str, class: &str, lines: impl Iterator<Item = &'t String>) {
        self.raw(&format!("<{element} class=\"{class}\">"));
        lines.for_each(|line| self.text("li", "", line));
        self.raw(&format!("</{element}>"));
    }

    /// Marks what a pack or a register says in Chinese alone, on a page in another language.
    fn chinese(&self) -> &'static str {
        self.words.pick("", " lang=\"zh-CN\"")
    }

    /// The status by mark and word; the colour only repeats it.
    fn badge(&self, status: Status) -> String {
        let label = status.label(self.words.lang);
        let mark = status_mark(status);
        format!("<span class=\"badge {}\"><span aria-hidden=\"true\">{mark}</span> {label}</span>", status.word())
    }
}

/// The tests under a condition.
fn tests(words: Words, condition: &ConditionReport) -> String {
    let items: Vec<String> = condition
        .tests
        .iter()
        .map(|test| {
            format!("<li{}>{} {}</li>", indent(test.depth), verdict_mark(words, test.truth), escape(&test.text))
        })
        .collect();
    if items.is_empty() { String::new() } else { format!("<ul class=\"tests\">{}</ul>", items.concat()) }
}

fn indent(depth: usize) -> String {
    if depth == 0 { String::new() } else { format!(" class=\"depth-{}\"", depth.min(4)) }
}

/// A truth value by mark and word.
fn verdict(words: Words, truth: Truth) -> String {
    format!("<span class=\"verdict {}\">{} {}</span>", class(truth), mark(truth), word(words.lang, truth))
}

/// A truth value by its mark, with the word for those who listen.
fn verdict_mark(words: Words, truth: Truth) -> String {
    let (class, word, mark) = (class(truth), word(words.lang, truth), mark(truth));
    format!("<span class=\"verdict {class}\" role=\"img\" aria-label=\"{word}\">{mark}</span>")
}

fn class(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "open",
    }
}

fn word(lang: Lang, truth: Truth) -> &'static str {
    match (truth, lang) {
        (Truth::True, Lang::Zh) => "成立",
        (Truth::False, Lang::Zh) => "不成立",
        (Truth::Unknown, Lang::Zh) => "未知",
        (Truth::True, Lang::En) => "yes",
        (Truth::False, Lang::En) => "no",
        (Truth::Unknown, Lang::En) => "unknown",
    }
}

/// A text as HTML, in elements and in quoted attributes.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
