-- Whether a service beside the window answered: what the window's own server answered before it was closed is none.
ALTER TABLE hook_calls ADD COLUMN service INTEGER NOT NULL DEFAULT 0;
