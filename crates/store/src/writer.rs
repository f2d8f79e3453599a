//! The one writer. Jobs queue up, are taken together, run one after the other in one transaction, and are answered only
//! after it is committed: many share the one wait for the disk, and none is acknowledged that could be lost. A job that is
//! refused leaves nothing, and the others alone.
//!
//! They share the waits for the database too. What jobs say beforehand that they will look at is read for all of them
//! together ([`crate::ahead`]); what they leave behind is gathered while they run and written at the end, in few statements
//! ([`crate::tx`]). Every process takes the head of the journal's chain for itself first, so that several of them on one
//! database take turns.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use crate::ahead::{self, Ahead};
use crate::db::{Place, Shared, Store};
use crate::error::StoreError;
use crate::journal::Head;
use crate::link::Link;
use crate::tx::{Kept, Tx};

/// The most jobs that share a commit.
const TOGETHER: usize = 64;
/// The most jobs that wait; whoever comes later waits to be let in.
const QUEUE: usize = 1024;

/// A future that a job makes of its transaction.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What the writer does with a job.
pub(crate) trait Job: Send {
    /// What it will look at, as far as that is known before it runs.
    fn ahead(&mut self) -> Ahead;

    /// Does the work; gives why it is refused. What comes out waits for the commit.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Option<StoreError>> + Send + 'a>>;

    /// Answers whoever asked: with what came out, or with what has kept it from being committed.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Asked<T, F> {
    ahead: Ahead,
    work: Option<F>,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Asked<T, F>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Tx) -> Work<'a, T> + Send + 'static,
{
    fn ahead(&mut self) -> Ahead {
        std::mem::take(&mut self.ahead)
    }

    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Option<StoreError>> + Send + 'a>> {
        Box::pin(async move {
            let work = self.work.take()?;
            match work(tx).await {
                Ok(outcome) => {
                    self.outcome = Some(outcome);
                    None
                }
                Err(error) => Some(error),
            }
        })
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let answer = match (failed, self.outcome) {
            (Some(error), _) => Err(error),
            (None, Some(outcome)) => Ok(outcome),
            (None, None) => Err(broken("the job came to nothing")),
        };
        // Whoever asked may have gone away; what was done stays done.
        let _gone = self.reply.send(answer);
    }
}

fn broken(what: &str) -> StoreError {
    StoreError::environment(
        "程序内部出错，这次没有保存。请联系管理员查看日志",
        "an internal error; nothing was saved. Ask the administrator to look into the log",
        what,
    )
}

impl Store {
    /// Has the writer do some work in a transaction. Comes back after it was committed, or with why it was not.
    ///
    /// ```ignore
    /// store.write(move |tx| Box::pin(async move { tx.execute("…", values![1]).await })).await
    /// ```
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Work<'a, T> + Send + 'static,
    {
        self.write_ahead(Ahead::default(), work).await
    }

    /// The same for work that says beforehand what it will look at.
    pub(crate) async fn write_ahead<T, F>(&self, ahead: Ahead, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Work<'a, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Asked { ahead, work: Some(work), outcome: None, reply };
        self.jobs.send(Box::new(job)).await.map_err(|_| broken("the writer has stopped"))?;
        answer.await.map_err(|_| broken("the writer has dropped a job"))?
    }
}

/// Starts the writer on a connection of its own. It ends when the last [`Store`] is gone.
///
/// # Errors
/// Where the system gives no thread.
pub(crate) fn start(place: Place, link: Link, shared: Arc<Shared>) -> Result<mpsc::Sender<Box<dyn Job>>, StoreError> {
    let (jobs, queue) = mpsc::channel::<Box<dyn Job>>(QUEUE);
    let is_file = matches!(link, Link::File(_));
    let writing = Writer { place, link: Some(link), shared, kept: Kept::default() }.serve(queue);
    if is_file {
        // Of a file each statement keeps the thread until it is done, and the commit until the disk has it.
        let runtime = Handle::current();
        let thread = thread::Builder::new().name("duixian-writer".to_owned()).spawn(move || runtime.block_on(writing));
        thread.map_err(|error| {
            StoreError::environment(
                "系统无法再开线程，程序没有启动",
                "the system gives no more threads: not started",
                error,
            )
        })?;
    } else {
        tokio::spawn(writing);
    }
    Ok(jobs)
}

