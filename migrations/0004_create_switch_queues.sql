-- Queues that a switch has or had, and what SwitchDesk knows beyond the switch: a name for people and targets.
-- The defaults of the targets are those of QueueTargets::default().
CREATE TABLE switch_queues (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- As the switch spells it.
    name VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    display_name VARCHAR(190) NULL,
    -- discovered: found on the switch. managed: SwitchDesk's own.
    origin VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'discovered',
    first_seen_at_ms BIGINT NOT NULL,
    waiting_warning INT UNSIGNED NOT NULL DEFAULT 4,
    waiting_critical INT UNSIGNED NOT NULL DEFAULT 7,
    longest_wait_warning_s INT UNSIGNED NOT NULL DEFAULT 60,
    longest_wait_critical_s INT UNSIGNED NOT NULL DEFAULT 180,
    service_level_warning_percent INT UNSIGNED NOT NULL DEFAULT 80,
    service_level_critical_percent INT UNSIGNED NOT NULL DEFAULT 60,
    service_level_s INT UNSIGNED NOT NULL DEFAULT 20,
    short_abandon_s INT UNSIGNED NOT NULL DEFAULT 5,
    formula VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'standard',
    PRIMARY KEY (node, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
