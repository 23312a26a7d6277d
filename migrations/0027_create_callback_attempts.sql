-- Calls to customers who are to be called back.
CREATE TABLE callback_attempts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    callback_id BIGINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    -- Whose telephone was rung first.
    agent_node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The agent's channel, by which call records join.
    channel_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    started_at_ms BIGINT NOT NULL,
    -- Code of an outcome; null until the person has said.
    outcome VARCHAR(16) COLLATE utf8mb4_nopad_bin NULL,
    KEY callback_attempts_callback (callback_id, id),
    KEY callback_attempts_channel (channel_uuid),
    KEY callback_attempts_agent (agent_node, agent, started_at_ms),
    CONSTRAINT callback_attempts_callback FOREIGN KEY (callback_id) REFERENCES callbacks (id),
    CONSTRAINT callback_attempts_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
