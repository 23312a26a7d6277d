-- Agents who are to be logged out at the end of their call, until it has ended or somebody takes it back.
CREATE TABLE pending_log_outs (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Who wants it.
    user_id BIGINT UNSIGNED NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    PRIMARY KEY (node, agent),
    CONSTRAINT pending_log_outs_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
