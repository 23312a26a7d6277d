-- People who sign in to SwitchDesk.
CREATE TABLE users (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    -- Sign-in name, in lower case.
    name VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- argon2id as a PHC string.
    password_hash VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- agent, supervisor, admin.
    role VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- The switch agent that an agent user is tied to.
    agent_node VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    agent_name VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
    display_name VARCHAR(190) NOT NULL,
    -- BCP 47 tag.
    language VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- system, light, dark.
    theme VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'system',
    -- How the user likes the board.
    board_preferences_json LONGTEXT NULL,
    created_at_ms BIGINT NOT NULL,
    -- Set when the user may no longer sign in.
    deactivated_at_ms BIGINT NULL,
    UNIQUE KEY users_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
