//! The long jobs: read (source to workspace), import. Each is a plain async function with a progress sink and a stop token.
