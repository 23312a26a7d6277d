-- Which edit a row takes back, and what the page of the audit is filtered by.
ALTER TABLE audit
    ADD COLUMN undoes_id BIGINT UNSIGNED NULL AFTER result,
    ADD KEY audit_action (action, id),
    ADD KEY audit_user_name (user_name, id),
    ADD KEY audit_undoes (undoes_id);
