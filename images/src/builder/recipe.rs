//! What goes into a Debian 12 image, and why.

mod private;
mod server;

use ring::digest::{SHA256, digest};

use super::overlay::File;
use super::spec::System;

/// Counted up when the code around the recipe changes what an image holds.
const VERSION: &str = "2";

/// Level 9 unpacks as fast as level 3, is a seventh smaller, and takes seconds; 19 takes minutes for a seventh more and
/// unpacks at half the speed.
pub(super) const LEVEL: i32 = 9;

/// Kept out of the image only while it is built: what is installed later brings its manual pages and translations along.
pub(super) const PATH_FILTERS: [&str; 10] = [
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/locale/*",
    "path-include=/usr/share/locale/locale.alias",
    "path-exclude=/usr/share/lintian/*",
    // Unsigned twins of the signed boot loader, and loaders for network boot and for compact discs.
    "path-exclude=/usr/lib/grub/x86_64-efi/monolithic/*",
    "path-exclude=/usr/lib/grub/x86_64-efi-signed/gcdx64*",
    "path-exclude=/usr/lib/grub/x86_64-efi-signed/grubnet*",
];

/// Every machine makes its own keys of the secure shell.
const HOST_KEYS: File =
    ("etc/systemd/system/ssh-host-keys.service", 0o644, include_str!("overlay/ssh-host-keys.service"));

/// Before any package is there.
pub(super) const SETUP: &str = include_str!("setup-hook.sh");

/// How one kind of system is put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipe {
    /// Beside the essential packages and apt.
    packages: Vec<&'static str>,
    pub overlay: Vec<File>,
    /// After the last package.
    pub customize: &'static str,
}

impl Recipe {
    pub fn of(system: System) -> Self {
        match system {
            System::Server(flavour) => server::recipe(flavour),
            System::Private(service) => private::recipe(service),
        }
    }

    /// Every package to install by name, in a fixed order and without repeats.
    pub fn with_extra<'a>(&'a self, extra: &'a [String]) -> Vec<&'a str> {
        let mut all = self.packages.clone();
        all.extend(extra.iter().map(String::as_str));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A hash of everything in this recipe that is the same for all its images.
    pub fn fingerprint(&self) -> String {
        let mut text =
            format!("{VERSION} {LEVEL}\n{}\n{}\n", PATH_FILTERS.join("\n"), self.packages.join("\n"));
        text.push_str(SETUP);
        text.push_str(self.customize);
        for (path, mode, content) in &self.overlay {
            text.push_str(&format!("{path} {mode:o} {content}"));
        }
        hex::encode(digest(&SHA256, text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Flavour;
    use crate::builder::spec::Service;

    fn all() -> Vec<Recipe> {
        let servers = Flavour::ALL.map(System::Server).into_iter();
        servers.chain(Service::ALL.map(System::Private)).map(Recipe::of).collect()
    }

    #[test]
    fn packages_are_named_once() {
        let recipe = Recipe::of(System::Server(Flavour::Cloud));
        let extra = ["sudo", "htop"].map(str::to_owned);
        let all = recipe.with_extra(&extra);
        assert_eq!(all.iter().filter(|name| **name == "sudo").count(), 1);
        assert!(all.contains(&"htop") && all.contains(&"linux-image-cloud-amd64"));
    }

    #[test]
    fn only_servers_have_a_kernel_and_a_boot_loader() {
        for service in Service::ALL {
            let recipe = Recipe::of(System::Private(service));
            for word in ["linux-image", "grub", "initramfs", "shim"] {
                assert!(!recipe.packages.iter().any(|name| name.contains(word)), "{word} in {recipe:?}");
            }
        }
    }

    #[test]
    fn scripts_are_valid() {
        let overlay = |recipe: &Recipe| {
            let scripts = recipe.overlay.iter().filter(|(_, mode, _)| *mode == 0o755);
            scripts.map(|(.., content)| *content).collect::<Vec<_>>()
        };
        for script in
            all().iter().flat_map(|recipe| [vec![SETUP, recipe.customize], overlay(recipe)].concat())
        {
            let mut command = std::process::Command::new("sh");
            assert!(command.args(["-n", "-c", script]).status().expect("sh runs").success(), "{script}");
        }
    }
}
