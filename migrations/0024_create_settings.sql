-- What is set for the whole center (user_id 0) and by single users for themselves, as small JSON values.
CREATE TABLE settings (
    user_id BIGINT UNSIGNED NOT NULL,
    name VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    value_json LONGTEXT COLLATE utf8mb4_bin NOT NULL CHECK (JSON_VALID(value_json)),
    PRIMARY KEY (user_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
