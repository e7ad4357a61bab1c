//! The wire: forged frames, lent bandwidth, and what a private server reaches of its server. What a private server sends is
//! looked for at its neighbour; one honest packet shows that the neighbour would see it.

use std::time::Duration;

use super::{ONE, TWO, V6};
use crate::story::{SshKey, Story, wait_until};

/// The server's card to the outside, for its shell.
const CARD: &str = "$(ip -o route get 10.77.0.1 | sed 's/.* dev \\([^ ]*\\).*/\\1/')";

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

/// Sends forged frames and an honest packet, each with its mark. What is refused at once is told too.
const SEND: &str = r#"
import errno, socket, struct, time, sys
own, other, own_v6, other_v6 = sys.argv[1:5]
card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
card.bind(('eth0', 0))
mac = card.getsockname()[4]
def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def ip(source, target, ports, text):
    body = struct.pack('!HHHH', *ports, 8 + len(text), 0) + text
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body
def ip6(source, target, following, body, sum_at):
    source, target = (socket.inet_pton(socket.AF_INET6, address) for address in (source, target))
    summed = checksum(source + target + struct.pack('!II', len(body), following) + body)
    body = body[:sum_at] + struct.pack('!H', summed) + body[sum_at + 2:]
    return struct.pack('!IHBB', 6 << 28, len(body), following, 255) + source + target + body
# A frame of no protocol would be refused for that alone: the kernel does not look into it.
def send(name, frame):
    try: print(name, card.sendto(frame, ('eth0', struct.unpack('!H', frame[12:14])[0])) == len(frame))
    except OSError as error: print(name, errno.errorcode[error.errno])
everybody = b'\xff' * 6
v4, arp, v6 = b'\x08\x00', b'\x08\x06', b'\x86\xdd'
target = socket.inet_pton(socket.AF_INET6, other_v6)
for _ in range(3):
    send('source', mac + mac + v4 + ip('10.77.0.1', other, (7, 9), b'mark-of-source;'))
    udp = struct.pack('!HHHH', 7, 9, 8 + 17, 0) + b'mark-of-source-6;'
    send('source-6', mac + mac + v6 + ip6('fd77::1', other_v6, 17, udp, 6))
    claim = struct.pack('!HHBBH6s4s6s4s', 1, 0x800, 6, 4, 2, mac, socket.inet_aton(other), everybody, socket.inet_aton('10.77.0.1'))
    send('arp', everybody + mac + arp + claim + b'mark-of-arp;')
    send('dhcp', mac + mac + v4 + ip(own, other, (67, 68), b'mark-of-dhcp;'))
    router = struct.pack('!BBHBBHII', 134, 0, 0, 64, 0, 1800, 0, 0) + b'mark-of-router;'
    send('router', mac + mac + v6 + ip6(own_v6, other_v6, 58, router, 2))
    neighbour = struct.pack('!BBHI', 136, 0, 0, 0x60000000) + target + b'mark-of-neighbour;'
    send('neighbour', mac + mac + v6 + ip6(own_v6, other_v6, 58, neighbour, 2))
    mine = struct.pack('!BBHI', 136, 0, 0, 0x60000000) + socket.inet_pton(socket.AF_INET6, own_v6) + b'\2\1'
    send('mine', mac + mac + v6 + ip6(own_v6, other_v6, 58, mine + mac, 2))
    send('elsewhere', mac + mac + v6 + ip6(own_v6, other_v6, 58, mine + b'mark-o', 2))
    # The kernel mends a false length after the packet filter has seen it.
    neighbour = struct.pack('!BBHI', 136, 0, 0, 0x60000000) + target + b'mark-of-longer;'
    longer = ip6(own_v6, other_v6, 58, neighbour, 2)
    send('longer', mac + mac + v6 + longer[:4] + b'\xff\xff' + longer[6:])
    shorter = ip(own, other, (67, 68), b'mark-of-shorter;')
    send('shorter', mac + mac + v4 + b'\x44' + shorter[1:])
    honest = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    honest.sendto(b'mark-of-honest;', (other, 9))
    honest = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    honest.sendto(b'mark-of-honest-6;', (other_v6, 9))
    time.sleep(1)
