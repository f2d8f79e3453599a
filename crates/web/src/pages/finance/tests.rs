//! Finance over a small district.
