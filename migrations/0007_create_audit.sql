-- Who did what, when, from where, and how it ended. Rows are never deleted.
CREATE TABLE audit (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- The key that the button sent: the same press acts once.
    idempotency_key VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    user_id BIGINT UNSIGNED NULL,
    -- The name at that time.
    user_name VARCHAR(64) NOT NULL,
    address VARCHAR(64) NOT NULL,
    -- Noun and verb, such as queue.set-targets.
    action VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- What it was done to, such as fs-1/support@default.
    subject VARCHAR(400) COLLATE utf8mb4_nopad_bin NOT NULL,
    before_json LONGTEXT NULL,
    after_json LONGTEXT NULL,
    -- asked, done, refused, unknown.
    outcome VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The words of a refusal, or what became of it.
    result VARCHAR(1000) NULL,
    asked_at_ms BIGINT NOT NULL,
    completed_at_ms BIGINT NULL,
    UNIQUE KEY audit_idempotency_key (user_id, idempotency_key),
    KEY audit_asked_at (asked_at_ms),
    KEY audit_subject (subject, asked_at_ms),
    CONSTRAINT audit_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
