//! The ten tables of `docs/reference/data.md` and their rows in the making.

use crate::table::TextColumn;

/// A table of the sample.
pub(super) struct TableSpec {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Type)],
}

/// What a column holds.
#[derive(Clone, Copy)]
pub(super) enum Type {
    /// Text that seldom repeats.
    Text,
    /// Text of which there are few.
    Label,
    Word(&'static [&'static str]),
    Money,
    Date,
    Integer,
    Bool,
}

/// A cell.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Empty,
    Text(&'a str),
    /// Index in the column's words.
    Word(usize),
    /// Fen, days since 1970-01-01, a whole number, or 0 and 1.
    Number(i64),
}

/// Stands for an empty cell among numbers.
pub(super) const EMPTY: i64 = i64::MIN;

/// A column in the making.
pub(super) enum Values {
    Texts(TextColumn),
    Numbers(Vec<i64>),
}

/// Some rows of a table.
pub(super) struct Rows {
    pub(super) spec: &'static TableSpec,
    pub(super) columns: Vec<Values>,
    pub(super) len: usize,
    /// The last day that is known, in days since 1970-01-01.
    known_on: i64,
}

impl Rows {
    fn new(spec: &'static TableSpec, known_on: i64) -> Rows {
        let columns = spec.columns.iter().map(|(_, ty)| match ty {
            Type::Text | Type::Label => Values::Texts(TextColumn::default()),
            _ => Values::Numbers(Vec::new()),
        });
        Rows { spec, columns: columns.collect(), len: 0, known_on }
    }

    /// Appends a row, which has a cell for each column. What happens after the last known day is left out; a party that is
    /// registered later was registered as many days before it.
    pub(super) fn push(&mut self, row: &[Value<'_>]) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}", self.spec.name);
        let known_on = self.known_on;
        let dates = self.spec.columns.iter().zip(row).filter(|((_, ty), _)| matches!(ty, Type::Date));
        let first = dates.clone().next().map(|((name, _), value)| (*name, value));
        match first {
            Some((name, Value::Number(day))) if *day > known_on && name != REGISTERED_ON => return,
            _ => {}
        }
        let known = |(name, ty): &(&str, Type), value: &Value<'_>| match value {
            Value::Number(day) if matches!(ty, Type::Date) && *day > known_on => match *name {
                REGISTERED_ON => Some(Value::Number(known_on - (day - known_on))),
                VALID_UNTIL => None,
                _ => Some(Value::Empty),
            },
            _ => None,
        };
        for ((column, spec), value) in self.columns.iter_mut().zip(self.spec.columns).zip(row) {
            let known = known(spec, value);
            let value = known.as_ref().unwrap_or(value);
            match (column, value) {
                (Values::Texts(texts), Value::Text(text)) => texts.push(text),
                (Values::Texts(texts), _) => texts.push(""),
                (Values::Numbers(numbers), Value::Number(number)) => numbers.push(*number),
                (Values::Numbers(numbers), Value::Word(word)) => numbers.push(*word as i64),
                (Values::Numbers(numbers), _) => numbers.push(EMPTY),
            }
        }
        self.len += 1;
    }
}

/// The days that a table knows though they are later than others: of the first, see [`Rows::push`].
const REGISTERED_ON: &str = "registered_on";
const VALID_UNTIL: &str = "valid_until";

const LEVELS: Type = Type::Word(&["national", "provincial", "municipal"]);