"#;

/// Sends packets whose priority is the number of a class of the card (tc-hfsc(7)), or that of no class.
const PRIORITY: &str = r#"
import socket, sys
for priority in (0x10000, 0x1fffe, 0x1ffff):
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, priority)
    for _ in range(100): out.sendto(b'x' * 1000, ('10.77.0.1', 9))
"#;

/// Nobody chooses another class than his own: the packets of each are counted.
pub fn a_priority_buys_no_bandwidth(story: &Story, key: &SshKey) {
    let minor = story.private(TWO)["number"].as_u64().expect("a number");
    let own = format!(
        "tc -s class show dev {CARD} | grep -A1 '^class hfsc 1:{minor:x} ' | sed -n 's/^ *Sent [0-9]* bytes \\([0-9]*\\).*/\\1/p'"
    );
    let count = || story.outside(key, &own).parse::<u64>().expect("a number");
    let before = count();
    assert_eq!(story.inside(TWO, &format!("python3 - <<'END'\n{PRIORITY}\nEND")), (0, String::new()));
    let after = count();
    assert!(after >= before + 300, "packets of its own class: {before} and {after}");
}

/// The server itself is closed to those who stand on it: it counts what it does not take.
pub fn the_server_is_not_reached(story: &Story, key: &SshKey) {
    let server = story.outside(key, "ip -o route get 10.77.0.1 | sed 's/.* src \\([^ ]*\\).*/\\1/'");
    let refused = "nft list chain inet rackwright server | sed -n 's/.*counter packets \\([0-9]*\\).*/\\1/p'";
    let count = || story.outside(key, refused).parse::<u64>().expect("a number");
    let before = count();
    let knock = format!("timeout 3 bash -c ': > /dev/tcp/{server}/22'; test $? = 124");
    let (status, said) = story.inside(TWO, &knock);
    assert_eq!(status, 0, "its server answered: {said}");
    let after = count();
    assert!(after > before, "nothing came to the server: {before} and {after}");
}

/// A private server may use what others leave: with its guarantee alone it would need a minute and a half.
pub fn bandwidth_that_nobody_uses_is_lent(story: &Story, key: &SshKey) {
    let serve = "cd /run && head -c 8M /dev/zero > big && systemd-run --quiet --unit=lent python3 -m http.server --directory /run 81";
    assert_eq!(story.inside(ONE, serve).0, 0);
    let promise = |kbit| {
        story.act.done(&["private-server", "resize", ONE, "--size-bandwidth-kbit", kbit]);
    };
    promise("800");
    wait_until("it is promised little", Duration::from_secs(30), || {
        let said = story.outside(key, &format!("tc class show dev {CARD}"));
        said.contains(" ls m1 0bit d 0us m2 800Kbit ").then_some(())
    });
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
        "--retry-max-time",
        "60",
        &url,
    ]);
    assert!(curl.status().expect("curl starts").success(), "8 MiB from {url}");
    promise("10000");
    assert_eq!(story.inside(ONE, "systemctl stop lent; rm /run/big").0, 0);
}

