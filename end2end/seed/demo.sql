-- What SwitchDesk knows of the demo switch: names for people and targets. The data is invented, and says so.
-- May be applied any number of times: each time everything is as it is here.
SET NAMES utf8mb4;
SET @now_ms = UNIX_TIMESTAMP() * 1000;

INSERT INTO switch_queues (node, name, display_name, first_seen_at_ms,
    waiting_warning, waiting_critical, longest_wait_warning_s, longest_wait_critical_s,
    service_level_warning_percent, service_level_critical_percent, service_level_s, short_abandon_s, formula)
VALUES
    ('fs-1', 'support@default', 'Support 支持', @now_ms, 5, 10, 60, 150, 80, 65, 20, 5, 'standard'),
    ('fs-1', 'sales@default', 'Sales 销售', @now_ms, 3, 6, 30, 90, 85, 70, 15, 5, 'standard'),
    ('fs-1', 'billing@default', 'Billing 账单', @now_ms, 4, 8, 60, 180, 80, 60, 20, 5, 'standard'),
    ('fs-1', 'vip@default', 'VIP 贵宾', @now_ms, 1, 3, 10, 30, 95, 85, 10, 3, 'standard'),
    ('fs-1', 'returns@default', '售后服务', @now_ms, 4, 8, 90, 240, 75, 55, 30, 5, 'standard'),
    ('fs-1', 'delivery@default', 'Delivery 配送', @now_ms, 5, 9, 90, 240, 75, 55, 30, 5, 'standard'),
    ('fs-1', 'technical@default', '技术支持', @now_ms, 6, 12, 120, 300, 70, 50, 45, 10, 'standard'),
    ('fs-1', 'complaints@default', '投诉处理', @now_ms, 2, 4, 30, 90, 90, 75, 15, 5, 'standard'),
    ('fs-1', 'callback@default', 'Call-back 回拨', @now_ms, 8, 16, 300, 900, 60, 40, 120, 10, 'amazon-connect'),
    ('fs-1', 'english@default', 'English line', @now_ms, 3, 6, 45, 120, 80, 60, 20, 5, 'genesys-a'),
    ('fs-1', 'cantonese@default', '粤语专线', @now_ms, 3, 6, 45, 120, 80, 60, 20, 5, 'standard'),
    ('fs-1', 'night@default', '夜间值班', @now_ms, 2, 5, 60, 180, 70, 50, 30, 5, 'genesys-b')
ON DUPLICATE KEY UPDATE
    display_name = VALUES(display_name),
    waiting_warning = VALUES(waiting_warning),
    waiting_critical = VALUES(waiting_critical),
    longest_wait_warning_s = VALUES(longest_wait_warning_s),
    longest_wait_critical_s = VALUES(longest_wait_critical_s),
    service_level_warning_percent = VALUES(service_level_warning_percent),
    service_level_critical_percent = VALUES(service_level_critical_percent),
    service_level_s = VALUES(service_level_s),
    short_abandon_s = VALUES(short_abandon_s),
    formula = VALUES(formula);