/// The tables, in the order of [`Tables`].
pub(super) const TABLES: [TableSpec; 10] = [
    TableSpec {
        name: "enterprises",
        columns: &[
            ("code", Type::Text),
            ("name", Type::Text),
            (REGISTERED_ON, Type::Date),
            ("district", Type::Label),
            ("moved_in_on", Type::Date),
            ("industry", Type::Label),
            ("scale", Type::Word(&["large", "medium", "small", "micro"])),
            ("incubated_in", Type::Label),
            ("graduated_on", Type::Date),
            ("above_quota_since", Type::Date),
        ],
    },
    TableSpec {
        name: "annual_accounts",
        columns: &[
            ("code", Type::Text),
            ("year", Type::Integer),
            ("sales", Type::Money),
            ("district_revenue", Type::Money),
            ("loan_interest_paid", Type::Money),
            ("has_rd_institution", Type::Bool),
            ("rd_spending", Type::Money),
        ],
    },
    TableSpec {
        name: "ip_filings",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("kind", Type::Word(&["software_copyright", "invention", "utility_model", "design"])),
            ("filed_on", Type::Date),
            ("title", Type::Text),
        ],
    },
    TableSpec {
        name: "ip_products",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("product", Type::Text),
            ("own_invention_patent", Type::Bool),
            ("output_value", Type::Money),
            ("threshold_reached_on", Type::Date),
        ],
    },
    TableSpec {
        name: "recognitions",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            (
                "kind",
                Type::Word(&[
                    "technology_centre",
                    "engineering_centre",
                    "laboratory",
                    "academician_workstation",
                    "postdoc_workstation",
                    "high_tech_enterprise",
                    "software_enterprise",
                ]),
            ),
            ("level", LEVELS),
            ("platform_key", Type::Text),
            ("recognised_on", Type::Date),
            (VALID_UNTIL, Type::Date),
        ],
    },
    TableSpec {
        name: "certifications",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("kind", Type::Word(&["professional", "device", "drug"])),
            ("class", Type::Integer),
            ("cost", Type::Money),
            ("certified_on", Type::Date),
            ("production_started_on", Type::Date),
        ],
    },
    TableSpec {
        name: "projects",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("kind", Type::Word(&["project", "award"])),
            ("level", LEVELS),
            ("title", Type::Text),
            ("summary", Type::Text),
            ("project_key", Type::Text),
            ("granted_on", Type::Date),
        ],
    },
    TableSpec {
        name: "alliances",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("name", Type::Text),
            ("led_by_district_agency", Type::Bool),
            ("founded_on", Type::Date),
        ],
    },
    TableSpec {
        name: "standards",
        columns: &[
            ("id", Type::Text),
            ("code", Type::Text),
            ("level", Type::Word(&["international", "national", "industry"])),
            ("role", Type::Word(&["lead", "participant"])),
            ("published_on", Type::Date),
        ],
    },
    TableSpec {
        name: "trainings",
        columns: &[("code", Type::Text), ("year", Type::Integer), ("trainees_placed", Type::Integer)],
    },
];

/// Rows of all tables.
pub(super) struct Tables {
    pub(super) enterprises: Rows,
    pub(super) accounts: Rows,
    pub(super) ip_filings: Rows,
    pub(super) ip_products: Rows,
    pub(super) recognitions: Rows,
    pub(super) certifications: Rows,
    pub(super) projects: Rows,
    pub(super) alliances: Rows,
    pub(super) standards: Rows,
    pub(super) trainings: Rows,
}

impl Tables {
    /// Tables that know of nothing after a day, in days since 1970-01-01.
    pub(super) fn known_on(day: i64) -> Tables {
        static SPECS: [TableSpec; 10] = TABLES;
        let [
            enterprises,
            accounts,
            ip_filings,
            ip_products,
            recognitions,
            certifications,
            projects,
            alliances,
            standards,
            trainings,
        ] = SPECS.each_ref().map(|spec| Rows::new(spec, day));
        Tables {
            enterprises,
            accounts,
            ip_filings,
            ip_products,
            recognitions,
            certifications,
            projects,
            alliances,
            standards,
            trainings,
        }
    }

    /// The tables in the order of [`TABLES`].
    pub(super) fn into_array(self) -> [Rows; 10] {
        [
            self.enterprises,
            self.accounts,
            self.ip_filings,
            self.ip_products,
            self.recognitions,
            self.certifications,
            self.projects,
            self.alliances,
            self.standards,
            self.trainings,
        ]
    }
}
