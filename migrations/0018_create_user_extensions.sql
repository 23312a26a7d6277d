-- The telephone of a user on each node: what rings when the user listens in or takes a call over.
CREATE TABLE user_extensions (
    user_id BIGINT UNSIGNED NOT NULL,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Letters, digits and + * # . - _ alone.
    extension VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    PRIMARY KEY (user_id, node),
    CONSTRAINT user_extensions_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