-- Odd extensions have a Chinese sample name, even ones an English one.
INSERT INTO switch_agents (node, name, display_name, first_seen_at_ms)
VALUES
    ('fs-1', '1001@default', '坐席 1001 (示例)', @now_ms),
    ('fs-1', '1002@default', 'Sample agent 1002', @now_ms),
    ('fs-1', '1003@default', '坐席 1003 (示例)', @now_ms),
    ('fs-1', '1004@default', 'Sample agent 1004', @now_ms),
    ('fs-1', '1005@default', '坐席 1005 (示例)', @now_ms),
    ('fs-1', '1006@default', 'Sample agent 1006', @now_ms),
    ('fs-1', '1007@default', '坐席 1007 (示例)', @now_ms),
    ('fs-1', '1008@default', 'Sample agent 1008', @now_ms),
    ('fs-1', '1009@default', '坐席 1009 (示例)', @now_ms),
    ('fs-1', '1010@default', 'Sample agent 1010', @now_ms),
    ('fs-1', '1011@default', '坐席 1011 (示例)', @now_ms),
    ('fs-1', '1012@default', 'Sample agent 1012', @now_ms),
    ('fs-1', '1013@default', '坐席 1013 (示例)', @now_ms),
    ('fs-1', '1014@default', 'Sample agent 1014', @now_ms),
    ('fs-1', '1015@default', '坐席 1015 (示例)', @now_ms),
    ('fs-1', '1016@default', 'Sample agent 1016', @now_ms),
    ('fs-1', '1017@default', '坐席 1017 (示例)', @now_ms),
    ('fs-1', '1018@default', 'Sample agent 1018', @now_ms),
    ('fs-1', '1019@default', '坐席 1019 (示例)', @now_ms),
    ('fs-1', '1020@default', 'Sample agent 1020', @now_ms),
    ('fs-1', '1021@default', '坐席 1021 (示例)', @now_ms),
    ('fs-1', '1022@default', 'Sample agent 1022', @now_ms),
    ('fs-1', '1023@default', '坐席 1023 (示例)', @now_ms),
    ('fs-1', '1024@default', 'Sample agent 1024', @now_ms),
    ('fs-1', '1025@default', '坐席 1025 (示例)', @now_ms),
    ('fs-1', '1026@default', 'Sample agent 1026', @now_ms),
    ('fs-1', '1027@default', '坐席 1027 (示例)', @now_ms),
    ('fs-1', '1028@default', 'Sample agent 1028', @now_ms),
    ('fs-1', '1029@default', '坐席 1029 (示例)', @now_ms),
    ('fs-1', '1030@default', 'Sample agent 1030', @now_ms),
    ('fs-1', '1031@default', '坐席 1031 (示例)', @now_ms),
    ('fs-1', '1032@default', 'Sample agent 1032', @now_ms),
    ('fs-1', '1033@default', '坐席 1033 (示例)', @now_ms),
    ('fs-1', '1034@default', 'Sample agent 1034', @now_ms),
    ('fs-1', '1035@default', '坐席 1035 (示例)', @now_ms),
    ('fs-1', '1036@default', 'Sample agent 1036', @now_ms),
    ('fs-1', '1037@default', '坐席 1037 (示例)', @now_ms),
    ('fs-1', '1038@default', 'Sample agent 1038', @now_ms),
    ('fs-1', '1039@default', '坐席 1039 (示例)', @now_ms),
    ('fs-1', '1040@default', 'Sample agent 1040', @now_ms),
    ('fs-1', '1041@default', '坐席 1041 (示例)', @now_ms),
    ('fs-1', '1042@default', 'Sample agent 1042', @now_ms),
    ('fs-1', '1043@default', '坐席 1043 (示例)', @now_ms),
    ('fs-1', '1044@default', 'Sample agent 1044', @now_ms),
    ('fs-1', '1045@default', '坐席 1045 (示例)', @now_ms),
    ('fs-1', '1046@default', 'Sample agent 1046', @now_ms),
    ('fs-1', '1047@default', '坐席 1047 (示例)', @now_ms),
    ('fs-1', '1048@default', 'Sample agent 1048', @now_ms),
    ('fs-1', '1049@default', '坐席 1049 (示例)', @now_ms),
    ('fs-1', '1050@default', 'Sample agent 1050', @now_ms),
    ('fs-1', '1051@default', '坐席 1051 (示例)', @now_ms),
    ('fs-1', '1052@default', 'Sample agent 1052', @now_ms),
    ('fs-1', '1053@default', '坐席 1053 (示例)', @now_ms),
    ('fs-1', '1054@default', 'Sample agent 1054', @now_ms),
    ('fs-1', '1055@default', '坐席 1055 (示例)', @now_ms),
    ('fs-1', '1056@default', 'Sample agent 1056', @now_ms),
    ('fs-1', '1057@default', '坐席 1057 (示例)', @now_ms),
    ('fs-1', '1058@default', 'Sample agent 1058', @now_ms),
    ('fs-1', '1059@default', '坐席 1059 (示例)', @now_ms),
    ('fs-1', '1060@default', 'Sample agent 1060', @now_ms)
ON DUPLICATE KEY UPDATE display_name = VALUES(display_name);

-- Two teams with sample supervisors; the three logins of the demo are in none and see everything.
INSERT INTO teams (name, queues_json, agents_json, created_at_ms)
VALUES
    ('Day team 白班 (sample)',
        '[{"node":"fs-1","name":"sales@default"},{"node":"fs-1","name":"support@default"},{"node":"fs-1","name":"vip@default"}]',
        '[]', @now_ms),
    ('Night team 夜班 (sample)',
        '[{"node":"fs-1","name":"night@default"}]',
        '[{"node":"fs-1","name":"1003@default"},{"node":"fs-1","name":"1004@default"}]', @now_ms)
ON DUPLICATE KEY UPDATE queues_json = VALUES(queues_json), agents_json = VALUES(agents_json);

INSERT IGNORE INTO team_supervisors (team_id, user_id)
SELECT teams.id, users.id FROM teams JOIN users
    ON (teams.name = 'Day team 白班 (sample)' AND users.name = 'sample-day')
    OR (teams.name = 'Night team 夜班 (sample)' AND users.name = 'sample-night');
-- Budgets as a call center may have them; an admin's own choice stays.
UPDATE break_reasons SET budget_min = 30 WHERE code = 'rest' AND budget_min = 0;
UPDATE break_reasons SET budget_min = 60 WHERE code = 'meal' AND budget_min = 0;

-- Who gives up waiting in these is called back.
INSERT INTO callback_rules (node, queue, is_from_abandoned, abandoned_after_s, pause_s, most_attempts, caller_id, dial_prefix)
VALUES
    ('fs-1', 'support@default', TRUE, 20, 900, 3, '4000000001', ''),
    ('fs-1', 'sales@default', TRUE, 10, 600, 5, '4000000002', ''),
    ('fs-1', 'vip@default', TRUE, 5, 300, 5, '4000000003', '')
ON DUPLICATE KEY UPDATE
    is_from_abandoned = VALUES(is_from_abandoned),
    abandoned_after_s = VALUES(abandoned_after_s),
    pause_s = VALUES(pause_s),
    most_attempts = VALUES(most_attempts),
    caller_id = VALUES(caller_id),
    dial_prefix = VALUES(dial_prefix);
