//! Extra packages, from the package sources of the new system.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::Site;

/// Seconds that fetching the lists, and then the packages, may take.
const LIMIT_S: u64 = 1_200;
/// While it exists, package scripts start no services (invoke-rc.d(8)).
const POLICY: &str = "usr/sbin/policy-rc.d";
/// How apt says that a list could not be fetched, which fails only what needs it.
const UNREAD: &str = "W: Failed to fetch ";
/// Unread lists that are named in a reason.
const UNREAD_NAMED: usize = 3;

const WHAT: &str = "the extra packages could not be installed";
const ADVICE: &str = "Check that the machine reaches the package sources of its profile and image (its router, name servers, \
                      proxy), and the names of the packages in the profile.";

/// Installs the profile's packages.
pub fn add(site: &Site<'_>) -> Result<(), Fault> {
    let packages = &site.order.profile.packages;
    if packages.is_empty() {
        return Ok(());
    }
    let had_policy = site.path(POLICY).exists();
    if !had_policy {
        site.write(POLICY, "#!/bin/sh\nexit 101\n", 0o755)?;
    }
    let result = install(site, packages);
    if !had_policy {
        std::fs::remove_file(site.path(POLICY)).map_err(Fault::file(Path::new(POLICY)))?;
    }
    result
}

fn install(site: &Site<'_>, packages: &[String]) -> Result<(), Fault> {
    site.report.log(&format!("installing packages: {}", packages.join(" ")));
    let unread = update(site)?;
    let unknown = unknown(site, packages)?;
    if !unknown.is_empty() {
        return Err(unknown_fault(&unknown, &unread));
    }
    let names = packages.iter().map(String::as_str);
    let arguments = ["-y", "--no-install-recommends", "install", "--"].into_iter().chain(names);
    site.run_inside_logged(&apt(arguments)).map_err(Fault::command(WHAT, ADVICE))
}

fn apt<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Program {
    let quick = ["-q", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"];
    Program::new("apt-get", quick.into_iter().chain(arguments))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .limit_s(LIMIT_S)
}

/// Fetches the lists of packages; what apt says of those that it could not have.
fn update(site: &Site<'_>) -> Result<Vec<String>, Fault> {
    let mut unread = Vec::new();
    let updated = site.run_inside_with(&apt(["update"]), &mut |line| {
        site.report.log(line);
        unread.extend(line.strip_prefix(UNREAD).map(str::to_owned));
    });
    updated.map_err(Fault::command(WHAT, ADVICE))?;
    Ok(unread)
}

/// The names that no source knows. apt-get itself would take a name with a dot for a pattern, and one that ends in a hyphen
/// for an order to remove (apt-get(8), "install").
fn unknown<'a>(site: &Site<'_>, packages: &'a [String]) -> Result<Vec<&'a str>, Fault> {
    let mut unknown: BTreeSet<&str> = packages.iter().map(String::as_str).collect();
    let names = Program::new("apt-cache", ["--all-names", "pkgnames"]).limit_s(LIMIT_S);
    let listed = site.run_inside_with(&names, &mut |name| {
        unknown.remove(name);
    });
    listed.map_err(Fault::command(WHAT, ADVICE))?;
    Ok(unknown.into_iter().collect())
}

fn unknown_fault(unknown: &[&str], unread: &[String]) -> Fault {
    let mut reason = format!("no package source of the new system has a package {}", unknown.join(", "));
    if !unread.is_empty() {
        let named: Vec<&str> = unread.iter().take(UNREAD_NAMED).map(String::as_str).collect();
        reason += &format!("; some of them could not be read: {}", named.join("; "));
    }
    Fault::new(reason, ADVICE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_package_is_named_with_the_sources_that_were_out_of_reach() {
        let silent = unknown_fault(&["htpo", "vmi"], &[]);
        assert_eq!(silent.reason, "no package source of the new system has a package htpo, vmi");
        let unread = ["http://a.example/x  Could not resolve".to_owned()];
        let fault = unknown_fault(&["htop"], &unread);
        assert!(
            fault.reason.ends_with("could not be read: http://a.example/x  Could not resolve"),
            "{fault}"
        );
    }
}
