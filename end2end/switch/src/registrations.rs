//! Phones that are registered, and the `sofia::` events that tell of it.
//!
//! With life every agent that is logged in has a phone; others register by `demo register`. The order of events and their
//! headers are those of a phone that registers with its password (FINDINGS 53).

use std::borrow::Cow;

use crate::event::{Event, Origin};
use crate::switch::Switch;

/// A registered phone.
#[derive(Debug, Clone)]
pub struct Registration {
    /// `1001`
    pub user: String,
    /// `default`
    pub realm: String,
    /// Call-ID of the registration.
    pub call_id: String,
    /// Address of the phone.
    pub address: String,
    /// Port of the phone.
    pub port: u16,
    /// Epoch second at which it ends.
    pub expires: i64,
}

impl Registration {
    /// Where calls for the user go.
    pub fn url(&self) -> String {
        format!("sofia/internal/sip:{}@{}:{}", self.user, self.address, self.port)
    }
}

fn user_of(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, "default"))
}

impl Switch {
    /// All registered phones.
    pub fn registrations(&self) -> Vec<Registration> {
        let living = self.center.agents.iter().filter(|agent| self.world.life && agent.is_logged_in());
        let living = living.map(|agent| {
            let (user, _) = user_of(&agent.name);
            Registration {
                user: user.to_owned(),
                realm: "default".to_owned(),
                call_id: format!("sample-{user}"),
                address: "192.0.2.10".to_owned(),
                port: 5070,
                expires: self.epoch() + 3600,
            }
        });
        let told = self.world.registrations.iter().cloned();
        told.chain(living.filter(|row| !self.world.registrations.iter().any(|known| known.user == row.user)))
            .collect()
    }

    /// Whether a user has a phone now.
    pub fn is_registered(&self, user: &str) -> bool {
        self.world.life || self.registrations().iter().any(|row| row.user == user)
    }

    /// A phone registers, for the first time or again.
    pub fn register(&mut self, name: &str, seconds: i64) {
        let (user, realm) = user_of(name);
        let row = Registration {
            user: user.to_owned(),
            realm: realm.to_owned(),
            call_id: self.new_application_uuid().replace('-', "")[..16].to_owned(),
            address: "192.0.2.10".to_owned(),
            port: 5070,
            expires: self.epoch() + seconds,
        };
        self.world.registrations.retain(|known| known.user != user);
        self.world.registrations.push(row.clone());
        self.tell_attempt(&row, seconds, "RENEWED");
        let line = Origin("sofia_reg.c", "sofia_reg_handle_register_token", 2059);
        let mut event = self.sofia_event("sofia::register", line);
        add_from(&mut event, &row);
        event.add("presence-hosts", "n/a");
        add_contact(&mut event, &row, seconds);
        add_to(&mut event, &row);
        event.add("username", row.user.as_str());
        event.add("realm", row.realm.as_str());
        event.add("user-agent", "rec-ua/1.0");
        self.publish(&event);
    }

    /// A phone says that it leaves. False if it was not there.
    pub fn unregister(&mut self, name: &str) -> bool {
        let (user, _) = user_of(name);
        let Some(at) = self.world.registrations.iter().position(|row| row.user == user) else { return false };
        let row = self.world.registrations.remove(at);
        self.tell_attempt(&row, 0, "RENEWED");
        let line = Origin("sofia_reg.c", "sofia_reg_handle_register_token", 2213);
        let mut event = self.sofia_event("sofia::unregister", line);
        event.add("profile-name", "internal");
        event.add("username", row.user.as_str());
        event.add("from-user", row.user.as_str());
        event.add("from-host", row.realm.as_str());
        event.add("contact", format!("\"\" <sip:{}@{}:{}>", row.user, row.address, row.port));
        event.add("call-id", row.call_id.as_str());
        event.add("rpid", "unknown");
        event.add("realm", row.realm.as_str());
        event.add("network-ip", row.address.as_str());
        event.add("network-port", row.port.to_string());
        event.add("user-agent", "rec-ua/1.0");
        event.add("expires", "0");
        self.publish(&event);
        true
    }

    /// A phone tries with a wrong password, from `address`.
    pub fn register_wrongly(&mut self, name: &str, address: &str) {
        let (user, realm) = user_of(name);
        let row = Registration {
            user: user.to_owned(),
            realm: realm.to_owned(),
            call_id: self.new_application_uuid().replace('-', "")[..16].to_owned(),
            address: address.to_owned(),
            port: 5081,
            expires: 0,
        };
        self.tell_attempt(&row, 300, "FORBIDDEN");
        let line = Origin("sofia_reg.c", "sofia_reg_handle_register_token", 1792);
        let mut event = self.sofia_event("sofia::register_failure", line);
        event.add("profile-name", "internal");
        event.add("to-user", row.user.as_str());
        event.add("to-host", row.realm.as_str());
        event.add("network-ip", row.address.as_str());
        event.add("user-agent", "rec-ua/1.0");
        event.add("profile-name", "internal");
        event.add("network-port", row.port.to_string());
        event.add("registration-type", "REGISTER");
        self.publish(&event);
    }

    fn tell_attempt(&mut self, row: &Registration, seconds: i64, result: &str) {
        let line = Origin("sofia_reg.c", "sofia_reg_handle_register_token", 1606);
        let mut event = self.sofia_event("sofia::register_attempt", line);
        add_from(&mut event, row);
        add_contact(&mut event, row, seconds);
        add_to(&mut event, row);
        event.add("username", row.user.as_str());
        event.add("realm", row.realm.as_str());
        event.add("user-agent", "rec-ua/1.0");
        event.add("auth-result", result);
        self.publish(&event);
    }

    fn sofia_event(&mut self, subclass: &'static str, origin: Origin) -> Event {
        self.event("CUSTOM", Some(Cow::Borrowed(subclass)), origin)
    }
}

fn add_from(event: &mut Event, row: &Registration) {
    event.add("profile-name", "internal");
    event.add("from-user", row.user.as_str());
    event.add("from-host", row.realm.as_str());
}

fn add_contact(event: &mut Event, row: &Registration, seconds: i64) {
    event.add("contact", format!("\"\" <sip:{}@{}:{}>", row.user, row.address, row.port));
    event.add("call-id", row.call_id.as_str());
    event.add("rpid", "unknown");
    event.add("status", "Registered(UDP)");
    event.add("expires", seconds.to_string());
}

fn add_to(event: &mut Event, row: &Registration) {
    event.add("to-user", row.user.as_str());
    event.add("to-host", row.realm.as_str());
    event.add("network-ip", row.address.as_str());
    event.add("network-port", row.port.to_string());
}
