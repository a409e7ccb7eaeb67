//! How the two ends of a link find out that the other has gone without a word.
//!
//! A gateway asks a silent hub once a minute. That is sign enough for the hub's kernel, which asks by
//! itself only where even that stays away, so a link that is well carries nothing else.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::net::sockopt;

/// How often a gateway asks a silent hub, with a ping of HTTP/2 (RFC 9113, section 6.7): a program that
/// hangs on a machine that runs, or whatever stands between the two and passes nothing on, is found
/// out by this alone.
pub const ASK_EVERY: Duration = Duration::from_secs(60);
/// How long the hub may take to show that it is there.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// After how much silence the kernel asks the kernel of the peer.
///
/// It must not come to that on a link that is well. Timers of the kernel are coarse: of ten thousand
/// links that fell silent within seconds, thousands are asked in the same instant, and what its queue
/// cannot hold (`net.core.netdev_max_backlog`) is dropped, probes and their answers.
const PROBE_AFTER: Duration = Duration::from_secs(75);
/// How often it asks again while no answer comes.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// After how much silence the connection ends, and how long what was sent may stay without an
/// acknowledgement by TCP. Linux looks at no count of probes where this is set: the connection ends at
/// the first probe that is due after it, if one is unanswered.
const GONE_AFTER: Duration = Duration::from_secs(100);

/// Lets the kernel end a connection whose peer has gone: 100 seconds after the last that came.
///
/// # Errors
///
/// When the socket does not take the settings.
pub fn keep_alive(socket: impl AsFd) -> io::Result<()> {
    let socket = socket.as_fd();
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, PROBE_AFTER)?;
    sockopt::set_tcp_keepintvl(socket, PROBE_EVERY)?;
    let milliseconds = u32::try_from(GONE_AFTER.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_user_timeout(socket, milliseconds)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn probes_come_after_questions_and_some_may_be_lost() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        keep_alive(&stream).unwrap();
        assert!(sockopt::socket_keepalive(&stream).unwrap());
        let first = sockopt::tcp_keepidle(&stream).unwrap();
        let every = sockopt::tcp_keepintvl(&stream).unwrap();
        let gone = sockopt::tcp_user_timeout(&stream).unwrap();
        let gone = Duration::from_millis(gone.into());
        assert!(first > ASK_EVERY + ANSWER_WITHIN);
        assert!(first + 3 * every < gone, "{first:?}, {every:?}, {gone:?}");
    }
}
