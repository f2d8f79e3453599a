//! Writes an amount as a plain integer of fen, since `duixian-money` itself knows nothing of serde.

use duixian_money::Fen;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<S: Serializer>(amount: &Fen, serializer: S) -> Result<S::Ok, S::Error> {
    amount.0.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fen, D::Error> {
    i64::deserialize(deserializer).map(Fen)
}
