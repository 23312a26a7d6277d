//! Actions, fields and values of the audit in the words of a language.

use super::super::people::permission_words;
use crate::components::chip::Tone;
use crate::components::words::{self, fill};
use crate::i18n::*;
use crate::model::account::{Permission, Role};
use crate::model::audit::{FieldValue, Outcome};
use crate::model::metrics::ServiceLevelFormula;

/// A table of codes and the words for them; a code that is not in it shows as it is.
macro_rules! table {
    ($locale:ident, $code:ident, $($known:literal => $($key:ident).+),+ $(,)?) => {
        match $code {
            $($known => td_string!($locale, $($key).+).to_owned(),)+
            other => other.to_owned(),
        }
    };
}

/// What was done. `server/tests/it/audit.rs` proves that every action of the server has its sentence here.
pub(super) fn action(locale: Locale, code: &str) -> String {
    table!(locale, code,
        "agent.force-status" => audit.actions.agent_force_status,
        "agent.keep-logged-in" => audit.actions.agent_keep_logged_in,
        "agent.log-out-at-end" => audit.actions.agent_log_out_at_end,
        "agent.log-out-later" => audit.actions.agent_log_out_later,
        "agent.set-status" => audit.actions.agent_set_status,
        "agent.set-wrap-up" => audit.actions.agent_set_wrap_up,
        "audit.export" => audit.actions.audit_export,
        "call.add" => audit.actions.call_add,
        "call.barge" => audit.actions.call_barge,
        "call.hang-up" => audit.actions.call_hang_up,
        "call.hold" => audit.actions.call_hold,
        "call.leave" => audit.actions.call_leave,
        "call.listen" => audit.actions.call_listen,
        "call.note" => audit.actions.call_note,
        "call.record" => audit.actions.call_record,
        "call.resume" => audit.actions.call_resume,
        "call.stop-listening" => audit.actions.call_stop_listening,
        "call.stop-recording" => audit.actions.call_stop_recording,
        "call.take-back" => audit.actions.call_take_back,
        "call.take-over" => audit.actions.call_take_over,
        "call.transfer" => audit.actions.call_transfer,
        "call.whisper" => audit.actions.call_whisper,
        "callback.assign" => audit.actions.callback_assign,
        "callback.call" => audit.actions.callback_call,
        "callback.outcome" => audit.actions.callback_outcome,
        "callback.reopen" => audit.actions.callback_reopen,
        "callback.set-rule" => audit.actions.callback_set_rule,
        "callback.take" => audit.actions.callback_take,
        "caller.answer" => audit.actions.caller_answer,
        "caller.give" => audit.actions.caller_give,
        "caller.hang-up" => audit.actions.caller_hang_up,
        "caller.make-first" => audit.actions.caller_make_first,
        "caller.move" => audit.actions.caller_move,
        "center.offer-on-demand" => audit.actions.center_offer_on_demand,
        "center.save-break-reason" => audit.actions.center_save_break_reason,
        "center.save-outcome-code" => audit.actions.center_save_outcome_code,
        "ghost.repair" => audit.actions.ghost_repair,
        "message.send" => audit.actions.message_send,
        "number.note" => audit.actions.number_note,
        "queue.set-targets" => audit.actions.queue_set_targets,
        "session.revoke" => audit.actions.session_revoke,
        "team.create" => audit.actions.team_create,
        "team.delete" => audit.actions.team_delete,
        "team.update" => audit.actions.team_update,
        "user.change-password" => audit.actions.user_change_password,
        "user.create" => audit.actions.user_create,
        "user.deactivate" => audit.actions.user_deactivate,
        "user.reactivate" => audit.actions.user_reactivate,
        "user.remove-second-factor" => audit.actions.user_remove_second_factor,
        "user.renew-recovery-codes" => audit.actions.user_renew_recovery_codes,
        "user.reset-password" => audit.actions.user_reset_password,
        "user.set-extension" => audit.actions.user_set_extension,
        "user.set-second-factor" => audit.actions.user_set_second_factor,
        "user.take-second-factor" => audit.actions.user_take_second_factor,
        "user.update" => audit.actions.user_update,
        "wall.create" => audit.actions.wall_create,
        "wall.revoke" => audit.actions.wall_revoke,
    )
}

