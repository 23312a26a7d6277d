-- Up to when everything of a node is on record, and since when there is a record at all.
CREATE TABLE history_progress (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    seen_until_ms BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
