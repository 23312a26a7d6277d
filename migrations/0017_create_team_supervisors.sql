-- Who supervises which team. A supervisor without a team sees everything.
CREATE TABLE team_supervisors (
    team_id BIGINT UNSIGNED NOT NULL,
    user_id BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (team_id, user_id),
    KEY team_supervisors_user (user_id),
    CONSTRAINT team_supervisors_team FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT team_supervisors_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
