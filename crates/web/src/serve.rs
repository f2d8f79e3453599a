//! The server: connections, how long each may keep it waiting, and the end.
//!
//! The loop is our own because `axum::serve` sets no limit to how long a request's head or body may take, so that a few
//! hundred clients who never finish theirs would keep everybody out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tower::Service;
use tower_http::timeout::TimeoutBody;

use crate::portal::{Portal, router};

/// How often the portal looks at what time has done.
const TICK: Duration = Duration::from_secs(60);
/// How long requests that are under way may take to end when the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// How long a request's head may take, and how long a connection may lie idle.
const HEAD: Duration = Duration::from_secs(30);
/// How long a body may pause. Large files over slow lines take their time, but they keep coming.
const BODY_PAUSE: Duration = Duration::from_secs(30);
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
        let Ok(service) = services.call(peer).await;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut service = service.clone();
            service.call(request.map(|body| Body::new(TimeoutBody::new(BODY_PAUSE, body))))
        });
        let connection = connections.watch(protocol.serve_connection(TokioIo::new(stream), service));
        // How a connection ends is its client's affair.
        tokio::spawn(async move { drop(connection.await) });
    }
    drop(listener);
    // Whoever takes longer than that is not waited for.
    let _late = timeout(LAST_REQUESTS, connections.shutdown()).await;
    ticking.abort();
    Ok(())
}

/// Ends notices that are over, takes back corrections that were not made in time: at the start and every minute.
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

    /// What a client hears that sends no more than this.
    async fn answer_to(sent: &str) -> String {
        let world = World::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move { drop(stopped.await) };
        let server = tokio::spawn(serve_until(world.portal.clone(), listener, stopped));
        let mut client = TcpStream::connect(address).await.expect("a connection");
        client.write_all(sent.as_bytes()).await.expect("to send");
        // From here on time passes as fast as nothing happens.
        tokio::time::pause();
        let mut answer = String::new();
        timeout(Duration::from_secs(45), client.read_to_string(&mut answer)).await.expect("an end").expect("to read");
        tokio::time::resume();
        stop.send(()).expect("the server is there");
        server.await.expect("no panic").expect("no error");
        answer
    }

    #[tokio::test]
    async fn whoever_never_ends_a_request_is_not_waited_for() {
        assert_eq!(answer_to("GET / HTTP/1.1\r\nHost: a\r\n").await, "");
        let half = "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 100\r\nConnection: close\r\n\r\nlogin=";
        let answer = answer_to(half).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}
