//! Messages to PostgreSQL go out at once.
//!
//! sqlx 0.9.0 leaves the system's delay for small packets on (its issue 4335, mended after that version): the end of a message
//! then waits until its beginning is confirmed, which the server puts off by 40 ms. On an encrypted connection that is every
//! message of more than 16 KiB. When sqlx has a version without it, this file goes.

use std::fs;

use rustix::net::sockopt;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

/// Sees to it for all connections of this process. sqlx does not hand out its socket, so it is found among all files that the
/// process has open; where the system does not allow that, messages are slower, and nothing else.
pub(crate) fn set_for_all() {
    let (Ok(process), Ok(open)) = (pidfd_open(getpid(), PidfdFlags::empty()), fs::read_dir("/proc/self/fd")) else {
        return;
    };
    for file in open.flatten() {
        let is_socket =
            fs::read_link(file.path()).is_ok_and(|to| to.as_os_str().to_string_lossy().starts_with("socket:"));
        let Some(number) = file.file_name().to_str().and_then(|name| name.parse().ok()).filter(|_| is_socket) else {
            continue;
        };
        if let Ok(socket) = pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
            // Sockets of another kind refuse it.
            let _refused = sockopt::set_tcp_nodelay(&socket, true);
        }
    }
}
