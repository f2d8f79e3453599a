//! Where cases, facts, funds and the journal are kept: the only crate that knows SQL.