struct Writer {
    place: Place,
    /// None after a failure: a connection whose transaction could not be ended is not trusted with another.
    link: Option<Link>,
    shared: Arc<Shared>,
    kept: Kept,
}

impl Writer {
    async fn serve(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) {
        let mut waiting: Vec<Box<dyn Job>> = Vec::new();
        loop {
            if waiting.is_empty() {
                let Some(first) = queue.recv().await else { break };
                waiting.push(first);
                // Those who were answered together ask again together: whoever is about to is waited for.
                yield_now().await;
            }
            while waiting.len() < TOGETHER {
                let Ok(next) = queue.try_recv() else { break };
                waiting.push(next);
            }
            waiting = self.commit_together(waiting).await;
        }
        if let Some(link) = self.link.take() {
            link.close().await;
        }
    }

    /// Runs jobs in one transaction and answers them. Those that were not begun, because one before them met with a
    /// failing database, come back.
    async fn commit_together(&mut self, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let ahead: Vec<Ahead> = jobs.iter_mut().map(|job| job.ahead()).collect();
        let mut tx = match self.begin(&ahead).await {
            Ok(begun) => begun,
            Err(error) => {
                jobs.into_iter().for_each(|job| job.answer(Some(error.clone())));
                return Vec::new();
            }
        };
        let is_alone = jobs.len() == 1;
        let mut done: Vec<Box<dyn Job>> = Vec::new();
        // What is refused may be so for what others do in this very transaction: whoever is told looks for that, and is to find it.
        let mut turned_away: Vec<(Box<dyn Job>, StoreError)> = Vec::new();
        let mut left = jobs.into_iter();
        let mut failed: Option<StoreError> = None;
        for mut job in left.by_ref() {
            tx.begin_job(is_alone);
            let refused = match guarded(job.run(&mut tx)).await {
                Ok(refused) => refused.or_else(|| tx.failure()),
                Err(()) => Some(broken("a job has panicked")),
            };
            // Where going back works the transaction is sound, and the others go on.
            failed = tx.end_job(refused.is_some()).await.err();
            match refused.or_else(|| failed.clone()) {
                Some(error) => turned_away.push((job, error)),
                None => done.push(job),
            }
            if failed.is_some() {
                break;
            }
        }
        let end = match failed {
            Some(error) => {
                // The connection goes with it.
                let _lost = tx.roll_back().await;
                Err(error)
            }
            None if done.is_empty() => tx.roll_back().await,
            None => tx.commit().await,
        };
        let end = match end {
            Ok((link, kept)) => {
                self.link = Some(link);
                self.kept = kept;
                None
            }
            Err(error) => Some(error),
        };
        turned_away.into_iter().for_each(|(job, error)| job.answer(Some(error)));
        done.into_iter().for_each(|job| job.answer(end.clone()));
        self.kept.settle();
        left.collect()
    }

    /// A transaction that has the head of the chain for itself, and has read what the jobs will look at.
    async fn begin(&mut self, jobs: &[Ahead]) -> Result<Tx, StoreError> {
        let kept = std::mem::take(&mut self.kept);
        let link = match self.link.take() {
            Some(link) if link.is_there().await => link,
            _ => Link::open(&self.place).await?,
        };
        let row = link.begin().await?;
        let row = row.ok_or_else(|| StoreError::corrupt("chain", "the head of the journal is missing"))?;
        let head = Head { seq: row.int("seq")?, hash: row.text("hash")? };
        let is_another = !kept.has_left(&head);
        let mut tx = Tx::new(link, Arc::clone(&self.shared), head, kept);
        if is_another {
            tx.look_at_clock().await?;
        }
        ahead::read(&mut tx, jobs).await?;
        Ok(tx)
    }
}

/// Keeps a job that panics from taking the writer with it.
async fn guarded<T>(work: Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Result<T, ()> {
    let mut work = work;
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(Poll::Ready(outcome)) => Poll::Ready(Ok(outcome)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(Err(())),
    })
    .await
}
