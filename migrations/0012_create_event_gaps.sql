-- Intervals in which events of a node were lost: what is on record of them is incomplete until call records close them.
CREATE TABLE event_gaps (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Everything was seen up to here.
    from_ms BIGINT NOT NULL,
    -- Events flowed again; null while they do not.
    to_ms BIGINT NULL,
    -- SwitchDesk itself did not run: call records of that time may wait in the switch's error directory.
    is_stop BOOLEAN NOT NULL,
    closed_at_ms BIGINT NULL,
    UNIQUE KEY event_gaps_gap (node, from_ms),
    KEY event_gaps_open (closed_at_ms, from_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
