//! A line to a server that can be cut.

use tokio::io::copy_bidirectional;
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

impl Line {
    /// Lays a line to the server at that port of 127.0.0.1.
    pub fn to(server: u16) -> Self {
        let (cut, is_cut) = oneshot::channel();
        let (tell, port) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                tell.send(listener.local_addr().expect("an address").port()).expect("a listener");
                tokio::select! {
                    () = serve(listener, server) => {}
                    _ = is_cut => {}
                }
            });
        });
        let port = port.recv().expect("the line is laid");
        Self { port, cut: Some(cut), thread: Some(thread) }
    }
}

async fn serve(listener: TcpListener, server: u16) {
    let mut connections = JoinSet::new();
    while let Ok((mut near, _)) = listener.accept().await {
        connections.spawn(async move {
            let mut far = TcpStream::connect(("127.0.0.1", server)).await?;
            copy_bidirectional(&mut near, &mut far).await
        });
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        drop(self.cut.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the line ends");
        }
    }
}
