//! Recognise a stored password, explain it, convert it for Okta, verify a plaintext against it. One file a family. Pure.
