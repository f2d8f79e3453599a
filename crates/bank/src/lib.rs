//! Payment files to the bank and result files back, in CSV and ISO 20022.
