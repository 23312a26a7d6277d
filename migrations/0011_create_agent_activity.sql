-- What agents did, as intervals: status with reason, state, and the presence that people read.
CREATE TABLE agent_activity (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    started_at_ms BIGINT NOT NULL,
    -- Null for what the agent does now.
    ended_at_ms BIGINT NULL,
    -- Presence, status, state, reason and who chose it.
    activity_json LONGTEXT COLLATE utf8mb4_bin NOT NULL CHECK (JSON_VALID(activity_json)),
    presence VARCHAR(16) COLLATE utf8mb4_nopad_bin AS (JSON_VALUE(activity_json, '$.presence')) PERSISTENT,
    UNIQUE KEY agent_activity_interval (node, agent, started_at_ms),
    KEY agent_activity_open (ended_at_ms),
    KEY agent_activity_started (started_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
