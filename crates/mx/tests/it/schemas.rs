//! Every official schema compiles.

use mx::Schema;

use crate::support::{schema_files, shared};

#[test]
fn every_official_schema_compiles() {
    let Some(shared) = shared() else { return };
    let mut refused = Vec::new();
    let (mut count, mut bytes) = (0, 0);
    for entry in std::fs::read_dir(shared.join("schemas/xsd")).unwrap() {
        let path = entry.unwrap().path();
        match Schema::from_xsd(&std::fs::read(&path).unwrap()) {
            Ok(schema) => bytes += schema.table_bytes(),
            Err(error) => refused.push(format!("{path:?}: {} {error}", error.code())),
        }
        count += 1;
    }
    println!("{count} schemas, {} bytes of tables each", bytes / count);
    assert!(count >= 3_176 && schema_files(&shared).len() > 3_000);
    assert!(refused.is_empty(), "{}\n{} refused", refused.join("\n"), refused.len());
}
