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
}

impl Rows {
    pub(super) fn new(spec: &'static TableSpec) -> Rows {
        let columns = spec.columns.iter().map(|(_, ty)| match ty {
            Type::Text | Type::Label => Values::Texts(TextColumn::default()),
            _ => Values::Numbers(Vec::new()),
        });
        Rows { spec, columns: columns.collect(), len: 0 }
    }

    /// Appends a row, which has a cell for each column.
    pub(super) fn push(&mut self, row: &[Value<'_>]) {
        debug_assert_eq!(row.len(), self.columns.len(), "{}", self.spec.name);
        for (column, value) in self.columns.iter_mut().zip(row) {
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

const LEVELS: Type = Type::Word(&["national", "provincial", "municipal"]);

/// The tables, in the order of [`Tables`].
pub(super) const TABLES: [TableSpec; 10] = [
    TableSpec {
        name: "enterprises",
        columns: &[
            ("code", Type::Text),
            ("name", Type::Text),
            ("registered_on", Type::Date),
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
            ("valid_until", Type::Date),
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
    pub(super) fn new() -> Tables {
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
        ] = SPECS.each_ref().map(Rows::new);
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
