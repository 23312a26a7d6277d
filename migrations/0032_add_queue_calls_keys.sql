-- Earlier calls of a number, and the last call of an agent, are looked up while the telephone rings.
ALTER TABLE queue_calls
    ADD KEY queue_calls_number (caller_number, joined_at_ms),
    ADD KEY queue_calls_agent (node, agent, answered_at_ms);
