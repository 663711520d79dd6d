//! TLS to a server whose certificate the driver's TLS library does not read: the driver is connected to a socket of this
//! process, and what it sends there goes to the server encrypted.

use std::io;
use std::net::SocketAddr;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificate::AnyCertificate;

/// The bit of `CLIENT_SSL` in the second byte of the client's capabilities.
const CLIENT_SSL: u8 = 0x08;
/// The size of an SSL request, with which a login packet begins.
const SSL_REQUEST: usize = 32;
/// The first byte of the packets that end a login, `OK_Packet` and `ERR_Packet`.
const LOGIN_ENDS: [u8; 2] = [0x00, 0xff];

/// Connects to the server with TLS that verifies no certificate, and returns the path of the socket from which the
/// driver reaches it: an abstract one, which takes one connection of this process.
pub(super) async fn open(host: &str, addresses: &[SocketAddr]) -> io::Result<String> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let server = TcpStream::connect(addresses).await?;
    server.set_nodelay(true)?;
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = format!("\0migration-assist/{}/{count}", process::id());
    let listener = UnixListener::bind(&path)?;
    tokio::spawn(async move {
        // Either side learns of a failure by the end of its connection.
        if let Ok(driver) = accept(listener).await {
            drop(carry(driver, server, name).await);
        }
    });
    Ok(path)
}

/// The connection of this process; an abstract socket has no owner that would keep others from connecting.
async fn accept(listener: UnixListener) -> io::Result<UnixStream> {
    loop {
        let (stream, _) = listener.accept().await?;
        let process = stream.peer_cred()?.pid().and_then(|pid| u32::try_from(pid).ok());
        if process == Some(process::id()) {
            return Ok(stream);
        }
    }
}

/// Carries the bytes of both sides until one of them closes its connection.
async fn carry(
    mut driver: UnixStream,
    server: TcpStream,
    name: ServerName<'static>,
) -> io::Result<()> {
    let server = encrypt(&mut driver, server, name).await?;
    let (from_driver, to_driver) = driver.split();
    let (from_server, to_server) = tokio::io::split(server);
    let logged_in = AtomicBool::new(false);
    tokio::select! {
        ended = send(from_driver, to_server, &logged_in) => ended,
        ended = receive(from_server, to_driver, &logged_in) => ended,
    }
}

/// Forwards the server's greeting and the driver's answer, before which the session is encrypted.
async fn encrypt(
    driver: &mut UnixStream,
    mut server: TcpStream,
    name: ServerName<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    let greeting = Packet::read(&mut server).await?;
    greeting.write(driver).await?;
    let mut login = Packet::read(driver).await?;
    let request = login.payload.get_mut(..SSL_REQUEST).ok_or(io::ErrorKind::InvalidData)?;
    // Servers read the capabilities here, and not those of the login packet.
    request[1] |= CLIENT_SSL;
    Packet { number: login.number, payload: request.to_vec() }.write(&mut server).await?;
    let config = ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate::default()))
        .with_no_client_auth();
    let mut server = TlsConnector::from(Arc::new(config)).connect(name, server).await?;
    login.number += 1;
    login.write(&mut server).await?;
    Ok(server)
}

/// What the driver sends. The SSL request counts as a packet, so that all packets of the login have the next number.
async fn send(
    mut driver: impl AsyncRead + Unpin,
    mut server: impl AsyncWrite + Unpin,
    logged_in: &AtomicBool,
) -> io::Result<()> {
    loop {
        let mut packet = Packet::read(&mut driver).await?;
        if logged_in.load(Ordering::Acquire) {
            packet.write(&mut server).await?;
            break;
        }
        packet.number = packet.number.wrapping_add(1);
        packet.write(&mut server).await?;
    }
    tokio::io::copy(&mut driver, &mut server).await.map(drop)
}

/// What the server sends.
async fn receive(
    mut server: impl AsyncRead + Unpin,
    mut driver: impl AsyncWrite + Unpin,
    logged_in: &AtomicBool,
) -> io::Result<()> {
    while !logged_in.load(Ordering::Acquire) {
        let mut packet = Packet::read(&mut server).await?;
        packet.number = packet.number.wrapping_sub(1);
        let ends = packet.payload.first().is_some_and(|first| LOGIN_ENDS.contains(first));
        logged_in.store(ends, Ordering::Release);
        packet.write(&mut driver).await?;
    }
    tokio::io::copy(&mut server, &mut driver).await.map(drop)
}

/// A packet of MySQL's protocol.
struct Packet {
    number: u8,
    payload: Vec<u8>,
}

impl Packet {
    async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let mut length = [0; 4];
        stream.read_exact(&mut length[..3]).await?;
        let number = stream.read_u8().await?;
        let mut payload = Vec::new();
        let length = u32::from_le_bytes(length).into();
        let read = stream.take(length).read_to_end(&mut payload).await?;
        if u64::try_from(read).map_err(io::Error::other)? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self { number, payload })
    }

    async fn write(&self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let length = u32::try_from(self.payload.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_le_bytes()[..3]).await?;
        stream.write_u8(self.number).await?;
        stream.write_all(&self.payload).await?;
        stream.flush().await
    }
}
