//! A TCP proxy: it can be cut, cuts off idle connections, spreads connections over several servers, loses the
//! answer to a statement, or stalls.

use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Connections to a port of its own reach a server, until this is dropped: then all of them break, and
/// none is taken any more.
pub struct Line {
    /// The port, on 127.0.0.1.
    pub port: u16,
    rules: Arc<Rules>,
    cut: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What a proxy does.
#[derive(Default)]
struct Rules {
    /// Ports of 127.0.0.1, by turns.
    servers: Mutex<Vec<u16>>,
    /// After how long without a byte a connection is cut off.
    idle_limit: Option<Duration>,
    /// Grows when the connections that are open then are to stall.
    stalls: AtomicUsize,
    /// After how many bytes of the server nothing more is forwarded.
    stalls_after: Option<u64>,
    /// How many bytes of the server were forwarded.
    received: AtomicU64,
    /// The statement whose answer is lost, and the number of it at which that happens.
    loss: Option<(&'static [u8], u64)>,
    /// How often the statement was sent.
    statements: AtomicU64,
}

impl Line {
    /// Lays a line to the server at that port of 127.0.0.1.
    pub fn to(server: u16) -> Self {
        Self::start(&[server], Rules::default())
    }

    /// A line that passes a statement on, waits for the answer, and breaks the connection without passing the
    /// answer on. That happens to one statement with these words, whose number counts from 0.
    pub fn losing_answer(server: u16, statement: &'static [u8], number: u64) -> Self {
        Self::start(&[server], Rules { loss: Some((statement, number)), ..Rules::default() })
    }

    /// How often the statement was sent whose answer is to be lost.
    pub fn statements(&self) -> u64 {
        self.rules.statements.load(Ordering::Relaxed)
    }

    /// A line that forwards so many bytes of the server, and from then on nothing, on any connection.
    pub fn stalling(server: u16, bytes: u64) -> Self {
        Self::start(&[server], Rules { stalls_after: Some(bytes), ..Rules::default() })
    }

    /// A proxy that cuts off connections that are idle for so long.
    pub fn with_idle_limit(server: u16, limit: Duration) -> Self {
        Self::start(&[server], Rules { idle_limit: Some(limit), ..Rules::default() })
    }

    /// A load balancer: each connection reaches the next server.
    pub fn balancing(servers: &[u16]) -> Self {
        Self::start(servers, Rules::default())
    }

    /// From now on, connections reach these servers by turns, the first one first.
    pub fn route_to(&self, servers: &[u16]) {
        *self.rules.servers.lock().expect("no panic") = servers.to_vec();
    }

    /// Lets the connections that are open now forward nothing more, without closing them.
    pub fn stall(&self) {
        self.rules.stalls.fetch_add(1, Ordering::Relaxed);
    }

    fn start(servers: &[u16], rules: Rules) -> Self {
        let rules = Arc::new(Rules { servers: Mutex::new(servers.to_vec()), ..rules });
        let served = Arc::clone(&rules);
        let (cut, is_cut) = oneshot::channel();
        let (sender, port) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                sender.send(listener.local_addr().expect("an address").port()).expect("a listener");
                tokio::select! {
                    () = serve(listener, served) => {}
                    _ = is_cut => {}
                }
            });
        });
        let port = port.recv().expect("the line is laid");
        Self { port, rules, cut: Some(cut), thread: Some(thread) }
    }
}

impl Rules {
    fn next_server(&self) -> u16 {
        let mut servers = self.servers.lock().expect("no panic");
        servers.rotate_left(1);
        *servers.last().expect("a server")
    }

    fn loses_answer_to(&self, sent: &[u8]) -> bool {
        let Some((statement, number)) = self.loss else { return false };
        if !sent.windows(statement.len()).any(|bytes| bytes == statement) {
            return false;
        }
        self.statements.fetch_add(1, Ordering::Relaxed) == number
    }

    fn has_forwarded_all(&self, bytes: usize) -> bool {
        let received = self.received.fetch_add(bytes as u64, Ordering::Relaxed);
        self.stalls_after.is_some_and(|limit| received >= limit)
    }
}

async fn serve(listener: TcpListener, rules: Arc<Rules>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((near, _)) = listener.accept().await else { return };
        let server = rules.next_server();
        let rules = Arc::clone(&rules);
        let stalls = rules.stalls.load(Ordering::Relaxed);
        connections.spawn(async move {
            let far = TcpStream::connect(("127.0.0.1", server)).await?;
            forward(near, far, &rules, stalls).await
        });
    }
}

/// Forwards what either side sends, until the connections that were open at that number of stalls stall.
async fn forward(
    mut near: TcpStream,
    mut far: TcpStream,
    rules: &Rules,
    stalls: usize,
) -> io::Result<()> {
    let idle_limit = rules.idle_limit;
    let is_stalled = || rules.stalls.load(Ordering::Relaxed) != stalls;
    let (mut from_near, mut from_far) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = near.read(&mut from_near) => match read? {
                0 => return Ok(()),
                _ if is_stalled() => std::future::pending().await,
                bytes => {
                    far.write_all(&from_near[..bytes]).await?;
                    if rules.loses_answer_to(&from_near[..bytes]) {
                        // The server has done it by the time it answers.
                        return far.read(&mut from_far).await.map(drop);
                    }
                }
            },
            read = far.read(&mut from_far) => match read? {
                0 => return Ok(()),
                bytes if is_stalled() || rules.has_forwarded_all(bytes) => std::future::pending().await,
                bytes => near.write_all(&from_far[..bytes]).await?,
            },
            () = tokio::time::sleep(idle_limit.unwrap_or_default()), if idle_limit.is_some() => {
                return Ok(());
            }
        }
    }
}

/// Waits until a proxy has cut off a connection on which nothing was sent: until others that were idle
/// for as long have been cut off too.
pub async fn until_idle_connections_are_cut(port: u16) {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let mut bytes = [0; 1024];
    // A server may greet first.
    while connection.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.cut.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the line ends");
        }
    }
}
