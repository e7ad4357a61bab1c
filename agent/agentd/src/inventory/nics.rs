//! Network cards, from /sys/class/net.

use std::fs;
use std::path::Path;

use rackwright_model::MacAddr;
use rackwright_model::inventory::Nic;

use super::{attribute, names};

/// ARPHRD_ETHER of <linux/if_arp.h>.
const ETHERNET: &str = "1";

/// Every Ethernet interface that has a device behind it, by name.
pub fn list(sys: &Path) -> Vec<Nic> {
    let class = sys.join("class/net");
    names(&class).into_iter().filter_map(|name| read(&class.join(&name), &name)).collect()
}

fn read(directory: &Path, name: &str) -> Option<Nic> {
    if attribute(&directory.join("type")).as_deref() != Some(ETHERNET) || !directory.join("device").exists() {
        return None;
    }
    let mac: MacAddr = attribute(&directory.join("address"))?.parse().ok()?;
    // Reading fails with EINVAL while the interface is down.
    let link = attribute(&directory.join("carrier")).as_deref() == Some("1");
    Some(Nic {
        name: name.to_owned(),
        mac,
        link,
        // -1 means unknown.
        speed_mbps: attribute(&directory.join("speed")).and_then(|text| text.parse().ok()),
        driver: fs::read_link(directory.join("device/driver"))
            .ok()
            .and_then(|target| Some(target.file_name()?.to_str()?.to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn lists_hardware_with_link_speed_and_driver() {
        let sys = tempfile::tempdir().expect("temporary directory");
        let put = |path: &str, text: &str| {
            let path = sys.path().join("class/net").join(path);
            fs::create_dir_all(path.parent().expect("has a parent")).expect("made");
            fs::write(path, text).expect("written");
        };
        put("eth0/type", "1\n");
        put("eth0/address", "52:54:00:12:34:56\n");
        put("eth0/carrier", "1\n");
        put("eth0/speed", "10000\n");
        fs::create_dir_all(sys.path().join("class/net/eth0/device")).expect("made");
        symlink("../../../bus/virtio/drivers/virtio_net", sys.path().join("class/net/eth0/device/driver"))
            .expect("linked");
        put("eth1/type", "1\n");
        put("eth1/address", "52:54:00:12:34:57\n");
        put("eth1/speed", "-1\n");
        fs::create_dir_all(sys.path().join("class/net/eth1/device")).expect("made");
        put("lo/type", "772\n");
        put("br0/type", "1\n");
        put("br0/address", "52:54:00:12:34:58\n");

        let nics = list(sys.path());
        assert_eq!(nics.len(), 2);
        assert_eq!((nics[0].name.as_str(), nics[0].link, nics[0].speed_mbps), ("eth0", true, Some(10_000)));
        assert_eq!(nics[0].driver.as_deref(), Some("virtio_net"));
        assert_eq!((nics[1].link, nics[1].speed_mbps, nics[1].driver.as_deref()), (false, None, None));
    }
}
