-- Which payment each number of the bank proves, so that no batch need be walked to know it. Batches that are there get their rows from
-- the program (batches/proofs.rs).
CREATE TABLE IF NOT EXISTS proofs (reference TEXT NOT NULL, end_to_end_id TEXT NOT NULL, PRIMARY KEY (reference, end_to_end_id));
