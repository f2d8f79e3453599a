//! A request's body that has to keep a pace. A limit to its pauses alone would let a client keep a connection for ever with one
//! byte before the end of each.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long any body may take, and how far a long one may fall behind.
const LEAST: Duration = Duration::from_secs(30);
/// The pace of a slow line, in bytes a second: what has come at it is not late. How much may come, each route says.
const SLOW_LINE: u64 = 50_000;

/// A request whose body comes at the pace of a slow line, or ends with an error.
pub fn in_time(request: Request<Incoming>) -> Request<Body> {
    if request.body().is_end_stream() {
        return request.map(Body::new);
    }
    request.map(|body| Body::new(InTime { body, came: 0, clock: None }))
}

/// How long a body may have taken of which so much has come.
fn allowed(came: u64) -> Duration {
    LEAST + Duration::from_millis(came.saturating_mul(1000) / SLOW_LINE)
}

struct InTime<B> {
    body: B,
    /// How many bytes have come.
    came: u64,
    /// When it was first asked for, and what wakes us when it is late. That a busy server asks late is not the client's fault.
    clock: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<B> HttpBody for InTime<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let (since, late) = this.clock.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + allowed(0))))
        });
        // What is there already is not late, whenever it is asked for.
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            if let Some(bytes) = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()) {
                this.came = this.came.saturating_add(bytes.len() as u64);
                late.as_mut().reset(*since + allowed(this.came));
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        ready!(late.as_mut().poll(context));
        let why = format!("{} bytes of the body came within {} seconds", this.came, since.elapsed().as_secs());
        Poll::Ready(Some(Err(why.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_at_the_pace_of_a_slow_line_is_not_late() {
        assert_eq!(allowed(0), Duration::from_secs(30));
        assert_eq!(allowed(5_000_000), Duration::from_secs(130));
    }
}
