//! What mod_callcenter says: which call stays in which queue, and who is offered it.

use app::model::board::MemberState;
use app::model::call::CallMoment;
use app::model::ids::{AgentKey, QueueKey};

use super::legs::Source;
use super::state::{Changing, Stay};
use crate::switch::callcenter::ChannelRecord;
use crate::switch::event::Caller;

impl Changing<'_> {
    pub(super) fn member_joined(&mut self, caller: Caller) {
        let queue = QueueKey::new(self.moment.node, caller.queue.clone());
        let session = caller.session_uuid.clone();
        self.know_caller(&caller);
        self.set_stay(&session, Some(stay(caller, MemberState::Waiting, None)));
        self.note_leg(&session, CallMoment::Joined(queue));
    }

    pub(super) fn offered(&mut self, agent: String, caller: Caller) {
        let key = AgentKey::new(self.moment.node, agent.clone());
        let session = caller.session_uuid.clone();
        self.know_caller(&caller);
        self.set_stay(&session, Some(stay(caller, MemberState::Trying, Some(agent))));
        self.note_leg(&session, CallMoment::Offered(key));
    }

    pub(super) fn offer_failed(&mut self, agent: String, caller: &Caller, cause: String) {
        let key = AgentKey::new(self.moment.node, agent);
        self.back_to_waiting(caller);
        self.note_leg(&caller.session_uuid, CallMoment::NotReached(key, cause));
    }

    /// An offer is over, and the caller still in the queue.
    pub(super) fn back_to_waiting(&mut self, caller: &Caller) {
        self.know_caller(caller);
        if self.stay_of(&caller.session_uuid).is_some_and(|stay| stay.member == caller.member_uuid) {
            let stay = stay(caller.clone(), MemberState::Waiting, None);
            self.set_stay(&caller.session_uuid, Some(stay));
        }
    }

    pub(super) fn answered(&mut self, agent: String, caller: Caller) {
        self.know_caller(&caller);
        let session = caller.session_uuid.clone();
        self.set_stay(&session, Some(stay(caller, MemberState::Answered, Some(agent))));
    }

    /// The stay is over. One who was moved is in the next queue before the end of the first is told.
    pub(super) fn left(&mut self, caller: &Caller, is_unserved: bool) {
        let session = &caller.session_uuid;
        self.hear_of(session);
        if self.stay_of(session).is_some_and(|stay| stay.member == caller.member_uuid) {
            self.set_stay(session, None);
        }
        if is_unserved {
            let queue = QueueKey::new(self.moment.node, caller.queue.clone());
            self.note_leg(session, CallMoment::LeftQueue(queue));
        }
    }

    /// No list that was asked for before knows better.
    pub(super) fn hear_of(&mut self, leg: &str) {
        if let Some(leg) = self.calls.legs.get_mut(leg) {
            leg.touched_at = self.moment.at;
        }
    }

    /// The leg of a caller, made known where its CHANNEL_CREATE was missed.
    pub(super) fn know_caller(&mut self, caller: &Caller) {
        if caller.session_uuid.is_empty() {
            return;
        }
        if self.calls.legs.contains_key(&caller.session_uuid) {
            return self.hear_of(&caller.session_uuid);
        }
        let channel = ChannelRecord {
            uuid: caller.session_uuid.clone(),
            caller_name: caller.name.clone(),
            caller_number: caller.number.clone(),
            call_state: "ACTIVE".to_owned(),
            ..ChannelRecord::default()
        };
        self.take_in(&channel, self.moment.happened_at, Source::Event);
        self.hear_of(&caller.session_uuid);
    }

    pub(super) fn stay_of(&self, session: &str) -> Option<&Stay> {
        self.calls.calls.get(&self.calls.legs.get(session)?.call)?.stay.as_ref()
    }

    pub(super) fn set_stay(&mut self, session: &str, stay: Option<Stay>) {
        let Some(uuid) = self.call_of(session) else { return };
        if stay.is_none() {
            self.remember(&uuid);
        }
        if let Some(call) = self.calls.calls.get_mut(&uuid)
            && call.stay != stay
        {
            if stay.is_some() {
                call.farewell = None;
            }
            call.stay = stay;
            self.touch(&uuid);
        }
    }
}

fn stay(caller: Caller, state: MemberState, agent: Option<String>) -> Stay {
    Stay { member: caller.member_uuid, queue: caller.queue, state, agent }
}