pub fn forged_frames_go_nowhere(story: &Story) {
    let [one, two] = [ONE, TWO].map(|name| story.private_address(name));
    let script = |text: &str, words: &str| format!("python3 - {words} <<'END'\n{text}\nEND");
    std::thread::scope(|scope| {
        let victim = scope.spawn(|| story.inside(ONE, &script(LISTEN, "")));
        // The attacker listens too, for what is meant for its neighbour.
        let listener = scope.spawn(|| story.inside(TWO, &script(LISTEN, "")));
        std::thread::sleep(Duration::from_secs(4));
        let ping = format!(
            "ping -q -c 1 {one} >/dev/null; {}",
            script(SEND, &format!("{two} {one} {} {}", V6[1], V6[0]))
        );
        let (status, sent) = story.inside(TWO, &ping);
        assert_eq!(status, 0, "{sent}");
        // The kernel says so when a packet filter takes what a packet socket sends.
        let tried =
            |kind: &str, line: &str| [" True", " ENOBUFS"].iter().any(|end| line == kind.to_owned() + end);
        for kind in ["source", "source-6", "arp", "dhcp", "router", "neighbour", "longer", "shorter"] {
            let times = sent.lines().filter(|line| tried(kind, line)).count();
            assert_eq!(times, 3, "{kind} was not sent:\n{sent}");
        }
        // Where it is itself it may tell, and nothing else: the hardware address of another is taken away.
        let answers = |line: &str| sent.lines().filter(|said| *said == line).count();
        assert_eq!((answers("mine True"), answers("elsewhere ENOBUFS")), (3, 3), "{sent}");
        // From the rack's network to the neighbour, while the attacker listens.
        let mut ping = story.live.rack.command("ping");
        let pattern: String = b"mark-of-traffic;".iter().map(|byte| format!("{byte:02x}")).collect();
        let status = ping.args(["-q", "-c", "2", "-s", "64", "-p", &pattern, &one]).status();
        assert!(status.expect("ping starts").success());
        let (_, seen) = victim.join().expect("listened");
        assert_eq!(
            seen, "mark-of-honest mark-of-honest-6 mark-of-traffic",
            "what the neighbour saw; sent was:\n{sent}"
        );
        let (status, heard) = listener.join().expect("listened");
        // The neighbour's refusal quotes the honest packet (RFC 792): the attacker does listen.
        assert_eq!(
            (status, heard.as_str()),
            (0, "mark-of-honest mark-of-honest-6"),
            "what the attacker heard of its neighbour"
        );
    });
}

/// Begins forty sessions with a port where nobody listens, each from a port of its own.
const SESSIONS: &str = r#"
import socket, sys
for port in range(20000, 20040):
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.bind(('', port))
    out.sendto(b'x', (sys.argv[1], 9))
"#;

/// What others begin and what it begins itself are counted apart: whoever fills the one leaves it the other.
pub fn sessions_from_outside_leave_it_its_own(story: &Story, key: &SshKey) {
    let [one, two] = [ONE, TWO].map(|name| story.private_address(name));
    let network = format!("/run/rackwright-private/{}/network", story.tag(ONE));
    let most = |sessions: &str| {
        story.act.done(&["private-server", "resize", ONE, "--size-sessions", sessions]);
        let rules = format!("nsenter --net={network} nft list ruleset");
        wait_until("it has so many sessions", Duration::from_secs(30), || {
            story.outside(key, &rules).contains(&format!("over {sessions} drop")).then_some(())
        });
    };
    let begin =
        |from: &str, to: &str| story.inside(from, &format!("python3 - {to} <<'END'\n{SESSIONS}\nEND"));
    let reaches = |from: &str, to: &str| {
        story.inside(from, &format!("timeout 5 bash -c ': > /dev/tcp/{to}/22'")).0 == 0
    };
    assert!(reaches(ONE, &two) && reaches(TWO, &one));
    most("16");
    assert_eq!(begin(TWO, &one), (0, String::new()));
    assert!(!reaches(TWO, &one), "more than sixteen sessions from outside");
    assert!(reaches(ONE, &two), "its own go on");
    // Counted anew.
    most("17");
    // A datagram that the packet filter takes on its way out is told as EPERM.
    let (_, said) = begin(ONE, &two);
    assert!(said.contains("PermissionError"), "more than seventeen of its own: {said}");
    assert!(!reaches(ONE, &two), "nor does it begin another");
    most("2000");
    assert!(reaches(ONE, &two) && reaches(TWO, &one));
}
