-- How people sign in, where they are signed in, and what an administrator answers for.

CREATE TABLE sign_ins (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    -- What the person types, in small letters; NULL for who signs in with a card only.
    login TEXT UNIQUE,
    -- Argon2id, as a PHC string; NULL until the person has chosen one.
    password TEXT,
    -- The secret of the one-time codes, sealed with a key that is not in the database.
    totp BLOB,
    -- The last step of thirty seconds whose code was used; each is used once.
    last_step INTEGER NOT NULL DEFAULT 0,
    -- Wrong tries since the last right one, and when the last of them was.
    failures INTEGER NOT NULL DEFAULT 0,
    failed_at INTEGER NOT NULL DEFAULT 0,
    -- How the identity provider names the person, such as an HSA-id.
    external_id TEXT UNIQUE,
    -- SHA-256 of the one-time code for the first sign-in; NULL when there is none to be used.
    setup_sha256 BLOB UNIQUE CHECK (length(setup_sha256) = 32),
    setup_expires_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE recovery_codes (
    -- SHA-256 of the code.
    code_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(code_sha256) = 32),
    user_id BLOB NOT NULL REFERENCES users (id),
    -- NULL until it was used.
    used_at INTEGER
) STRICT;

CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

CREATE TABLE sessions (
    -- SHA-256 of what the browser holds.
    token_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(token_sha256) = 32),
    user_id BLOB NOT NULL REFERENCES users (id),
    -- The account as it was at the sign-in; another one ends the session.
    access_version INTEGER NOT NULL,
    -- What every form must bring along.
    form_token TEXT NOT NULL,
    -- password or card.
    means TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE role_analyses (
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    role TEXT NOT NULL,
    -- The needs-and-risk analysis (HSLF-FS 2016:40, 4 kap. 2 §) by the organisation's own number.
    analysis TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    -- A date, such as 2026-11-03.
    decided_on TEXT NOT NULL,
    PRIMARY KEY (organisation_id, role)
) STRICT;

CREATE TABLE admin_events (
    id INTEGER NOT NULL PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    at INTEGER NOT NULL,
    -- Who did it; NULL where nobody had signed in yet, or the command line did it.
    actor_id BLOB,
    -- The act's stable name, such as user.added.
    act TEXT NOT NULL,
    -- What it concerns: an id of an account, device or unit, or a role's name; empty if nothing.
    target TEXT NOT NULL
) STRICT;

CREATE INDEX admin_events_by_organisation ON admin_events (organisation_id, id);
