-- Why agents may be on break; edited by admins. Recorded codes stay valid: rows are retired, never deleted.
CREATE TABLE break_reasons (
    code VARCHAR(32) COLLATE utf8mb4_nopad_bin NOT NULL PRIMARY KEY,
    name_en VARCHAR(60) NOT NULL,
    name_zh VARCHAR(60) NOT NULL,
    is_paid BOOLEAN NOT NULL,
    -- Minutes a day; 0 sets no limit.
    budget_min INT UNSIGNED NOT NULL,
    position INT UNSIGNED NOT NULL,
    is_retired BOOLEAN NOT NULL DEFAULT FALSE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
SELECT 'rest' AS code, 'Rest' AS name_en, '小休' AS name_zh, TRUE AS is_paid, 0 AS budget_min, 1 AS position
UNION ALL SELECT 'meal', 'Meal', '用餐', FALSE, 0, 2
UNION ALL SELECT 'training', 'Training', '培训', TRUE, 0, 3
UNION ALL SELECT 'meeting', 'Meeting', '会议', TRUE, 0, 4
UNION ALL SELECT 'back-office', 'Back office', '后台处理', TRUE, 0, 5
UNION ALL SELECT 'other', 'Other', '其他', TRUE, 0, 6;
