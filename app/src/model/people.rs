//! People and teams as those who manage them see and fill them in.

use serde::{Deserialize, Serialize};

use super::account::{Permission, Role, SessionRow};
use super::destination::Destination;
use super::ids::{AgentKey, NodeName, QueueKey};
use super::problem::{FieldProblem, ProblemKind};
use super::time::UnixMs;

/// The longest sign-in name, in characters.
pub const LONGEST_NAME: u32 = 64;
/// The longest name for people, in characters.
pub const LONGEST_DISPLAY_NAME: u32 = 190;
/// The longest name of a team, in characters.
pub const LONGEST_TEAM_NAME: u32 = 100;
/// The shortest password that somebody may choose, in characters.
pub const SHORTEST_PASSWORD: u32 = 12;

/// What a user may and may not beside what is usual for the role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionExceptions {
    /// May, although the role may not.
    pub given: Vec<Permission>,
    /// May not, although the role may.
    pub denied: Vec<Permission>,
}

impl PermissionExceptions {
    /// The exceptions that make `permissions` of what is usual for the role.
    pub fn of(role: Role, permissions: &[Permission]) -> Self {
        let differs = |is_usual: bool| {
            Permission::ALL.into_iter().filter(move |permission| {
                permission.is_usual_for(role) == is_usual && permissions.contains(permission) != is_usual
            })
        };
        Self { given: differs(false).collect(), denied: differs(true).collect() }
    }

    /// What a user of that role may.
    pub fn permissions(&self, role: Role) -> Vec<Permission> {
        Permission::ALL
            .into_iter()
            .filter(|permission| {
                !self.denied.contains(permission)
                    && (permission.is_usual_for(role) || self.given.contains(permission))
            })
            .collect()
    }
}

/// A user in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Key in the database.
    pub id: u64,
    /// Sign-in name.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// The agent that the user is tied to.
    pub agent: Option<AgentKey>,
    /// Names of the teams that the user supervises.
    #[serde(default)]
    pub teams: Vec<String>,
    /// Whether the sign-in asks for a second factor.
    pub has_second_factor: bool,
    /// Since when the user may no longer sign in.
    pub deactivated_at: Option<UnixMs>,
    /// When a browser of the user was last seen.
    pub last_seen_at: Option<UnixMs>,
}

/// A telephone of a user on a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The node.
    pub node: NodeName,
    /// What the node's dial plan reaches it by; empty for none.
    pub extension: String,
}

/// What of a user can be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonForm {
    /// Name for people.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// The agent that an agent user is tied to.
    pub agent: Option<AgentKey>,
    /// What the user may beside what every user of the role may.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// Keys of the teams that the user supervises.
    #[serde(default)]
    pub teams: Vec<u64>,
    /// The user's telephones, at most one a node.
    #[serde(default)]
    pub extensions: Vec<Extension>,
}

impl PersonForm {
    /// What is wrong with it, as far as the form itself shows.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_name(&mut problems, "display_name", &self.display_name, LONGEST_DISPLAY_NAME);
        if self.role == Role::Agent && self.agent.is_none() {
            problems.push(problem("agent", ProblemKind::Required));
        }
        for Extension { node, extension } in &self.extensions {
            if !extension.trim().is_empty()
                && let Err(kind) = Destination::parse(extension)
            {
                problems.push(FieldProblem { field: extension_field(node), kind });
            }
        }
        problems
    }

    /// As it is stored: without what does not belong to the role, and without fields left empty.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.display_name = self.display_name.trim().to_owned();
        if self.role != Role::Agent {
            self.agent = None;
        }
        if self.role != Role::Supervisor {
            self.teams.clear();
        }
        self.extensions.retain_mut(|own| {
            own.extension = own.extension.trim().to_owned();
            !own.extension.is_empty()
        });
        self
    }
}

/// The name of the field that holds the extension on a node.
pub fn extension_field(node: &NodeName) -> String {
    format!("extension-{node}")
}

/// A user with everything that can be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDetail {
    /// As in the list.
    pub row: PersonRow,
    /// What can be edited.
    pub form: PersonForm,
    /// Whether the next sign-in asks for a new password.
    pub must_change_password: bool,
    /// Where the user is signed in.
    #[serde(default)]
    pub sessions: Vec<SessionRow>,
    /// Every team, by name.
    #[serde(default)]
    pub teams: Vec<TeamName>,
}

