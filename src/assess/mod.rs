//! Decides each person's route and findings. Pure.
