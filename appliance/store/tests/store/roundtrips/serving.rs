//! Networks, leases, images and profiles.

use std::net::Ipv4Addr;

use rackwright_model::network::{DhcpMode, Subnet};
use rackwright_model::profile::{
    DiskLayout, ImageFormat, ImagePurpose, NetworkChoice, PackageSource, Profile, SystemUser,
};
use rackwright_model::{ImageId, MacAddr};
use rackwright_store::StoreError;
use rackwright_store::image::*;
use rackwright_store::lease::*;
use rackwright_store::network::*;
use rackwright_store::profile::*;

use crate::{Database, NOW, name};

pub(super) fn profile() -> Profile {
    Profile {
        image: name("debian-12"),
        disk: DiskLayout::default(),
        users: vec![SystemUser {
            name: "ops".into(),
            ssh_keys: vec!["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5".into()],
            password_hash: Some("$y$hash".into()),
            sudo: true,
        }],
        timezone: "Europe/Berlin".into(),
        domain: Some("example.net".into()),
        network: NetworkChoice::Static,
        packages: vec!["htop".into()],
        package_sources: vec![PackageSource {
            uri: "http://10.77.0.1/debian".into(),
            suite: "bookworm".into(),
            components: vec!["main".into()],
            key: None,
            unsigned: false,
        }],
        without_image_sources: false,
        post_install: vec!["true".into()],
    }
}

fn subnet(third: u8) -> Subnet {
    Subnet {
        cidr: format!("10.77.{third}.0/24").parse().expect("valid"),
        mode: DhcpMode::Pool,
        pool_first: Some(Ipv4Addr::new(10, 77, third, 50)),
        pool_last: Some(Ipv4Addr::new(10, 77, third, 60)),
        router: Some(Ipv4Addr::new(10, 77, third, 1)),
        dns: vec![Ipv4Addr::new(10, 77, third, 1)],
        lease_s: 600,
    }
}

#[tokio::test]
async fn networks_are_changed_in_place() {
    Database::new()
        .write(|tx| {
            let id = network_put(tx, &name("rack-1"), &subnet(0))?;
            assert_eq!(network_put(tx, &name("rack-1"), &subnet(1))?, id);
            assert_eq!(network_list(tx)?, [Network { id, name: name("rack-1"), subnet: subnet(1) }]);
            assert!(network_delete(tx, &name("rack-1"))?);
            assert!(!network_delete(tx, &name("rack-1"))?);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn an_address_has_one_holder() {
    Database::new()
        .write(|tx| {
            let network = network_put(tx, &name("rack-1"), &subnet(0))?;
            let lease = |last: u8, host: u8| LeaseRow {
                mac: MacAddr([2, 0, 0, 0, 0, last]),
                address: Ipv4Addr::new(10, 77, 0, host),
                network,
                until: NOW.plus(i64::from(host)),
            };
            lease_put(tx, &lease(1, 50))?;
            lease_put(tx, &lease(1, 51))?;
            assert_eq!(lease_of_mac(tx, lease(1, 0).mac)?, Some(lease(1, 51)), "one lease per machine");
            lease_put(tx, &lease(2, 51))?;
            assert_eq!(
                lease_of_address(tx, lease(0, 51).address)?,
                Some(lease(2, 51)),
                "taken from its last holder"
            );
            assert_eq!(lease_list(tx)?.len(), 1);
            lease_end(tx, lease(2, 0).mac, lease(0, 51).address, NOW)?;
            assert_eq!(lease_of_mac(tx, lease(2, 0).mac)?.map(|lease| lease.until), Some(NOW));
            lease_delete(tx, lease(2, 0).mac)?;
            assert!(lease_list(tx)?.is_empty());
            lease_put(tx, &lease(3, 52))?;
            network_delete(tx, &name("rack-1"))?;
            assert!(lease_list(tx)?.is_empty(), "leases go with their network");
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn declined_addresses_rest_for_a_while() {
    Database::new()
        .write(|tx| {
            let address = Ipv4Addr::new(10, 77, 0, 50);
            declined_put(tx, address, NOW.plus(5))?;
            declined_put(tx, address, NOW.plus(10))?;
            assert_eq!(declined_list(tx, NOW.plus(9))?, [address]);
            assert!(declined_list(tx, NOW.plus(10))?.is_empty());
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn images() {
    Database::new()
        .write(|tx| {
            let mut image = ImageRow {
                id: ImageId(0),
                name: name("debian-12"),
                os: "Debian GNU/Linux 12 (bookworm)".into(),
                arch: "amd64".into(),
                format: ImageFormat::TarZst,
                purpose: ImagePurpose::Server,
                sha256: "ab".repeat(32),
                bytes: 1 << 40,
                unpacked_bytes: 3 << 40,
                added_at: NOW,
                verified_at: None,
                broken: None,
            };
            image.id = image_put(tx, &image)?;
            assert_eq!(image_named(tx, &image.name)?.as_ref(), Some(&image));
            image_mark(tx, &image.name, NOW.plus(1), Some("torn"))?;
            let marked =
                ImageRow { verified_at: Some(NOW.plus(1)), broken: Some("torn".into()), ..image.clone() };
            assert_eq!(image_list(tx)?, [marked]);
            let replaced = ImageRow { sha256: "cd".repeat(32), ..image.clone() };
            assert_eq!(image_put(tx, &replaced)?, image.id, "an image of the same name is replaced");
            assert_eq!(image_named(tx, &image.name)?, Some(replaced), "and the mark with it");
            assert!(image_delete(tx, &image.name)?);
            assert!(!image_delete(tx, &image.name)?);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn profiles() {
    Database::new()
        .write(|tx| {
            let id = profile_insert(tx, &name("web"), &profile(), NOW)?;
            let row = ProfileRow { id, name: name("web"), profile: profile(), created_at: NOW, servers: 0 };
            assert_eq!(profile_named(tx, &name("web"))?, Some(row.clone()));
            assert_eq!(profile_list(tx)?, [row]);
            assert!(matches!(
                profile_insert(tx, &name("web"), &profile(), NOW),
                Err(StoreError::Taken { .. })
            ));
            assert_eq!(profile_of_image(tx, &name("debian-12"))?, [name("web")]);
            assert!(profile_of_image(tx, &name("other"))?.is_empty());
            assert!(profile_delete(tx, &name("web"))?);
            assert!(!profile_delete(tx, &name("web"))?);
            Ok(())
        })
        .await;
}