/// The name of a field; of fields of fields the last part.
pub(super) fn field(locale: Locale, name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    table!(locale, last,
        "" => audit.fields.value,
        "abandoned_after_s" => audit.fields.abandoned_after_s,
        "action" => audit.fields.action,
        "agent" => audit.fields.agent,
        "agents" => audit.fields.agents,
        "attempts" => audit.fields.attempts,
        "budget_min" => audit.fields.budget_min,
        "caller_id" => audit.fields.caller_id,
        "code" => audit.fields.code,
        "created_at" => audit.fields.created_at,
        "created_by" => audit.fields.created_by,
        "dial_prefix" => audit.fields.dial_prefix,
        "display_name" => audit.fields.display_name,
        "due_at" => audit.fields.due_at,
        "en" => audit.fields.en,
        "extensions" => audit.fields.extensions,
        "formula" => audit.fields.formula,
        "from" => audit.fields.from,
        "id" => audit.fields.id,
        "is_from_abandoned" => audit.fields.is_from_abandoned,
        "is_paid" => audit.fields.is_paid,
        "is_retired" => audit.fields.is_retired,
        "language" => audit.fields.language,
        "last_seen_at" => audit.fields.last_seen_at,
        "longest_wait_critical_s" => audit.fields.longest_wait_critical_s,
        "longest_wait_warning_s" => audit.fields.longest_wait_warning_s,
        "most_attempts" => audit.fields.most_attempts,
        "name" => audit.fields.name,
        "note" => audit.fields.note,
        "outcome" => audit.fields.outcome,
        "pause_s" => audit.fields.pause_s,
        "permissions" => audit.fields.permissions,
        "phone" => audit.fields.phone,
        "position" => audit.fields.position,
        "queue" => audit.fields.queue,
        "queues" => audit.fields.queues,
        "reason" => audit.fields.reason,
        "role" => audit.fields.role,
        "service_level_critical_percent" => audit.fields.service_level_critical_percent,
        "service_level_s" => audit.fields.service_level_s,
        "service_level_warning_percent" => audit.fields.service_level_warning_percent,
        "short_abandon_s" => audit.fields.short_abandon_s,
        "since" => audit.fields.since,
        "state" => audit.fields.state,
        "status" => audit.fields.status,
        "subject" => audit.fields.subject,
        "supervisors" => audit.fields.supervisors,
        "teams" => audit.fields.teams,
        "text" => audit.fields.text,
        "title" => audit.fields.title,
        "to" => audit.fields.to,
        "user" => audit.fields.user,
        "waiting_critical" => audit.fields.waiting_critical,
        "waiting_warning" => audit.fields.waiting_warning,
        "zh" => audit.fields.zh,
    )
}

/// A value of a field.
pub(super) fn value(locale: Locale, field: &str, value: &FieldValue) -> String {
    match value {
        FieldValue::None => td_string!(locale, common.none).to_owned(),
        FieldValue::Flag(true) => td_string!(locale, audit.yes).to_owned(),
        FieldValue::Flag(false) => td_string!(locale, audit.no).to_owned(),
        // An instant has a view of its own.
        FieldValue::Moment(at) => at.0.to_string(),
        FieldValue::Text(text) if text.is_empty() => td_string!(locale, audit.nothing).to_owned(),
        FieldValue::Text(text) => text_of(locale, field, text),
    }
}

fn text_of(locale: Locale, field: &str, text: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or(field);
    match last {
        "status" => match text {
            "LoggedOut" => td_string!(locale, common.status.logged_out).to_owned(),
            "Available" => td_string!(locale, common.status.available).to_owned(),
            "AvailableOnDemand" => td_string!(locale, common.status.available_on_demand).to_owned(),
            "OnBreak" => td_string!(locale, common.status.on_break).to_owned(),
            other => other.to_owned(),
        },
        "formula" => ServiceLevelFormula::from_code(text)
            .map_or_else(|| text.to_owned(), |formula| words::formula(locale, formula).to_owned()),
        "role" | "" => {
            Role::from_code(text).map_or_else(|| text.to_owned(), |role| words::role(locale, role).to_owned())
        }
        "permissions" => text.split(", ").map(|code| permission(locale, code)).collect::<Vec<_>>().join(", "),
        _ => text.to_owned(),
    }
}

fn permission(locale: Locale, code: &str) -> String {
    Permission::from_code(code)
        .map_or_else(|| code.to_owned(), |permission| permission_words(locale, permission).0.to_owned())
}

/// What became of it.
pub(super) fn outcome(locale: Locale, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Asked => td_string!(locale, audit.outcomes.asked),
        Outcome::Done => td_string!(locale, audit.outcomes.done),
        Outcome::Refused => td_string!(locale, audit.outcomes.refused),
        Outcome::Unknown => td_string!(locale, audit.outcomes.unknown),
    }
}

/// Colour and sign of an outcome.
pub(super) const fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Asked => Tone::Neutral,
        Outcome::Done => Tone::Good,
        Outcome::Refused => Tone::Critical,
        Outcome::Unknown => Tone::Warning,
    }
}

/// Which edit a row took back.
pub(super) fn undo_of(locale: Locale, id: u64) -> String {
    fill(td_string!(locale, audit.undo_of), &[("id", &id.to_string())])
}

/// How many fields are not shown.
pub(super) fn more(locale: Locale, count: usize) -> String {
    fill(td_string!(locale, audit.more), &[("count", &count.to_string())])
}
