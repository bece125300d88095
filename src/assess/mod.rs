//! Decides each person's route and findings. Pure.
//!
//! [`assess`] says before anything is sent what Okta would refuse (`Blocks`), what was changed or may surprise
//! (`Warns`), and what is good to know (`Notes`). Every code is a constant in [`codes`].
//!
//! What only shows across people (two logins that Okta takes for one) the workspace adds: it compares [`fold_login`]
//! and makes the findings of [`codes::LOGIN_DUPLICATE`] and [`codes::EMAIL_DUPLICATE`].

mod clear_text;
pub mod codes;
mod fold;
mod forms;
mod groups;
mod password;
mod person;
mod profile;
mod repair;
mod same_person;
mod schema;

pub use clear_text::{clear_text_schemes, clear_text_value};
pub use fold::{fold_login, same_login};
pub use forms::Form;
pub use person::{AssessContext, assess, left_out_by_default, must_reset};
pub use repair::repair;
pub use same_person::{Identity, SamePerson, same_person};
pub use schema::{AttributeRule, AttributeType, Items, LoginForm, SchemaRules};
