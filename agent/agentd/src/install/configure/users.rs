//! People who may sign in. Password hashes go through standard input, never through a command line.

use std::path::Path;

use rackwright_model::profile::SystemUser;

use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::Site;

const ADVICE: &str = "Check the user in the profile, and that the image holds the packages passwd and sudo.";

/// Creates all users of the profile.
pub fn create(site: &Site<'_>) -> Result<(), Fault> {
    let users = &site.order.profile.users;
    for user in users {
        create_one(site, user)?;
    }
    let hashes: String = users
        .iter()
        .filter_map(|user| user.password_hash.as_ref().map(|hash| format!("{}:{hash}\n", user.name)))
        .collect();
    if hashes.contains('\r')
        || hashes.lines().count() != users.iter().filter(|user| user.password_hash.is_some()).count()
    {
        return Err(Fault::new("a user's password hash holds a line break", ADVICE));
    }
    if hashes.is_empty() {
        return Ok(());
    }
    site.run_inside(&Program::new("chpasswd", ["-e"]).stdin(hashes))
        .map_err(Fault::command("the users' passwords could not be set", ADVICE))
}

fn create_one(site: &Site<'_>, user: &SystemUser) -> Result<(), Fault> {
    let name = &user.name;
    let what = format!("the user {name} could not be created");
    if name != "root" && line_of(site, "etc/passwd", name)?.is_none() {
        let program =
            Program::new("useradd", ["--create-home", "--shell", "/bin/bash", "--user-group", name]);
        site.run_inside(&program).map_err(Fault::command(&what, ADVICE))?;
    }
    if user.sudo && name != "root" {
        site.write(&format!("etc/sudoers.d/90-rackwright-{name}"), sudoers(user), 0o440)?;
    }
    if !user.ssh_keys.is_empty() {
        authorize(site, user)?;
    }
    Ok(())
}

/// Somebody without a password cannot be asked for one.
fn sudoers(user: &SystemUser) -> String {
    let ask = if user.password_hash.is_some() { "" } else { "NOPASSWD:" };
    format!("{} ALL=(ALL:ALL) {ask}ALL\n", user.name)
}

fn authorize(site: &Site<'_>, user: &SystemUser) -> Result<(), Fault> {
    let name = &user.name;
    let account = line_of(site, "etc/passwd", name)?.ok_or_else(|| {
        Fault::new(format!("the user {name} is not in /etc/passwd after its creation"), ADVICE)
    })?;
    let fields: Vec<&str> = account.split(':').collect();
    let number = |at: usize| fields.get(at).and_then(|text| text.parse::<u32>().ok());
    let (Some(uid), Some(gid), Some(home)) = (number(2), number(3), fields.get(5)) else {
        return Err(Fault::new(format!("the line of the user {name} in /etc/passwd makes no sense"), ADVICE));
    };
    let home = home.trim_start_matches('/');
    let keys: String = user.ssh_keys.iter().map(|key| format!("{}\n", key.trim())).collect();
    let (directory, file) = (format!("{home}/.ssh"), format!("{home}/.ssh/authorized_keys"));
    site.write(&file, keys, 0o600)?;
    let own = |path: &str, mode: u32| {
        use std::os::unix::fs::{PermissionsExt, chown};
        let full = site.path(path);
        chown(&full, Some(uid), Some(gid))
            .and_then(|()| std::fs::set_permissions(&full, std::fs::Permissions::from_mode(mode)))
            .map_err(Fault::file(Path::new(path)))
    };
    own(&file, 0o600)?;
    own(&directory, 0o700)
}

/// The line of `name` in a file like passwd(5).
fn line_of(site: &Site<'_>, file: &str, name: &str) -> Result<Option<String>, Fault> {
    let text = std::fs::read_to_string(site.path(file)).map_err(Fault::file(Path::new(file)))?;
    Ok(text.lines().find(|line| line.split(':').next() == Some(name)).map(str::to_owned))
}
