-- What a user may beside the role, and how well the account is guarded.
ALTER TABLE users
    -- {given, denied}: codes of permissions that differ from what is usual for the role.
    ADD COLUMN permissions_json LONGTEXT NULL AFTER role,
    -- Set while the password was chosen by somebody else: the next sign-in asks for a new one.
    ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT FALSE AFTER password_hash;
