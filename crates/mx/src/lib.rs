//! The ISO 20022 engine: tokeniser, schema compiler, validator, rules, reading and writing.
