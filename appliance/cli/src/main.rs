//! The command `rackwright`.

fn main() -> std::process::ExitCode {
    rackwright_cli::main()
}
