//! The choices of the profile, applied inside the new system.

mod fstab;
mod identity;
mod network;
mod packages;
mod post_install;
mod sources;
mod ssh;
mod users;

use super::fault::Fault;
use super::site::Site;

/// Whether programs inside the new system have to be run for this profile.
pub fn runs_programs(site: &Site<'_>) -> bool {
    let profile = &site.order.profile;
    !(profile.users.is_empty() && profile.packages.is_empty() && profile.post_install.is_empty())
        || ssh::needs_keys(site)
}

/// Applies all of them.
pub fn configure(site: &Site<'_>) -> Result<(), Fault> {
    fstab::write(site)?;
    identity::write(site)?;
    network::write(site)?;
    users::create(site)?;
    ssh::host_keys(site)?;
    sources::write(site)?;
    packages::add(site)?;
    post_install::run(site)
}
