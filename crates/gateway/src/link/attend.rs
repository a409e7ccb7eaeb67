//! One connection to the hub: carries a conversation between it and the store.
//!
//! It decides nothing: it reads frames and messages, waits for the store and for room to send, and
//! does what the conversation says.

use std::sync::Arc;
use std::time::Duration;

use session::Ending;
use tokio::sync::mpsc::error::SendError;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;
use wire::latest::link_client::LinkClient;
use wire::latest::{GatewayFrame, HubFrame};
use wire::limits::WITNESSED_RECORDS_MAX;

use super::asking::Asking;
use super::conversation::{Conversation, Next, standing};
use super::histories;
use super::problem::Trouble;
use super::socket::chain;
use super::{GOODBYE_TIME_MAX, Shared, WELCOME_TIME_MAX};
use crate::config::Acknowledge;
use crate::keys::LOOK_AT_KEYS;
use crate::store::{Progress, StoreError, View};

/// How often a gateway that waits for witnesses looks how long it has.
const LOOK_AT_WITNESSES: Duration = Duration::from_secs(1);
/// How many frames may wait for the connection.
const OUTGOING_MAX: usize = 4;

/// What has happened.
enum Step {
    /// A frame came, or the stream ended.
    Came(Result<Option<HubFrame>, tonic::Status>),
    /// Something has become durable.
    Stored(Result<(), Trouble>),
    /// A back office has a question.
    Asked(Asking),
    /// There is room for a frame to the hub.
    Room(Result<mpsc::OwnedPermit<GatewayFrame>, SendError<()>>),
}

/// An open stream, and the conversation on it.
pub(super) struct Attending<'a> {
    shared: &'a Shared,
    conversation: Conversation,
    outgoing: mpsc::Sender<GatewayFrame>,
    incoming: Streaming<HubFrame>,
}

impl<'a> Attending<'a> {
    /// Opens the stream and says Hello.
    pub(super) async fn begin(
        shared: &'a Shared,
        mut client: LinkClient<Channel>,
    ) -> Result<Self, Trouble> {
        let desk = Arc::clone(&shared.desk);
        let start = shared.store.ask(move |view| standing(&desk, view)).await?;
        let (conversation, hello) = Conversation::begin(Arc::clone(&shared.desk), start)?;
        let (outgoing, frames) = mpsc::channel(OUTGOING_MAX);
        let silent = |_elapsed| Trouble::Silent;
        outgoing.try_send(hello).expect("the channel is empty and open");
        let opening = client.connect(ReceiverStream::new(frames));
        let response = tokio::time::timeout(WELCOME_TIME_MAX, opening).await.map_err(silent)?;
        let incoming = response.map_err(|status| broken(&status))?.into_inner();
        Ok(Self { shared, conversation, outgoing, incoming })
    }

    /// Waits for the Welcome; gives the number of the session.
    pub(super) async fn open(&mut self) -> Result<u64, Trouble> {
        let welcome = tokio::time::timeout(WELCOME_TIME_MAX, self.incoming.message());
        let frame = welcome.await.map_err(|_elapsed| Trouble::Silent)?;
        self.take(frame).await?;
        Ok(self.conversation.session())
    }

