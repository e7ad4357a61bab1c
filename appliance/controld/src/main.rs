//! `rackwrightd`: the daemon of the Control Center.

mod arguments;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use rackwright_controld::config::{self, Config, ConfigError};
use rackwright_controld::daemon::Daemon;
use rackwright_controld::{named_files, notify};
use rackwright_domain::refusal::chain;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, DEFAULT_CONFIG};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.example {
        print!("{}", config::reference());
        return ExitCode::SUCCESS;
    }
    let config = match load(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("rackwrightd: {error}");
            return ExitCode::FAILURE;
        }
    };
    if arguments.check {
        println!("The configuration is valid.");
        if config.mail.is_none() {
            println!("note: [mail] names no server, so people who forget their password are sent no link.");
        }
        for sentence in named_files::missing(&config) {
            eprintln!("warning: {sentence}");
        }
        return ExitCode::SUCCESS;
    }
    log_to_stderr(&config.log_filter);
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            tracing::error!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The configuration; all defaults when no file is named and there is none at the usual place.
fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    match path {
        Some(path) => Config::load(path),
        None if Path::new(DEFAULT_CONFIG).exists() => Config::load(Path::new(DEFAULT_CONFIG)),
        None => Config::read(Path::new(DEFAULT_CONFIG), ""),
    }
}

/// The journal adds the time itself; a terminal gets colours.
fn log_to_stderr(filter: &str) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if std::env::var_os("JOURNAL_STREAM").is_some() { log.without_time().init() } else { log.init() }
}

fn run(config: Config) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no threads could be started: {error}; check the limits of this service"))?;
    let ended = runtime.block_on(serve(config));
    // Blocking reads that are still under way must not hold up the exit: what was answered is on the disk.
    runtime.shutdown_background();
    ended
}

async fn serve(config: Config) -> Result<(), String> {
    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be received: {error}"));
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let run_dir = config.run_dir.clone();
    let mut daemon = Daemon::start(config)
        .await
        .map_err(|error| format!("rackwrightd cannot start: {}", chain(&error)))?;
    if let Some(password) = daemon.take_admin_password() {
        let file = run_dir.join(rackwright_controld::daemon::PASSWORD_FILE);
        println!(
            "Sign in to the panel as admin with the one-time password {password} (also in {}).",
            file.display()
        );
    }
    notify::tell(notify::State::Ready);
    daemon.run(stop_asked(&mut term, &mut int)).await.map_err(|died| died.to_string())
}

async fn stop_asked(term: &mut Signal, int: &mut Signal) {
    let name = tokio::select! {
        _ = term.recv() => "SIGTERM",
        _ = int.recv() => "SIGINT",
    };
    tracing::info!("The Control Center stops ({name}).");
}
