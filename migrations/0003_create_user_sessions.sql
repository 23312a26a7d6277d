-- Who is signed in where: what a user sees and may revoke. A row outlives its cookie session, as a record.
CREATE TABLE user_sessions (
    -- The public handle of the session; the cookie holds session_id.
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    -- sessions.id; no foreign key, because an expired cookie session is deleted.
    session_id CHAR(22) COLLATE utf8mb4_nopad_bin NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    address VARCHAR(64) NOT NULL,
    user_agent VARCHAR(255) NOT NULL,
    -- Set when somebody ended it on purpose.
    revoked_at_ms BIGINT NULL,
    UNIQUE KEY user_sessions_session_id (session_id),
    KEY user_sessions_user_id (user_id, revoked_at_ms),
    CONSTRAINT user_sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
