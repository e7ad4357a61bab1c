//! Extra packages, from the package sources that the image carries.

use std::path::Path;

use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::Site;

/// Seconds that fetching the lists, and then the packages, may take.
const LIMIT_S: u64 = 1_200;
/// While it exists, package scripts start no services (invoke-rc.d(8)).
const POLICY: &str = "usr/sbin/policy-rc.d";

const ADVICE: &str = "Check that the machine reaches the package sources of the image (its router, name servers, proxy), and the names \
                      of the packages in the profile.";

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
    let apt = |arguments: Vec<&str>| {
        Program::new("apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive").limit_s(LIMIT_S)
    };
    let what = "the extra packages could not be installed";
    let quick = ["-q", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"];
    site.run_inside_logged(&apt([&quick[..], &["update"]].concat())).map_err(Fault::command(what, ADVICE))?;
    let names = packages.iter().map(String::as_str);
    let arguments =
        quick.into_iter().chain(["-y", "--no-install-recommends", "install", "--"]).chain(names).collect();
    site.run_inside_logged(&apt(arguments)).map_err(Fault::command(what, ADVICE))
}
