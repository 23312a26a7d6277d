//! Callers whom a person takes out of a queue: the board is told before the switch is, so that the event of the end finds it.

use std::collections::HashMap;

use app::model::ids::MemberKey;
use app::model::time::{DurationMs, UnixMs};

use super::board::{Board, Moment};

/// How long the events of a move may take to come.
const WITHIN: DurationMs = DurationMs::from_s(60);

/// The moves under way on a node. Instants are the server's.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// By membership: when it was said, and the channel that joins a queue anew.
    leaving: HashMap<String, (UnixMs, Option<String>)>,
    /// By channel: when it was said, and when the caller joined first.
    joining: HashMap<String, (UnixMs, UnixMs)>,
}

impl Moves {
    /// The switch refused it: what ends the stay will be something else.
    pub(super) fn stays(&mut self, member_uuid: &str) {
        if let Some((_, Some(session))) = self.leaving.remove(member_uuid) {
            self.joining.remove(&session);
        }
    }

    /// A stay has ended: whether because a person moved the caller.
    pub(super) fn left(&mut self, member_uuid: &str, at: UnixMs) -> bool {
        self.leaving.remove(member_uuid).is_some_and(|(said_at, _)| at.since(said_at) < WITHIN)
    }

    /// A channel has joined a queue: when the caller joined first, where a person moved the caller.
    pub(super) fn joined(&mut self, session_uuid: &str, at: UnixMs) -> Option<UnixMs> {
        let (said_at, joined_first) = self.joining.remove(session_uuid)?;
        (at.since(said_at) < WITHIN).then_some(joined_first)
    }
}

impl Board {
    pub(super) fn member_moving(&mut self, moment: &Moment, member_uuid: String, joins_anew: Option<String>) {
        let key = MemberKey::new(&moment.node, member_uuid.clone());
        let Some(joined_first) = self.members.get(&key).map(|member| member.joined_at) else { return };
        let moves = &mut self.node(&moment.node).moves;
        moves.leaving.retain(|_, (said_at, _)| moment.at.since(*said_at) < WITHIN);
        moves.joining.retain(|_, (said_at, _)| moment.at.since(*said_at) < WITHIN);
        if let Some(session) = &joins_anew {
            moves.joining.insert(session.clone(), (moment.at, joined_first));
        }
        moves.leaving.insert(member_uuid, (moment.at, joins_anew));
    }
}
