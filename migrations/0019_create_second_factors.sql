-- The second factor of a user: one-time passwords of an authenticator (RFC 6238). Never read back by any page.
CREATE TABLE second_factors (
    user_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    secret VARBINARY(64) NOT NULL,
    -- NULL until the user has shown that the authenticator works.
    confirmed_at_ms BIGINT NULL,
    -- The latest step of 30 s whose password was used: no password is taken twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    -- Array of SHA-256 in hex: the recovery codes that were not used yet.
    recovery_hashes_json LONGTEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    CONSTRAINT second_factors_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
