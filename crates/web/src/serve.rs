//! The server: connections, how long each may keep it waiting, and the end.
//!
//! The loop is our own because `axum::serve` sets no limit to how long a request's head or body may take, so that a few
//! hundred clients who never finish theirs would keep everybody out; nor to how many connections there may be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tower::Service;

use crate::portal::{Portal, router};
use connections::{Connections, Limits};

mod body;
mod connections;

/// How often the portal looks at what time has done.
const TICK: Duration = Duration::from_secs(60);
/// How long requests that are under way may take to end when the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long a request's head may take, and how long a connection may lie idle.
const HEAD: Duration = Duration::from_secs(30);
/// How long to wait where the system has no connection to give.
const OUT_OF_CONNECTIONS: Duration = Duration::from_millis(500);

/// Serves the portal until the process is asked to stop, by Ctrl-C or SIGTERM. Requests that are under way are answered
/// first.
///
/// # Errors
/// Where the listener fails.
pub async fn serve(portal: Arc<Portal>, listener: TcpListener) -> std::io::Result<()> {
    serve_until(portal, listener, asked_to_stop()).await
}

/// The same until a future is done.
///
/// # Errors
/// Where the listener fails.
pub async fn serve_until(
    portal: Arc<Portal>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let limits = Limits::of_system(portal.behind_proxy);
    serve_within(limits, portal, listener, stop).await
}

async fn serve_within(
    limits: Limits,
    portal: Arc<Portal>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let places = Connections::new(limits);
    let ticking = tokio::spawn(keep_ticking(portal.clone()));
    let mut services = router(portal).into_make_service_with_connect_info::<SocketAddr>();
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connections = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // Whoever has gone away meanwhile concerns nobody else; where there are too many, some will soon be gone.
            Err(_) => {
                sleep(OUT_OF_CONNECTIONS).await;
                continue;
            }
        };
        // Whoever has too many already is turned away before anything is read.
        let Some(place) = places.place(peer.ip()) else { continue };
        let Ok(service) = services.call(peer).await;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut service = service.clone();
            service.call(body::in_time(request))
        });
        let connection = connections.watch(protocol.serve_connection(TokioIo::new(stream), service));
        // How a connection ends is its client's affair.
        tokio::spawn(async move {
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    // Whoever takes longer than that is not waited for.
    let _late = timeout(LAST_REQUESTS, connections.shutdown()).await;
    ticking.abort();
    Ok(())
}

/// Ends notices that are over, reminds of corrections and takes back those that were not made in time: at the start and every minute.
async fn keep_ticking(portal: Arc<Portal>) {
    let mut minutes = interval(TICK);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        minutes.tick().await;
        if let Err(error) = portal.store.tick().await {
            portal.log(&format!("what time has done could not be recorded: {error}"));
        }
    }
}

async fn asked_to_stop() {
    let interrupted = async {
        // Without a handler for it, Ctrl-C would end the process as it always does.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;

    use super::*;
    use crate::testing::World;

    /// A running portal.
    struct Running {
        world: World,
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        server: tokio::task::JoinHandle<std::io::Result<()>>,
    }

    impl Running {
        async fn within(limits: Limits) -> Running {
            let world = World::new().await;
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let (stop, stopped) = oneshot::channel::<()>();
            let stopped = async move { drop(stopped.await) };
            let server = tokio::spawn(serve_within(limits, world.portal.clone(), listener, stopped));
            Running { world, address, stop, server }
        }

        async fn connect(&self) -> TcpStream {
            TcpStream::connect(self.address).await.expect("a connection")
        }

        async fn stop(self) {
            self.stop.send(()).expect("the server is there");
            self.server.await.expect("no panic").expect("no error");
            drop(self.world);
        }
    }

    const FEW: Limits = Limits { all: 10, from_one: Some(10) };

    /// What a client hears that sends this at once, and then so many bytes, one every 20 seconds.
    async fn answer_to(sent: &str, dripped: usize) -> String {
        let running = Running::within(FEW).await;
        let (mut from, mut to) = running.connect().await.into_split();
        to.write_all(sent.as_bytes()).await.expect("to send");
        // From here on time passes as fast as nothing happens.
        tokio::time::pause();
        let dripping = tokio::spawn(async move {
            for _ in 0..dripped {
                sleep(Duration::from_secs(20)).await;
                if to.write_all(b"x").await.is_err() {
                    break;
                }
            }
            to
        });
        let mut answer = String::new();
        timeout(Duration::from_secs(45), from.read_to_string(&mut answer)).await.expect("an end").expect("to read");
        dripping.abort();
        tokio::time::resume();
        running.stop().await;
        answer
    }

    #[tokio::test]
    async fn whoever_never_ends_a_request_is_not_waited_for() {
        assert_eq!(answer_to("GET / HTTP/1.1\r\nHost: a\r\n", 0).await, "");
        let half = "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 100\r\nConnection: close\r\n\r\nlogin=";
        for dripped in [0, 50] {
            let answer = answer_to(half, dripped).await;
            assert!(answer.starts_with("HTTP/1.1 4"), "{dripped}: {answer}");
        }
    }

    /// Whether the portal answers on a connection, or has closed it.
    async fn is_answered(client: &mut TcpStream) -> bool {
        let sent = client.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut start = [0; 8];
        sent.is_ok() && client.read_exact(&mut start).await.is_ok_and(|_| &start == b"HTTP/1.1")
    }

    #[tokio::test]
    async fn more_connections_than_there_is_room_for_are_closed_at_once() {
        for limits in [Limits { all: 9, from_one: Some(2) }, Limits { all: 2, from_one: None }] {
            let running = Running::within(limits).await;
            let (mut first, mut second) = (running.connect().await, running.connect().await);
            assert!(is_answered(&mut first).await && is_answered(&mut second).await, "{limits:?}");
            assert!(!is_answered(&mut running.connect().await).await, "{limits:?}");
            drop(first);
            let mut fresh = false;
            for _ in 0..100 {
                sleep(Duration::from_millis(20)).await;
                fresh = is_answered(&mut running.connect().await).await;
                if fresh {
                    break;
                }
            }
            assert!(fresh, "what was let go is free again: {limits:?}");
            drop(second);
            running.stop().await;
        }
    }
}