    /// Talks until the gateway shall stop, or something goes wrong.
    pub(super) async fn talk(
        &mut self,
        questions: &mut mpsc::Receiver<Asking>,
        stopping: &mut watch::Receiver<bool>,
    ) -> Result<(), Trouble> {
        let mut progress = self.shared.store.progress();
        let (mut decided, mut fetched) = (None, None);
        let mut keys = tokio::time::interval(LOOK_AT_KEYS);
        keys.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Changes from here on wake the wait below.
            let now = *progress.borrow_and_update();
            self.conversation.made(now.input_number);
            self.decisions(&mut decided, now).await?;
            self.files(&mut fetched, now).await?;
            self.conversation.look_at_witnesses();
            let awaits_witnesses = self.conversation.awaits_witnesses();
            let may_be_asked = self.conversation.may_be_asked();
            let next = self.conversation.next();
            let (has_room, is_storing) =
                (self.conversation.has_room(), self.conversation.is_storing());
            let step = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
                frame = self.incoming.message(), if has_room => Step::Came(frame),
                stored = stored(&mut self.conversation), if is_storing => Step::Stored(stored),
                changed = progress.changed() => Step::Stored(
                    changed.map_err(|_| Trouble::Store(StoreError::Failed)),
                ),
                () = tokio::time::sleep(LOOK_AT_WITNESSES), if awaits_witnesses => {
                    Step::Stored(Ok(()))
                }
                _ = keys.tick() => {
                    self.conversation.look_at_keys();
                    Step::Stored(Ok(()))
                }
                Some(asking) = questions.recv(), if may_be_asked => Step::Asked(asking),
                permit = self.outgoing.clone().reserve_owned(), if next.is_some() => {
                    Step::Room(permit)
                }
            };
            match (step, next) {
                (Step::Came(frame), _) => self.take(frame).await?,
                (Step::Stored(stored), _) => stored?,
                (Step::Asked(asking), _) => self.conversation.wonder(asking),
                (Step::Room(permit), Some(next)) => {
                    let lost = |_| Trouble::Broken { reason: "the stream has ended".to_owned() };
                    let permit = permit.map_err(lost)?;
                    if let Some(frame) = self.make(next).await? {
                        permit.send(frame);
                    }
                }
                (Step::Room(_), None) => {}
            }
        }
    }

    /// Looks up what the back office has decided, where messages wait for that.
    ///
    /// Notices and the words of withdrawals, about which nobody decides, move the lanes too.
    async fn decisions(
        &mut self,
        known: &mut Option<Progress>,
        now: Progress,
    ) -> Result<(), Trouble> {
        let waits = self.shared.desk.config.acknowledge == Acknowledge::Taken;
        if waits && known.replace(now) != Some(now) {
            let decisions = self.shared.store.ask(View::decisions).await?;
            self.conversation.decided(decisions);
        }
        Ok(())
    }

    /// Looks up which files have come.
    async fn files(&mut self, known: &mut Option<u64>, now: Progress) -> Result<(), Trouble> {
        if known.replace(now.fetched) != Some(now.fetched) {
            let awaited = self.shared.store.ask(View::awaited).await?;
            self.conversation.files(awaited);
        }
        Ok(())
    }

    /// Makes the next frame; nothing where it is not due any more.
    async fn make(&mut self, next: Next) -> Result<Option<GatewayFrame>, Trouble> {
        match next {
            Next::Declination(due) => self.conversation.decline(&due),
            Next::Acknowledgement(due) => self.conversation.acknowledge(&due),
            Next::Question => self.conversation.ask(),
            Next::Witnesses => {
                let wanted = self.shared.store.ask(|view| view.unwitnessed(WITNESSED_RECORDS_MAX));
                Ok(self.conversation.ask_witnesses(wanted.await?))
            }
            Next::Messages(due) => {
                let (first, count) = (due.first_input_number, due.count);
                let messages = self.shared.store.ask(move |view| view.to_submit(first, count));
                self.conversation.submit(messages.await?)
            }
        }
    }

    /// Waits until everything that was brought is durable or has failed: only then the store shows
    /// where the next link must go on.
    pub(super) async fn finish(&mut self) {
        while self.conversation.is_storing() {
            // A failure was reported by the store.
            let _ = stored(&mut self.conversation).await;
        }
    }

    /// Keeps what proves that the hub has shown two histories, where the link has ended for that.
    pub(super) fn keep_evidence(&self) {
        if let Some(contradiction) = self.conversation.contradiction() {
            histories::keep(&self.shared.desk.config, contradiction);
        }
    }

    /// Says why the link ends, if the hub does not know, and gives it a moment to hear it.
    pub(super) async fn end(mut self, ending: &Ending) {
        let Some(bye) = self.conversation.end(ending) else { return };
        let goodbye = async {
            if self.outgoing.send(bye).await.is_ok() {
                drop(self.outgoing);
                // The hub closes its side when it has read ours.
                while let Ok(Some(_frame)) = self.incoming.message().await {}
            }
        };
        // Whether it was heard makes no difference to what either end holds.
        let _ = tokio::time::timeout(GOODBYE_TIME_MAX, goodbye).await;
    }

    async fn take(
        &mut self,
        frame: Result<Option<HubFrame>, tonic::Status>,
    ) -> Result<(), Trouble> {
        let ended = || Trouble::Broken { reason: "the hub has closed the stream".to_owned() };
        let frame = frame.map_err(|status| broken(&status))?.ok_or_else(ended)?;
        if let Some(news) = self.conversation.take(frame)? {
            let brought = news.bring(&self.shared.store).await?;
            self.conversation.brought(brought);
        }
        Ok(())
    }
}

/// Waits until the oldest change that was brought is durable. A call that is given up loses nothing.
async fn stored(conversation: &mut Conversation) -> Result<(), Trouble> {
    let Some(reply) = conversation.oldest() else { return Ok(()) };
    let outcome = reply.wait().await;
    conversation.stored(outcome)
}

fn broken(status: &tonic::Status) -> Trouble {
    Trouble::Broken { reason: chain(status) }
}
