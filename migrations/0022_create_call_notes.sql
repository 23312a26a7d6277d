-- What an agent noted of a stay in a queue: an outcome code and words.
CREATE TABLE call_notes (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    member_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Who noted it, on the same node.
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    outcome_code VARCHAR(32) COLLATE utf8mb4_nopad_bin NULL,
    note VARCHAR(2000) NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    PRIMARY KEY (node, member_uuid),
    KEY call_notes_agent (node, agent, noted_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
