-- Teams: which queues and agents their supervisors see and touch.
CREATE TABLE teams (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- Array of {node, name}.
    queues_json LONGTEXT NOT NULL,
    -- Array of {node, name}: agents who belong to the team whatever their queues are.
    agents_json LONGTEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE KEY teams_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
