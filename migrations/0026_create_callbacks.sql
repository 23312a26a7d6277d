-- Customers to be called back. The first three columns are the whole of the guide's table: a script of the switch may
-- insert them alone. Such a row is `new` until SwitchDesk has taken it in: opened, or joined with the open one of its number.
CREATE TABLE callbacks (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    phone VARCHAR(64) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- As the switch spells it; a script may leave the domain out.
    queue VARCHAR(255) COLLATE utf8mb4_nopad_bin NOT NULL,
    -- When the script says that it was asked, in whatever form: seconds since 1970 are read, others are only kept.
    timestamp VARCHAR(64) NULL,
    -- Null until it is taken in.
    node VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    -- new; joined with another row, or refused for what is no number; else the code of a state.
    state VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'new',
    -- asked, abandoned.
    origin VARCHAR(16) COLLATE utf8mb4_nopad_bin NOT NULL DEFAULT 'asked',
    -- The stay in the queue that was abandoned, so that it makes one callback however often it is told.
    member_uuid VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    asked_at_ms BIGINT NOT NULL DEFAULT (CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)),
    requests INT UNSIGNED NOT NULL DEFAULT 1,
    due_at_ms BIGINT NOT NULL DEFAULT 0,
    attempts INT UNSIGNED NOT NULL DEFAULT 0,
    -- Who is to call.
    agent_node VARCHAR(64) COLLATE utf8mb4_nopad_bin NULL,
    agent VARCHAR(255) COLLATE utf8mb4_nopad_bin NULL,
    note VARCHAR(1000) NOT NULL DEFAULT '',
    closed_at_ms BIGINT NULL,
    -- One open callback a number and queue, whatever happens at the same moment.
    open_phone VARCHAR(64) COLLATE utf8mb4_nopad_bin AS (IF(state = 'open', phone, NULL)) PERSISTENT,
    UNIQUE KEY callbacks_open (open_phone, node, queue),
    UNIQUE KEY callbacks_stay (node, member_uuid),
    KEY callbacks_state (state, due_at_ms),
    KEY callbacks_phone (phone, state),
    KEY callbacks_closed (closed_at_ms)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
