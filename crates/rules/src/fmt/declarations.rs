//! Declarations: the lines of a block, each clause in its fixed place.

use crate::plan::StepKind;
use crate::syntax::ast::{
    AmountDecl, ClauseRef, ColumnDecl, ConditionDecl, Desk, ExceptionDecl, Expr, Fund, General, Goal, GoalValue,
    GoalYear, Ident, Item, ItemKind, Measure, Parameter, Policy, Procedure, Statement, StatementKind, Target, Test,
    Transition, TypeDecl, Validity,
};
use crate::syntax::keywords::Keyword;
use crate::vocabulary::{ColumnType, Empty, TableKind};

use super::clauses::columns;
use super::expressions::Level;
use super::surface::Surface;

/// Lines being written, of one surface.
struct Lines<'a> {
    surface: Surface<'a>,
    lines: Vec<String>,
}

impl Surface<'_> {
    pub(super) fn block(self, items: &[Item]) -> String {
        let mut text = String::new();
        for item in items {
            if !text.is_empty() {
                text.push('\n');
            }
            let mut lines = Lines { surface: self, lines: Vec::new() };
            lines.item(item);
            for line in lines.lines {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }
}

impl Lines<'_> {
    fn item(&mut self, item: &Item) {
        let surface = self.surface;
        let keyword = surface.word(declaration_word(&item.kind));
        let names = surface.declared(&item.names);
        self.push(
            0,
            match &item.kind {
                ItemKind::Group(values) => format!("{keyword} {names} = {}", surface.primaries(values)),
                ItemKind::Define(expr) => format!("{keyword} {names} = {}", surface.at(expr, Level::Or)),
                _ => format!("{keyword} {names}"),
            },
        );
        self.cites(&item.cites);
        match &item.kind {
            ItemKind::Group(_) | ItemKind::Define(_) => {}
            ItemKind::Policy(policy) => self.policy(policy),
            ItemKind::WordList(words) => words.iter().for_each(|word| self.push(1, surface.declared(word))),
            ItemKind::Table(_, columns) => self.columns(columns),
            ItemKind::Parameter(parameter) => self.parameter(parameter),
            ItemKind::General(general) => self.general(general),
            ItemKind::Measure(measure) => self.measure(measure),
            ItemKind::Fund(fund) => self.fund(fund),
            ItemKind::Desk(desk) => self.desk(desk),
            ItemKind::Procedure(procedure) => self.procedure(procedure),
            ItemKind::Target(target) => self.target(target),
            ItemKind::Statement(_, statement) => self.statement(statement),
        }
    }

    fn policy(&mut self, policy: &Policy) {
        for (keyword, date) in [
            (Keyword::Published, policy.published),
            (Keyword::Covers, policy.covers),
            (Keyword::PayableNotBefore, policy.payable),
        ] {
            if let Some((days, _)) = date {
                self.clause(keyword, self.surface.date(days));
            }
        }
        self.texts(Keyword::Source, &policy.source);
    }

    fn columns(&mut self, declarations: &[ColumnDecl]) {
        let surface = self.surface;
        let rows = declarations.iter().map(|column| {
            let mut words = vec![match &column.ty {
                TypeDecl::BuiltIn(ty) => surface.word(type_word(*ty)),
                TypeDecl::Words(list) => surface.name(list),
            }];
            words.extend(column.key.then_some(Keyword::IsKey).map(|keyword| surface.word(keyword)));
            let empty = match column.empty {
                Empty::Unknown => None,
                // A part of the key is required anyhow.
                Empty::Required => (!column.key).then_some(Keyword::IsRequired),
                Empty::NotHappened => Some(Keyword::EmptyNotHappened),
                Empty::Own => Some(Keyword::EmptyOwn),
            };
            words.extend(empty.map(|keyword| surface.word(keyword)));
            words.extend(column.for_the_record.then_some(Keyword::ForTheRecord).map(|keyword| surface.word(keyword)));
            (surface.declared(&column.names), words.join(" "))
        });
        for line in columns(rows) {
            self.push(1, line);
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let surface = self.surface;
        let rows = parameter.values.iter().map(|(value, validity)| {
            (surface.at(value, Level::Rounded), surface.validity(validity).trim_start().to_owned())
        });
        for line in columns(rows) {
            self.push(1, line);
        }
        if parameter.transition != Transition::default() {
            self.clause(Keyword::Transition, surface.transition(parameter.transition));
        }
    }

    fn general(&mut self, general: &General) {
        if let Some(dated) = general.dated_only {
            let which = if dated { Keyword::DatedMeasures } else { Keyword::YearlyMeasures };
            self.clause(Keyword::AppliesTo, self.surface.word(which));
        }
        general.conditions.iter().for_each(|condition| self.condition(condition));
    }

    fn measure(&mut self, measure: &Measure) {
        let surface = self.surface;
        if let Some(basis) = &measure.basis {
            self.clause(Keyword::For, surface.basis(basis));
        }
        if let Some(dated) = &measure.dated {
            self.clause(Keyword::Dated, surface.at(dated, Level::Rounded));
        }
        if let Some(from) = &measure.from {
            let from = surface.at(from, Level::Primary);
            self.clause(Keyword::From, format!("{from} {}", surface.word(Keyword::Onward)));
        }
        for (names, value) in &measure.lets {
            self.clause(Keyword::Let, format!("{} = {}", surface.declared(names), surface.at(value, Level::Or)));
        }
        measure.conditions.iter().for_each(|condition| self.condition(condition));
        if !measure.exempt.is_empty() {
            self.clause(Keyword::Except, self.idents(&measure.exempt));
        }
        for pay in &measure.pays {
            self.amount(1, &pay.amount, &pay.validity);
        }
        measure.exceptions.iter().for_each(|exception| self.exception(exception));
        for limit in &measure.limits {
            self.clause(Keyword::Limit, surface.limit(&limit.kind));
        }
        if measure.next_year.is_some() {
            self.clause(Keyword::Payable, surface.word(Keyword::NextYear));
        }
        self.fund_named(measure.fund.as_ref());
        if let Some(procedure) = &measure.procedure {
            self.clause(Keyword::Procedure, surface.name(procedure));
        }
        if !measure.stacks_with.is_empty() {
            let others = self.idents(&measure.stacks_with);
            self.clause(Keyword::StacksWith, format!("{others} {}", surface.word(Keyword::Stacked)));
        }
        if let Some((transition, _)) = measure.transition {
            self.clause(Keyword::Transition, surface.transition(transition));
        }
        self.texts(Keyword::Evidence, &measure.evidence);
        self.texts(Keyword::OptionalEvidence, &measure.optional_evidence);
        self.texts(Keyword::Discretion, &measure.discretion);
        self.texts(Keyword::Purpose, &measure.purpose);
    }

    fn fund(&mut self, fund: &Fund) {
        let surface = self.surface;
        for (size, from, _) in &fund.sizes {
            let size = surface.at(size, Level::Rounded);
            let (yearly, from_word) = (surface.word(Keyword::Yearly), surface.word(Keyword::From));
            let (from, onward) = (surface.year(*from), surface.word(Keyword::Onward));
            self.clause(Keyword::Size, format!("{yearly} {size} {from_word} {from} {onward}"));
        }
        if let Some(carries_over) = fund.carries_over {
            let rule = if carries_over { Keyword::CarriesOver } else { Keyword::Lapses };
            self.clause(Keyword::Balance, surface.word(rule));
        }
        self.texts(Keyword::Source, &fund.source);
        self.texts(Keyword::Purpose, &fund.purpose);
        self.texts(Keyword::Note, &fund.notes);
    }

    fn desk(&mut self, desk: &Desk) {
        self.texts(Keyword::Department, &desk.department);
    }

    /// Steps in three columns, then the time limits that belong to no desk.
    fn procedure(&mut self, procedure: &Procedure) {
        let surface = self.surface;
        let within = procedure.steps.iter().map(|step| surface.working_days(step.within.days));
        let desks = procedure.steps.iter().map(|step| surface.name(&step.desk).to_owned());
        let behind = columns(desks.zip(within));
        let words = procedure.steps.iter().map(|step| surface.word(step_word(step.step)).to_owned());
        for line in columns(words.zip(behind)) {
            self.push(1, line);
        }
        for (keyword, within) in
            [(Keyword::Correction, procedure.correction), (Keyword::Objection, procedure.objection)]
        {
            if let Some(within) = within {
                self.clause(keyword, surface.working_days(within.days));
            }
        }
    }

    fn target(&mut self, target: &Target) {
        if let Some(must) = target.must {
            self.clause(Keyword::Strength, self.surface.word(if must { Keyword::Must } else { Keyword::Aim }));
        }
        self.texts(Keyword::Unit, &target.unit);
        target.goals.iter().for_each(|goal| self.goal(goal));
        if let Some(measure) = &target.counted_by {
            self.clause(Keyword::CountedBy, self.surface.name(measure));
        }
        self.texts(Keyword::Responsible, &target.responsible);
        self.texts(Keyword::Note, &target.notes);
    }

    fn goal(&mut self, goal: &Goal) {
        let surface = self.surface;
        let value = match &goal.value {
            GoalValue::Figure(comparison, value) => surface.goal_figure(*comparison, value),
            GoalValue::Words(words) => surface.quoted(words),
        };
        match goal.when {
            GoalYear::In(year) => self.clause(Keyword::Goal, format!("{} {value}", surface.year(year))),
            GoalYear::Every => self.clause(Keyword::Goal, format!("{} {value}", surface.word(Keyword::Yearly))),
            GoalYear::Unsaid => self.clause(Keyword::Goal, value),
            GoalYear::Increase => self.clause(Keyword::Increase, value),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        self.texts(Keyword::Note, &statement.notes);
        self.texts(Keyword::Lead, &statement.lead);
        self.texts(Keyword::Responsible, &statement.responsible);
        self.fund_named(statement.fund.as_ref());
    }

    fn condition(&mut self, condition: &ConditionDecl) {
        self.clause(Keyword::Condition, self.surface.condition_head(condition));
        if let Test::Any(operands) | Test::All(operands) = &condition.test {
            operands.iter().for_each(|operand| self.operand(operand));
        }
    }

    fn operand(&mut self, operand: &Expr) {
        self.push(2, self.surface.at(operand, Level::Or));
    }

    fn exception(&mut self, exception: &ExceptionDecl) {
        self.clause(Keyword::Exception, self.surface.exception_head(exception));
        self.amount(2, &exception.amount, &Validity::default());
    }

    fn amount(&mut self, depth: usize, amount: &AmountDecl, validity: &Validity) {
        let head = self.surface.amount_head(amount, validity);
        let pays = self.surface.word(Keyword::Pays);
        match amount {
            AmountDecl::Nothing => self.push(depth, head),
            AmountDecl::One(_) => self.push(depth, format!("{pays} {head}")),
            AmountDecl::Tiers { tiers, .. } => {
                self.push(depth, format!("{pays} {head}"));
                for row in self.surface.tier_rows(tiers) {
                    self.push(depth + 1, row);
                }
            }
        }
    }

    fn cites(&mut self, cites: &[ClauseRef]) {
        if !cites.is_empty() {
            let numbers = self.surface.list(cites.iter().map(|clause| &clause.number));
            self.clause(Keyword::Cites, numbers);
        }
    }

    fn fund_named(&mut self, fund: Option<&Ident>) {
        if let Some(fund) = fund {
            self.clause(Keyword::Fund, self.surface.name(fund));
        }
    }

    fn idents(&self, idents: &[Ident]) -> String {
        self.surface.list(idents.iter().map(|ident| self.surface.name(ident)))
    }

    /// A line for each text, which stays as it was written.
    fn texts<'t>(&mut self, keyword: Keyword, texts: impl IntoIterator<Item = &'t String>) {
        texts.into_iter().for_each(|text| self.clause(keyword, text));
    }

    fn clause(&mut self, keyword: Keyword, rest: impl AsRef<str>) {
        self.push(1, format!("{} {}", self.surface.word(keyword), rest.as_ref()));
    }

    fn push(&mut self, depth: usize, line: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "  ".repeat(depth), line.as_ref()));
    }
}

