//! The portal: the only crate that knows HTTP.
