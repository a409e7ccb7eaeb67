//! A socket that is read ahead of whoever reads from it.
//!
//! TLS asks for 4 KiB at a time, and each such read is a call of the kernel: one for every message of
//! a payment's size. This asks the kernel for as much as there is, up to [`AHEAD_BYTES`], and gives it
//! out in the pieces that TLS wants. A silent socket keeps no buffer, and a busy one makes way for the
//! others on its thread after [`TURN_BYTES`]: what has come and what may go are megabytes, and each is
//! work for whoever decrypts and encrypts it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

/// How many bytes are asked for at once.
const AHEAD_BYTES: usize = 64 << 10;

/// After how many bytes, either way, whoever else waits for the thread has its turn.
const TURN_BYTES: usize = 256 << 10;

/// A socket, and what was read from it ahead.
#[derive(Debug)]
pub struct Ahead<S> {
    socket: S,
    /// Without memory while the socket has nothing to say.
    buffer: BytesMut,
    /// How many bytes have gone through since it last made way or had to wait.
    turn: usize,
}

impl<S> Ahead<S> {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(socket: S) -> Self {
        Self { socket, buffer: BytesMut::new(), turn: 0 }
    }

    /// Makes way if its turn is over: it goes on as soon as the others have had theirs.
    fn make_way(&mut self, context: &Context<'_>) -> Poll<()> {
        if self.turn < TURN_BYTES {
            return Poll::Ready(());
        }
        self.turn = 0;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Notes what has gone through.
    fn count(&mut self, moved: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &moved {
            Poll::Ready(Ok(bytes)) => self.turn += bytes,
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.turn = 0,
        }
        moved
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Ahead<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.buffer.is_empty() {
            ready!(self.make_way(context));
            let Self { socket, buffer, .. } = &mut *self;
            buffer.reserve(AHEAD_BYTES);
            let read = poll_read_buf(Pin::new(socket), context, buffer);
            if read.is_pending() {
                *buffer = BytesMut::new();
            }
            ready!(self.count(read))?;
        }
        let buffer = &mut self.buffer;
        let count = buffer.len().min(out.remaining());
        out.put_slice(buffer.get(..count).unwrap_or_default());
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Ahead<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.make_way(context));
        let written = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.make_way(context));
        let written = Pin::new(&mut self.socket).poll_write_vectored(context, pieces);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::*;

    /// Says these pieces, and nothing more until it is closed.
    struct Pieces {
        pieces: VecDeque<Vec<u8>>,
        closed: bool,
        asked: usize,
    }

    impl AsyncRead for Pieces {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _context: &mut Context<'_>,
            out: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            self.asked += 1;
            match self.pieces.pop_front() {
                Some(piece) => {
                    out.put_slice(&piece);
                    Poll::Ready(Ok(()))
                }
                None if self.closed => Poll::Ready(Ok(())),
                None => Poll::Pending,
            }
        }
    }

    /// Reads once, at most `room` bytes; nothing where it has to wait.
    fn read(from: &mut Ahead<Pieces>, room: usize) -> Option<Vec<u8>> {
        let mut space = vec![0; room];
        let mut out = ReadBuf::new(&mut space);
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(from).poll_read(&mut context, &mut out) {
            Poll::Ready(read) => {
                read.unwrap();
                Some(out.filled().to_vec())
            }
            Poll::Pending => None,
        }
    }

    #[test]
    fn bytes_come_out_in_order_with_one_call_of_the_socket_for_many_reads() {
        let text: Vec<u8> = (0..20_000_u32).flat_map(u32::to_be_bytes).collect();
        let pieces = text.chunks(50_000).map(<[u8]>::to_vec).collect();
        let mut ahead = Ahead::new(Pieces { pieces, closed: false, asked: 0 });
        let mut got = Vec::new();
        while let Some(bytes) = read(&mut ahead, 4_096) {
            assert!(!bytes.is_empty());
            got.extend(bytes);
        }
        assert!(got == text);
        // Once for each piece, and once in vain.
        assert_eq!(ahead.socket.asked, 3);
    }

    #[test]
    fn a_silent_socket_keeps_no_buffer() {
        let mut ahead =
            Ahead::new(Pieces { pieces: [b"one".to_vec()].into(), closed: false, asked: 0 });
        assert_eq!(read(&mut ahead, 9).unwrap(), b"one");
        assert_eq!(read(&mut ahead, 9), None);
        assert_eq!(ahead.buffer.capacity(), 0);
    }

    #[test]
    fn a_busy_socket_makes_way_and_asks_to_go_on() {
        struct Woken(AtomicUsize);
        impl Wake for Woken {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let pieces = vec![vec![7; AHEAD_BYTES]; 9].into();
        let mut ahead = Ahead::new(Pieces { pieces, closed: false, asked: 0 });
        let woken = Arc::new(Woken(AtomicUsize::new(0)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        let mut space = vec![0; AHEAD_BYTES];
        let mut turns = vec![0];
        while turns.len() < 4 {
            let mut out = ReadBuf::new(&mut space);
            match Pin::new(&mut ahead).poll_read(&mut context, &mut out) {
                Poll::Ready(read) => {
                    read.unwrap();
                    *turns.last_mut().unwrap() += out.filled().len();
                }
                Poll::Pending => turns.push(0),
            }
        }
        assert_eq!(turns, [TURN_BYTES, TURN_BYTES, AHEAD_BYTES, 0]);
        // The third time it is the socket that has nothing.
        assert_eq!(woken.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn the_end_comes_after_the_last_byte() {
        let mut ahead =
            Ahead::new(Pieces { pieces: [b"end".to_vec()].into(), closed: true, asked: 0 });
        assert_eq!(read(&mut ahead, 2).unwrap(), b"en");
        assert_eq!(read(&mut ahead, 2).unwrap(), b"d");
        assert_eq!(read(&mut ahead, 2).unwrap(), b"");
    }
}