fn declaration_word(kind: &ItemKind) -> Keyword {
    match kind {
        ItemKind::Policy(_) => Keyword::Policy,
        ItemKind::WordList(_) => Keyword::WordList,
        ItemKind::Table(TableKind::Party, _) => Keyword::PartyTable,
        ItemKind::Table(TableKind::Event, _) => Keyword::EventTable,
        ItemKind::Table(TableKind::Account, _) => Keyword::AccountTable,
        ItemKind::Group(_) => Keyword::Group,
        ItemKind::Define(_) => Keyword::Define,
        ItemKind::Parameter(_) => Keyword::Parameter,
        ItemKind::General(_) => Keyword::General,
        ItemKind::Measure(_) => Keyword::Measure,
        ItemKind::Fund(_) => Keyword::Fund,
        ItemKind::Desk(_) => Keyword::Desk,
        ItemKind::Procedure(_) => Keyword::Procedure,
        ItemKind::Target(_) => Keyword::Target,
        ItemKind::Statement(kind, _) => match kind {
            StatementKind::Platform => Keyword::Platform,
            StatementKind::Task => Keyword::Task,
            StatementKind::Finance => Keyword::Finance,
            StatementKind::Talent => Keyword::Talent,
            StatementKind::Safeguard => Keyword::Safeguard,
            StatementKind::Reference => Keyword::Reference,
            StatementKind::Promise => Keyword::Promise,
        },
    }
}

fn step_word(step: StepKind) -> Keyword {
    match step {
        StepKind::Accept => Keyword::Accept,
        StepKind::FormalReview => Keyword::FormalReview,
        StepKind::SubstantiveReview => Keyword::SubstantiveReview,
        StepKind::Decide => Keyword::Decide,
        StepKind::Notice => Keyword::Notice,
        StepKind::Pay => Keyword::Pay,
    }
}

fn type_word(ty: ColumnType) -> Keyword {
    match ty {
        ColumnType::Money => Keyword::TypeMoney,
        ColumnType::Percent => Keyword::TypePercent,
        ColumnType::Decimal => Keyword::TypeDecimal,
        ColumnType::Date => Keyword::TypeDate,
        ColumnType::Year => Keyword::TypeYear,
        ColumnType::Count => Keyword::TypeCount,
        ColumnType::Bool => Keyword::TypeBool,
        // A column of words names its list, so the parser never gives this one.
        ColumnType::Text | ColumnType::Word(_) => Keyword::TypeText,
        ColumnType::Industry => Keyword::TypeIndustry,
        ColumnType::Division => Keyword::TypeDivision,
        ColumnType::Party => Keyword::TypeParty,
    }
}
