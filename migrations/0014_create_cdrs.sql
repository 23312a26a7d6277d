-- Call records as mod_json_cdr posted them, one a leg. Idempotent by node, channel and leg.
CREATE TABLE cdrs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- a: the caller's channel; b: the one that the switch made.
    leg CHAR(1) COLLATE utf8mb4_nopad_bin NOT NULL,
    received_at_ms BIGINT NOT NULL,
    -- Hang-up of the channel, by the switch's clock.
    ended_at_ms BIGINT NOT NULL,
    -- The stay in a queue that the channel was part of.
    member_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    -- Compared with what the events told: nothing more to be learned from it.
    is_settled BOOLEAN NOT NULL DEFAULT FALSE,
    body_json LONGTEXT COLLATE utf8mb4_bin NOT NULL,
    UNIQUE KEY cdrs_leg (node, uuid, leg),
    KEY cdrs_member (node, member_uuid),
    KEY cdrs_unsettled (is_settled, id),
    KEY cdrs_ended (ended_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
