//! The Okta API: requests, answers, errors, pace. Knows nothing of sources or screens.
