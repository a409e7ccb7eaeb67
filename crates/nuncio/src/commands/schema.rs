//! `nuncio schema`: the schemas of ISO 20022 messages, those of the program and those that users add.
//!
//! Users' schemas are XSD files in a folder; each is compiled when it is added, so that one that
//! cannot be used is refused then, and again when the folder is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use mx::{Library, Schema as Compiled};

use crate::cli::{Output, Schema, SchemaAdd, SchemaDiff, SchemaList, SchemaShow, Schemas};
use crate::exit::{self, Failure};
use crate::output;

pub(crate) fn run(command: &Schema, output: Output) -> Result<ExitCode, Failure> {
    match command {
        Schema::Add(options) => add(options, output),
        Schema::List(options) => list(options, output),
        Schema::Show(options) => show(options, output),
        Schema::Diff(options) => diff(options, output),
    }
}

/// The schemas of the program and those of the folder that the arguments name.
pub(crate) fn library(schemas: &Schemas) -> Result<Library, Failure> {
    let mut library = Library::built_in();
    if let Some(folder) = &schemas.schemas {
        for path in xsd_files(folder)? {
            compile(&path).map(|schema| library.add(schema.into()))?;
        }
    }
    Ok(library)
}

fn add(options: &SchemaAdd, output: Output) -> Result<ExitCode, Failure> {
    let Some(folder) = &options.schemas.schemas else {
        let words = "where to? give --schemas DIR, or set NUNCIO_SCHEMAS";
        return Err(Failure::said(exit::USAGE, words));
    };
    let mut files = Vec::new();
    for path in &options.files {
        if path.is_dir() { files.extend(xsd_files(path)?) } else { files.push(path.clone()) }
    }
    // All are compiled before any is kept: a folder of a new year is added whole or not at all.
    let compiled: Result<Vec<_>, Failure> =
        files.iter().map(|path| Ok((path, compile(path)?))).collect();
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut names = Vec::new();
    for (path, schema) in compiled? {
        let kept = folder.join(format!("{}.xsd", schema.message_type()));
        fs::copy(path, &kept).with_context(|| format!("cannot write {}", kept.display()))?;
        names.push(schema.message_type().to_owned());
    }
    match output {
        Output::Json => output::json(&names),
        Output::Table => output::line(&format!("{} schemas in {}", names.len(), folder.display())),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(options: &SchemaList, output: Output) -> Result<ExitCode, Failure> {
    let library = library(&options.schemas)?;
    let names: Vec<&str> = library
        .namespaces()
        .map(|namespace| namespace.strip_prefix(mx::NAMESPACE_PREFIX).unwrap_or(namespace))
        .collect();
    match output {
        Output::Json => output::json(&names),
        Output::Table => names.iter().for_each(|name| output::line(name)),
    }
    Ok(ExitCode::SUCCESS)
}

fn show(options: &SchemaShow, output: Output) -> Result<ExitCode, Failure> {
    let library = library(&options.schemas)?;
    let Some(schema) = library.message(&options.message_type) else {
        let words = format!("no schema of {} is known; 'nuncio schema add'", options.message_type);
        return Err(Failure::said(exit::NOT_FOUND, words));
    };
    let lines = schema.outline();
    match output {
        Output::Json => output::json(&serde_json::json!({
            "type": schema.message_type(), "namespace": schema.namespace(),
            "table_bytes": schema.table_bytes(), "elements": lines,
        })),
        Output::Table => {
            output::line(&format!("{}  {}", schema.message_type(), schema.namespace()));
            output::line(&format!("{} bytes of tables", schema.table_bytes()));
            lines.iter().for_each(|line| output::line(line));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn diff(options: &SchemaDiff, output: Output) -> Result<ExitCode, Failure> {
    let (old, new) = (compile(&options.old)?.outline(), compile(&options.new)?.outline());
    let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
    let come: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
    match output {
        Output::Json => output::json(&serde_json::json!({ "removed": gone, "added": come })),
        Output::Table => {
            gone.iter().for_each(|line| output::line(&format!("- {line}")));
            come.iter().for_each(|line| output::line(&format!("+ {line}")));
            if gone.is_empty() && come.is_empty() {
                output::line("the two allow the same");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn compile(path: &Path) -> Result<Compiled, Failure> {
    let bytes = fs::read(path)
        .with_context(|| format!("cannot read {}", path.display()))
        .map_err(|error| Failure::new(exit::NOT_FOUND, error))?;
    Compiled::from_xsd(&bytes).map_err(|error| {
        let words = format!("{} ({}) cannot be used", path.display(), error.code());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    })
}

/// The schema files of a folder, by name.
fn xsd_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let list = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))
        .map_err(|error| Failure::new(exit::NOT_FOUND, error))?;
    let mut files = Vec::new();
    for entry in list {
        let path = entry.context("cannot read a folder")?.path();
        if path.extension().is_some_and(|extension| extension == "xsd") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
