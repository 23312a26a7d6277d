-- What supervisors wrote to desks: a row for each agent that it was written to.
CREATE TABLE desk_messages (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- The same for all who were written to at once.
    batch CHAR(36) COLLATE utf8mb4_nopad_bin NOT NULL,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The queue whose agents it was written to; null for one agent.
    queue VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
    sender_id BIGINT UNSIGNED NOT NULL,
    text VARCHAR(1000) NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    read_at_ms BIGINT NULL,
    KEY desk_messages_agent (node, agent, sent_at_ms),
    KEY desk_messages_sender (sender_id, sent_at_ms),
    CONSTRAINT desk_messages_sender FOREIGN KEY (sender_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
