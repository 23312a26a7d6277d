-- Read-only screens that need no user session: who has the token sees the board.
CREATE TABLE wall_links (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- SHA-256 of the token; the token itself is shown once and stored nowhere.
    token_hash BINARY(32) NOT NULL,
    title VARCHAR(190) NOT NULL,
    -- Array of {node, name}; empty means every queue.
    queues_json LONGTEXT NOT NULL,
    -- BCP 47 tag.
    language VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by BIGINT UNSIGNED NOT NULL,
    last_seen_at_ms BIGINT NULL,
    revoked_at_ms BIGINT NULL,
    UNIQUE KEY wall_links_token_hash (token_hash),
    CONSTRAINT wall_links_created_by FOREIGN KEY (created_by) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
