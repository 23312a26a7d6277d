-- Agents whose wrap-up on the switch was set to nothing for once ("ready now"), and what it goes back to.
CREATE TABLE wrap_up_restores (
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    wrap_up_s INT UNSIGNED NOT NULL,
    -- By then the wrap-up that was cut short would be over by itself.
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (node, agent)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
