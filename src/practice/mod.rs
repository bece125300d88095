//! A pretend Okta org, and a sample company to move into it. Written from Okta's documented behaviour; uses no other room.
