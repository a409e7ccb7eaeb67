//! What a long-running process needs around it: a runtime, logs, and the signals that stop it.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::exit::Failure;

/// Resolves when the process is to stop.
pub(crate) type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs a service until SIGTERM or Ctrl-C.
pub(crate) fn run<F, E>(service: impl FnOnce(Stop) -> F) -> Result<ExitCode, Failure>
where
    F: Future<Output = Result<(), E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_env("NUNCIO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).context("cannot hear SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot hear Ctrl-C")?;
        let stop: Stop = Box::pin(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        });
        service(stop).await.map_err(anyhow::Error::new)?;
        Ok(ExitCode::SUCCESS)
    })
}
