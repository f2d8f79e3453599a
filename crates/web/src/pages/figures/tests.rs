//! The figures over a small district.
