//! A network of its own for a process: two addresses can be reached, and every try at another is counted.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::mysql::unique_name;

/// A network namespace with one link to the host's, and relays on the host to two of its ports.
///
/// It has routes to the relays' addresses and no other, not even to itself: the kernel counts each
/// connection and datagram that no route leads to. It goes when its process ends, which ends with the
/// test, however that ends.
pub struct Namespace {
    holder: Child,
    addresses: [SocketAddr; 2],
    relays: Vec<JoinHandle<()>>,
}

impl Namespace {
    /// Makes one, from which two ports of the host's 127.0.0.1 can be reached, each by an address of its
    /// own.
    pub async fn with_ways_to(ports: [u16; 2]) -> Self {
        let mut holder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo ready && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare runs");
        let mut said = String::new();
        let stdout = holder.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        assert_eq!(said, "ready\n", "no network namespace can be made here; this test needs root");
        let mut namespace = Self { holder, addresses: [([0; 4], 0).into(); 2], relays: Vec::new() };
        let hosts = namespace.link();
        for (place, (host, port)) in hosts.into_iter().zip(ports).enumerate() {
            namespace.addresses[place] = namespace.relay(host, port).await;
        }
        namespace
    }

    /// Where the two ports are reached from inside.
    pub fn addresses(&self) -> [SocketAddr; 2] {
        self.addresses
    }

    /// A program that runs inside.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.holder.id())).arg(program);
        command
    }

    /// How many connections and datagrams had nowhere to go so far: what the kernel counts as
    /// `OutNoRoutes`, for IPv4 in a table, for IPv6 on a line of its own.
    pub fn tries_elsewhere(&self) -> u64 {
        let read = self.command("cat").args(["/proc/net/snmp", "/proc/net/snmp6"]).output();
        let text = String::from_utf8(read.expect("cat runs").stdout).expect("UTF-8");
        let mut of_ip4 = text.lines().filter_map(|line| line.strip_prefix("Ip: "));
        let (head, row) = (of_ip4.next().expect("a head"), of_ip4.next().expect("a row"));
        let place = head.split(' ').position(|name| name == "OutNoRoutes").expect("a count");
        let of_ip6 = text.lines().find_map(|line| line.strip_prefix("Ip6OutNoRoutes"));
        let figure = |text: Option<&str>| -> u64 {
            text.and_then(|text| text.trim().parse().ok()).expect("the kernel counts lost tries")
        };
        figure(row.split(' ').nth(place)) + figure(of_ip6)
    }

    /// Ties the namespace to the host's network: one address inside, two outside.
    fn link(&self) -> [Ipv4Addr; 2] {
        let unique = unique_name();
        let (tail, process) = (&unique[unique.len() - 8..], self.holder.id().to_string());
        let [outer, inner] = ["mao", "mai"].map(|side| format!("{side}{tail}"));
        // 198.18.0.0/15 is for tests of networks (RFC 2544), and for nothing else.
        let number = u32::from_str_radix(tail, 16).expect("hexadecimal digits");
        let [_, low, middle, last] = number.to_be_bytes();
        let address = |place| Ipv4Addr::new(198, 18 + low % 2, middle, last / 4 * 4 + place);
        let (inside, hosts) = (address(1), [address(2), address(3)]);

        ip(&format!("link add {outer} type veth peer name {inner} netns {process}"));
        ip(&format!("link set {outer} up"));
        for host in hosts {
            ip(&format!("address add {host}/32 dev {outer}"));
        }
        ip(&format!("route add {inside}/32 dev {outer}"));
        for change in [
            format!("address add {inside}/32 dev {inner}"),
            // Without an address of its own, the kernel would not even look for a way by IPv6.
            format!("-6 address add fd00::1/128 dev {inner} nodad"),
            format!("link set {inner} up"),
            format!("route add {}/32 dev {inner}", hosts[0]),
            format!("route add {}/32 dev {inner}", hosts[1]),
        ] {
            let done = self.command("ip").args(change.split(' ')).output().expect("ip runs");
            assert!(done.status.success(), "{change}: {}", String::from_utf8_lossy(&done.stderr));
        }
        hosts
    }

    /// Passes what comes to a free port of `host` on to a port of 127.0.0.1.
    async fn relay(&mut self, host: Ipv4Addr, port: u16) -> SocketAddr {
        let listener = TcpListener::bind((host, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        self.relays.push(tokio::spawn(async move {
            while let Ok((mut outside, _)) = listener.accept().await {
                tokio::spawn(async move {
                    if let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                        // Either side may hang up as it likes.
                        drop(copy_bidirectional(&mut outside, &mut server).await);
                    }
                });
            }
        }));
        address
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.relays.iter().for_each(JoinHandle::abort);
        // Its standard input ends, and with it the process that the namespace lives by.
        drop(self.holder.stdin.take());
        let ended = self.holder.wait();
        assert!(ended.is_ok() || std::thread::panicking(), "the namespace stays");
    }
}

fn ip(change: &str) {
    let done = Command::new("ip").args(change.split(' ')).output();
    let done = done.unwrap_or_else(|error| {
        panic!("ip: {error}; install iproute2: scripts/servers install network")
    });
    assert!(done.status.success(), "ip {change}: {}", String::from_utf8_lossy(&done.stderr));
}
