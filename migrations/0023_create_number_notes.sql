-- A note that stays with a caller's number.
CREATE TABLE number_notes (
    number VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    note VARCHAR(2000) NOT NULL,
    -- One more with each edit: who edits an older version is told.
    version INT UNSIGNED NOT NULL,
    written_by BIGINT UNSIGNED NOT NULL,
    written_at_ms BIGINT NOT NULL,
    CONSTRAINT number_notes_user FOREIGN KEY (written_by) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
