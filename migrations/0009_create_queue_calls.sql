-- The stays of callers in queues, each with its one outcome. Idempotent by node, membership and joining time.
CREATE TABLE queue_calls (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    member_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The switch's clock; to the second where only a list told it.
    joined_at_ms BIGINT NOT NULL,
    queue VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The caller's channel, by which call records join.
    session_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    caller_name VARCHAR(255) NOT NULL,
    caller_number VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Who answered.
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
    answered_at_ms BIGINT NULL,
    wait_ms BIGINT NULL,
    -- Within the seconds of the service level that held then.
    is_answered_in_time BOOLEAN NOT NULL DEFAULT FALSE,
    -- End of the talk.
    talked_until_ms BIGINT NULL,
    talk_ms BIGINT NULL,
    wrap_up_ms BIGINT NULL,
    ended_at_ms BIGINT NULL,
    -- Code of an outcome; null while the caller is there, or while nobody knows.
    outcome VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
    is_short_abandon BOOLEAN NOT NULL DEFAULT FALSE,
    is_abandoned_in_time BOOLEAN NOT NULL DEFAULT FALSE,
    -- Events of it were lost: a call record completes it.
    is_incomplete BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE KEY queue_calls_stay (node, member_uuid, joined_at_ms),
    KEY queue_calls_queue (node, queue, joined_at_ms),
    KEY queue_calls_joined (joined_at_ms),
    KEY queue_calls_open (outcome, joined_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
