//! The FIN (MT) engine: blocks, fields, message structures, rules, reading and writing.
