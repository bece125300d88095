//! How the window looks and feels: colors, sizes, fonts and icons ([`theme`]), the parts pages are made of ([`widgets`]), and how a
//! problem is shown ([`Problem`]). It knows no word of migrations, and it is the only room that names a color: elsewhere a lint
//! refuses the constructors.

mod problem;
pub mod theme;
pub mod widgets;

pub use problem::Problem;
