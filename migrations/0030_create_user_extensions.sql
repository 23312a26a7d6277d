-- Which telephone rings for a user on a node: that of a supervisor who listens, takes over or answers.
CREATE TABLE user_extensions (
    user_id BIGINT UNSIGNED NOT NULL,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    extension VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    PRIMARY KEY (user_id, node),
    CONSTRAINT user_extensions_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
