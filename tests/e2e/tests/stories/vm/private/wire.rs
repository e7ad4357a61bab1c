//! Forged frames. What a private server sends is looked for at its neighbour; one honest packet shows that the neighbour
//! would see it.

use super::{ONE, TWO};
use crate::story::{SshKey, Story};

/// Prints the kind of every frame that carries the mark, for some seconds.
const LISTEN: &str = r#"
import socket, time
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
card.bind(('eth0', 0)); card.settimeout(0.5)
end, seen = time.time() + 14, []
while time.time() < end:
    try: frame, where = card.recvfrom(2048)
    except socket.timeout: continue
    if where[2] == socket.PACKET_OUTGOING: continue
    if b'mark-of-' in frame: seen.append(frame[frame.index(b'mark-of-'):].split(b';')[0].decode())
print(' '.join(sorted(set(seen))))
"#;

/// Sends forged frames and an honest packet, each with its mark.
const SEND: &str = r#"
import socket, struct, time, sys
own, other = sys.argv[1:3]
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
card.bind(('eth0', 0))
mac = card.getsockname()[4]
gate = bytes.fromhex([l.split()[3] for l in open('/proc/net/arp') if '169.254.1.1' in l][0].replace(':', ''))
def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def ip(source, target, ports, text):
    body = struct.pack('!HHHH', *ports, 8 + len(text), 0) + text
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body
def send(name, frame):
    print(name, card.send(frame) == len(frame))
everybody, forged = b'\xff' * 6, bytes.fromhex('025257aabbcc')
v4, arp, v6 = b'\x08\x00', b'\x08\x06', b'\x86\xdd'
for _ in range(3):
    send('source', gate + mac + v4 + ip('10.77.0.1', other, (7, 9), b'mark-of-source;'))
    send('hardware', gate + forged + v4 + ip(own, other, (7, 9), b'mark-of-hardware;'))
    claim = struct.pack('!HHBBH6s4s6s4s', 1, 0x800, 6, 4, 2, mac, socket.inet_aton(other), everybody, socket.inet_aton('10.77.0.1'))
    send('arp', everybody + mac + arp + claim + b'mark-of-arp;')
    send('dhcp', everybody + mac + v4 + ip(own, '255.255.255.255', (67, 68), b'mark-of-dhcp;'))
    router = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0) + b'mark-of-router;'
    head = struct.pack('!IHBB', 6 << 28, len(router), 58, 255)
    all_nodes = bytes.fromhex('ff02' + '00' * 13 + '01')
    send('router', bytes.fromhex('333300000001') + mac + v6 + head + bytes.fromhex('fe80' + '00' * 13 + '09') + all_nodes + router)
    honest = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    honest.sendto(b'mark-of-honest;', (other, 9))
    time.sleep(1)
"#;

/// A private server may use what others leave: the kernel counts what it borrowed beyond its guarantee.
pub fn bandwidth_that_nobody_uses_is_lent(story: &Story, key: &SshKey) {
    let serve = "cd /run && head -c 8M /dev/zero > big && systemd-run --quiet --unit=lent python3 -m http.server --directory /run 81";
    assert_eq!(story.inside(ONE, serve).0, 0);
    let mut curl = story.live.rack.command("curl");
    let url = format!("http://{}:81/big", story.private_address(ONE));
    curl.args([
        "-s",
        "-o",
        "/dev/null",
        "--fail",
        "--max-time",
        "60",
        "--retry",
        "20",
        "--retry-connrefused",
        &url,
    ]);
    assert!(curl.status().expect("curl starts").success(), "8 MiB from {url}");
    let minor = story.private(ONE)["number"].as_u64().expect("a number");
    let line = format!(
        "tc -s class show dev $(ip -o route get 10.77.0.1 | sed 's/.* dev \\([^ ]*\\).*/\\1/') | \
         sed -n '/^class htb 1:{minor:x} /,/lended/ s/.*borrowed: \\([0-9]*\\).*/\\1/p'"
    );
    let borrowed: u64 = story.outside(key, &line).parse().expect("a number");
    assert!(borrowed > 0, "it was held at its guarantee");
    assert_eq!(story.inside(ONE, "systemctl stop lent; rm /run/big").0, 0);
}

pub fn forged_frames_go_nowhere(story: &Story) {
    let [one, two] = [ONE, TWO].map(|name| story.private_address(name));
    let script = |text: &str, words: &str| format!("python3 - {words} <<'END'\n{text}\nEND");
    std::thread::scope(|scope| {
        let victim = scope.spawn(|| story.inside(ONE, &script(LISTEN, "")));
        // The attacker listens too, for what is meant for its neighbour.
        let listener = scope.spawn(|| story.inside(TWO, &script(LISTEN, "")));
        std::thread::sleep(std::time::Duration::from_secs(4));
        let ping = format!("ping -q -c 1 {one} >/dev/null; {}", script(SEND, &format!("{two} {one}")));
        let (status, sent) = story.inside(TWO, &ping);
        assert_eq!(status, 0, "{sent}");
        for kind in ["source", "hardware", "arp", "dhcp", "router"] {
            let times = sent.lines().filter(|line| *line == format!("{kind} True")).count();
            assert_eq!(times, 3, "{kind} was not sent:\n{sent}");
        }
        // From the rack's network to the neighbour, while the attacker listens.
        let mut ping = story.live.rack.command("ping");
        let pattern: String = b"mark-of-traffic;".iter().map(|byte| format!("{byte:02x}")).collect();
        let status = ping.args(["-q", "-c", "2", "-s", "64", "-p", &pattern, &one]).status();
        assert!(status.expect("ping starts").success());
        let (_, seen) = victim.join().expect("listened");
        assert_eq!(seen, "mark-of-honest mark-of-traffic", "what the neighbour saw; sent was:\n{sent}");
        let (status, heard) = listener.join().expect("listened");
        // The neighbour's refusal quotes the honest packet (RFC 792): the attacker does listen.
        assert_eq!(
            (status, heard.as_str()),
            (0, "mark-of-honest"),
            "what the attacker heard of its neighbour"
        );
    });
}
