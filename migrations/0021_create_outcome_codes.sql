-- What calls may have come to, as agents note it; edited by admins. Rows are retired, never deleted.
CREATE TABLE outcome_codes (
    code VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    name_en VARCHAR(60) NOT NULL,
    name_zh VARCHAR(60) NOT NULL,
    -- The one queue, as the switch spells it, whose calls it is offered for; null for all.
    queue VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
    position INT UNSIGNED NOT NULL,
    is_retired BOOLEAN NOT NULL DEFAULT FALSE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
SELECT 'resolved' AS code, 'Resolved' AS name_en, '已解决' AS name_zh, NULL AS queue, 1 AS position
UNION ALL SELECT 'follow-up', 'Follow up', '需跟进', NULL, 2
UNION ALL SELECT 'wrong-number', 'Wrong number', '打错电话', NULL, 3;
