//! The names of the documents that a workspace keeps for the jobs ([`Workspace::doc`](crate::workspace::Workspace::doc)), and what each holds.

/// Where people come from: a [`SourceSpec`](crate::source::SourceSpec).
pub const SOURCE: &str = "source";
/// Columns to attributes: a [`Mapping`](crate::mapping::Mapping).
pub const MAPPING: &str = "mapping";
/// The org: an [`OrgUrl`](crate::okta::OrgUrl).
pub const ORG: &str = "org";
/// The org's address under Okta's own domains, where it was asked: an [`OrgUrl`](crate::okta::OrgUrl). The Admin Console is there.
pub const ORG_AT_OKTA: &str = "org-at-okta";
/// The org's user schema as Okta gave it, once it was read: JSON.
pub const SCHEMA: &str = "schema";
/// There while not everyone is assessed by the schema kept yet: true.
pub const ASSESS_AGAIN: &str = "assess_again";
/// There once clear text that many people have was counted: true. A migration from before has it counted before anything is sent.
pub const SHARED_WEIGHED: &str = "shared_weighed";
/// Columns that may say who is switched off and that nothing read: a list of [`Switch`](crate::mapping::Switch).
pub const SWITCHES: &str = "switches";
/// Tables that may say who is switched off and that nothing read: a list of [`SwitchTable`](crate::mapping::SwitchTable).
pub const SWITCH_TABLES: &str = "switch-tables";
/// Names that several groups have: a list of [`SharedName`](super::shared_names::SharedName).
pub const SHARED_NAMES: &str = "shared-names";
/// What else is to be known of the last reading: a list of sentences.
pub const READING_NOTES: &str = "reading-notes";
/// How Okta writes groups that people's are written otherwise: a map from people's spelling.
pub const GROUP_SPELLINGS: &str = "group-spellings";
/// The choices of step 4: [`Choices`](super::Choices).
pub const CHOICES: &str = "choices";
/// The people of a pilot that has not come to its end: a list of [`PersonId`](crate::workspace::PersonId).
pub const PILOT: &str = "pilot";
/// The password hook as it was registered: [`HookNotes`](super::hook::HookNotes).
pub const HOOK: &str = "hook";
/// How far Okta's log was read for first sign-ins.
pub const MOVED: &str = "moved";
/// How the window runs the password hook: port, path, certificate, public address. No secret.
pub const HOOK_SERVER: &str = "hook-server";
