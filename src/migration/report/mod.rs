//! Everyone as a file: the review list, for administrators' own tools.
