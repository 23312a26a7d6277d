-- Agents that a switch has or had, with a name for people.
CREATE TABLE switch_agents (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- As the switch spells it.
    name VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    display_name VARCHAR(190) NULL,
    -- discovered: found on the switch. managed: SwitchDesk's own.
    origin VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'discovered',
    first_seen_at_ms BIGINT NOT NULL,
    PRIMARY KEY (node, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
