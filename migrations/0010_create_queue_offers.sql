-- Agents who were rung for a caller, and what came of it.
CREATE TABLE queue_offers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    member_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    joined_at_ms BIGINT NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    offered_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NULL,
    is_answered BOOLEAN NOT NULL DEFAULT FALSE,
    -- Why not, in the switch's word.
    cause VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    is_missed BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE KEY queue_offers_offer (node, member_uuid, agent, offered_at_ms),
    KEY queue_offers_agent (node, agent, offered_at_ms),
    KEY queue_offers_ended (ended_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
