//! Streams on which a server can ask for no method of authentication that `require_auth` forbids.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{AuthMethod, AuthMethods};

/// A server asked for a method that is not allowed. Nothing was sent to it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server asks for the method `{}`, which `require_auth` does not allow", .0.as_str())]
pub struct NotAllowed(pub AuthMethod);

/// Opens the streams of a session, by TLS or as plain text, and guards them.
#[derive(Clone)]
pub(super) struct Connector {
    /// Without it, streams are not encrypted.
    pub(super) tls: Option<MakeRustlsConnect>,
    pub(super) allowed: AuthMethods,
}

/// What the driver passes: a socket.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Socket for S {}

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

impl<S: Socket> MakeTlsConnect<S> for Connector {
    type Stream = Guarded<S>;
    type TlsConnect = Opening<S>;
    type Error = BoxedError;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Opening<S>, BoxedError> {
        let tls = match &mut self.tls {
            Some(tls) => Some(MakeTlsConnect::<S>::make_tls_connect(tls, domain)?),
            None => None,
        };
        Ok(Opening { tls, allowed: self.allowed.clone() })
    }
}

/// Opens one stream.
pub(super) struct Opening<S: Socket> {
    tls: Option<<MakeRustlsConnect as MakeTlsConnect<S>>::TlsConnect>,
    allowed: AuthMethods,
}

impl<S: Socket> TlsConnect<S> for Opening<S> {
    type Stream = Guarded<S>;
    type Error = BoxedError;
    type Future = Pin<Box<dyn Future<Output = Result<Guarded<S>, BoxedError>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let guard = Guard { allowed: self.allowed, received: Vec::new(), is_over: false };
        match self.tls {
            None => Box::pin(async { Ok(Guarded { stream: Stream::Plain(stream), guard }) }),
            Some(tls) => {
                let opening = tls.connect(stream);
                Box::pin(async move {
                    Ok(Guarded { stream: Stream::Tls(Box::new(opening.await?)), guard })
                })
            }
        }
    }
}

enum Stream<S: Socket> {
    Plain(S),
    Tls(Box<<MakeRustlsConnect as MakeTlsConnect<S>>::Stream>),
}

/// A stream that fails as soon as the server asks for a method that is not allowed.
pub(super) struct Guarded<S: Socket> {
    stream: Stream<S>,
    guard: Guard,
}

/// Reads the server's messages up to its first authentication request.
struct Guard {
    allowed: AuthMethods,
    /// The start of a message that has not arrived completely.
    received: Vec<u8>,
    is_over: bool,
}

impl Guard {
    /// Looks at the next bytes from the server.
    fn look(&mut self, bytes: &[u8]) -> Result<(), NotAllowed> {
        if self.is_over {
            return Ok(());
        }
        self.received.extend_from_slice(bytes);
        while let Some(message) = self.next_message() {
            // Type, length, code. Before, a server sends nothing else but errors and notices.
            let Some((b'R', [_, _, _, _, code @ ..])) = message.split_first() else { continue };
            let Some(code) = code.first_chunk() else { continue };
            let Some(asked) = AuthMethod::asked_by(u32::from_be_bytes(*code)) else { continue };
            if !self.allowed.allow(asked) {
                return Err(NotAllowed(asked));
            }
            // What follows is the exchange of that method, which the driver requires to be complete.
            self.is_over = true;
            self.received = Vec::new();
        }
        Ok(())
    }

    fn next_message(&mut self) -> Option<Vec<u8>> {
        let length = self.received.get(1..)?.first_chunk()?;
        let length = u32::from_be_bytes(*length) as usize + 1;
        (self.received.len() >= length).then(|| self.received.drain(..length).collect())
    }
}

impl<S: Socket> AsyncRead for Guarded<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, guard } = self.get_mut();
        let before = buffer.filled().len();
        ready!(match stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        })?;
        Poll::Ready(guard.look(&buffer.filled()[before..]).map_err(io::Error::other))
    }
}

impl<S: Socket> AsyncWrite for Guarded<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}

impl<S: Socket> TlsStream for Guarded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        match &self.stream {
            Stream::Plain(_) => ChannelBinding::none(),
            Stream::Tls(stream) => stream.channel_binding(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AuthMethod;
    use super::{AuthMethods, Guard, NotAllowed};

    fn request(code: u32) -> Vec<u8> {
        [&b"R\0\0\0\x08"[..], &code.to_be_bytes()].concat()
    }

    #[test]
    fn a_method_that_is_not_allowed_is_noticed_in_whatever_parts_it_arrives() {
        let notice = b"N\0\0\0\x05\0";
        for (list, code, expected) in [
            ("scram-sha-256", 10, Ok(())),
            ("scram-sha-256", 3, Err(NotAllowed(AuthMethod::Password))),
            ("scram-sha-256", 5, Err(NotAllowed(AuthMethod::Md5))),
            ("scram-sha-256", 0, Err(NotAllowed(AuthMethod::None))),
            ("!none", 0, Err(NotAllowed(AuthMethod::None))),
            ("none", 0, Ok(())),
            ("none", 10, Err(NotAllowed(AuthMethod::Scram))),
        ] {
            let sent = [&notice[..], &request(code)].concat();
            for part in 1..=sent.len() {
                let allowed = AuthMethods::parse(list).expect("a list");
                let mut guard = Guard { allowed, received: Vec::new(), is_over: false };
                let found = sent.chunks(part).try_for_each(|bytes| guard.look(bytes));
                assert_eq!(found, expected, "{list}, {code}, in parts of {part}");
            }
        }
    }
}