/// A user to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// Sign-in name.
    pub name: String,
    /// Name for people; the sign-in name where it is empty.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// The agent that an agent user is tied to.
    pub agent: Option<AgentKey>,
    /// The first password; one is drawn where it is empty.
    pub password: String,
}

impl NewPerson {
    /// What is wrong with it, as far as the form itself shows.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_name(&mut problems, "name", &self.name, LONGEST_NAME);
        if !self.display_name.trim().is_empty() {
            check_name(&mut problems, "display_name", &self.display_name, LONGEST_DISPLAY_NAME);
        }
        if self.role == Role::Agent && self.agent.is_none() {
            problems.push(problem("agent", ProblemKind::Required));
        }
        problems
    }
}

/// A first password that cannot be shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstPassword {
    /// Key of the user.
    pub id: u64,
    /// Sign-in name.
    pub name: String,
    /// The password, where it was drawn and not chosen.
    pub password: Option<String>,
}

/// A team to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamName {
    /// Key in the database.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// A supervisor to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisorName {
    /// Key in the database.
    pub id: u64,
    /// Name for people.
    pub display_name: String,
}

/// What of a team can be edited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamForm {
    /// Its name.
    pub name: String,
    /// Its queues.
    #[serde(default)]
    pub queues: Vec<QueueKey>,
    /// Agents who belong to it whatever their queues are.
    #[serde(default)]
    pub agents: Vec<AgentKey>,
    /// Keys of the users who supervise it.
    #[serde(default)]
    pub supervisors: Vec<u64>,
}

impl TeamForm {
    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_name(&mut problems, "name", &self.name, LONGEST_TEAM_NAME);
        problems
    }

    /// As it is stored: sorted, without repeats.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        self.name = self.name.trim().to_owned();
        self.queues.sort();
        self.queues.dedup();
        self.agents.sort();
        self.agents.dedup();
        self.supervisors.sort_unstable();
        self.supervisors.dedup();
        self
    }
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Key in the database.
    pub id: u64,
    /// What can be edited.
    pub form: TeamForm,
}

/// The teams, and who can supervise them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamsView {
    /// By name.
    #[serde(default)]
    pub teams: Vec<Team>,
    /// Active supervisors, by name.
    #[serde(default)]
    pub supervisors: Vec<SupervisorName>,
}

fn problem(field: &str, kind: ProblemKind) -> FieldProblem {
    FieldProblem { field: field.to_owned(), kind }
}

fn check_name(problems: &mut Vec<FieldProblem>, field: &str, name: &str, longest: u32) {
    let name = name.trim();
    if name.is_empty() {
        problems.push(problem(field, ProblemKind::Required));
    } else if name.chars().count() > longest as usize {
        problems.push(problem(field, ProblemKind::TooLong(longest)));
    } else if name.contains(char::is_control) {
        problems.push(problem(field, ProblemKind::ControlCharacter));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_give_back_what_was_chosen() {
        for role in Role::ALL {
            for chosen in [
                vec![],
                Permission::ALL.to_vec(),
                Permission::usual_for(role),
                vec![Permission::Listen, Permission::ReadAudit],
            ] {
                let exceptions = PermissionExceptions::of(role, &chosen);
                assert_eq!(exceptions.permissions(role), chosen, "{role:?}");
            }
            let usual = PermissionExceptions::of(role, &Permission::usual_for(role));
            assert_eq!(usual, PermissionExceptions::default());
        }
    }

    #[test]
    fn telephones_are_what_can_be_dialled_and_an_agent_has_an_agent() {
        let form = |role, extension: &str| PersonForm {
            display_name: " Sample ".into(),
            role,
            agent: None,
            permissions: vec![],
            teams: vec![1],
            extensions: vec![Extension { node: NodeName::new("fs-1"), extension: extension.into() }],
        };
        let fields = |form: &PersonForm| {
            form.problems().into_iter().map(|problem| problem.field).collect::<Vec<_>>().join(" ")
        };
        for (role, extension, wrong) in [
            (Role::Supervisor, "1001", ""),
            (Role::Supervisor, " ", ""),
            (Role::Supervisor, "{x}1001", "extension-fs-1"),
            (Role::Agent, "", "agent"),
        ] {
            assert_eq!(fields(&form(role, extension)), wrong, "{role:?} {extension:?}");
        }
        let tidied = form(Role::Admin, " ").tidied();
        assert_eq!(
            (tidied.display_name.as_str(), tidied.teams.len(), tidied.extensions.len()),
            ("Sample", 0, 0)
        );
    }
}
