-- How callbacks of a queue are made and tried. A queue without a row has the defaults of CallbackRule::default().
CREATE TABLE callback_rules (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    queue VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    is_from_abandoned BOOLEAN NOT NULL,
    abandoned_after_s INT UNSIGNED NOT NULL,
    pause_s INT UNSIGNED NOT NULL,
    most_attempts INT UNSIGNED NOT NULL,
    caller_id VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
    dial_prefix VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
    PRIMARY KEY (node, queue)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
