-- The cookie sessions, in the form that tower-sessions' store for MySQL expects.
CREATE TABLE sessions (
    id CHAR(22) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    data BLOB NOT NULL,
    expiry_date TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    KEY sessions_expiry_date (expiry_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
