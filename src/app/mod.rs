//! The wizard. `steps/` one file a step; `widgets/` parts used by two or more steps; `theme.rs` every colour, size and font; `jobs.rs` the only bridge to async work.
