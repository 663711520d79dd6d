//! A TCP proxy: it can be cut, cuts off idle connections, or spreads connections over several servers.

use std::io;
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
    cut: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// What a proxy does.
struct Rules {
    /// Ports of 127.0.0.1, by turns.
    servers: Vec<u16>,
    /// After how long without a byte a connection is cut off.
    idle_limit: Option<Duration>,
}

impl Line {
    /// Lays a line to the server at that port of 127.0.0.1.
    pub fn to(server: u16) -> Self {
        Self::start(Rules { servers: vec![server], idle_limit: None })
    }

    /// A proxy that cuts off connections that are idle for so long.
    pub fn with_idle_limit(server: u16, limit: Duration) -> Self {
        Self::start(Rules { servers: vec![server], idle_limit: Some(limit) })
    }

    /// A load balancer: each connection reaches the next server.
    pub fn balancing(servers: &[u16]) -> Self {
        Self::start(Rules { servers: servers.to_vec(), idle_limit: None })
    }

    fn start(rules: Rules) -> Self {
        let (cut, is_cut) = oneshot::channel();
        let (tell, port) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address").port()).expect("a listener");
                tokio::select! {
                    () = serve(listener, rules) => {}
                    _ = is_cut => {}
                }
            });
        });
        let port = port.recv().expect("the line is laid");
        Self { port, cut: Some(cut), thread: Some(thread) }
    }
}

async fn serve(listener: TcpListener, rules: Rules) {
    let mut connections = JoinSet::new();
    for server in rules.servers.iter().copied().cycle() {
        let Ok((near, _)) = listener.accept().await else { return };
        let idle_limit = rules.idle_limit;
        connections.spawn(async move {
            let far = TcpStream::connect(("127.0.0.1", server)).await?;
            forward(near, far, idle_limit).await
        });
    }
}

async fn forward(
    mut near: TcpStream,
    mut far: TcpStream,
    idle_limit: Option<Duration>,
) -> io::Result<()> {
    let (mut from_near, mut from_far) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            read = near.read(&mut from_near) => match read? {
                0 => return Ok(()),
                bytes => far.write_all(&from_near[..bytes]).await?,
            },
            read = far.read(&mut from_far) => match read? {
                0 => return Ok(()),
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
