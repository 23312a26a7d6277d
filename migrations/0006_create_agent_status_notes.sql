-- Statuses that a person chose in SwitchDesk, with the reason: joined with the switch's own event, which has neither.
CREATE TABLE agent_status_notes (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- As mod_callcenter spells it.
    status VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Code of a break reason.
    reason VARCHAR(32) COLLATE utf8mb4_nopad_bin NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    noted_at_ms BIGINT NOT NULL,
    -- Set when the switch refused it: it counts as never said.
    refused_at_ms BIGINT NULL,
    KEY agent_status_notes_agent (node, agent, noted_at_ms),
    CONSTRAINT agent_status_notes_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
