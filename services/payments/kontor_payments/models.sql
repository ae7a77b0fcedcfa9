-- A webhook names its connection, not its merchant.
CREATE FUNCTION connection_merchant(wanted_provider text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT merchant_id FROM connection WHERE id = wanted AND provider = wanted_provider $$;

-- An event for all merchants of the operator's app names the merchant's account.
CREATE FUNCTION connection_of_account(wanted_provider text, wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM connection WHERE account = wanted AND provider = wanted_provider
        ORDER BY state = 'ended', id DESC LIMIT 1 $$;

-- Of a saved method that was deleted at the provider the event names the method alone.
CREATE FUNCTION connection_of_saved_method(wanted_provider text, wanted text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT connection_id FROM saved_method WHERE token = wanted AND wanted <> '' AND provider = wanted_provider
        ORDER BY id DESC LIMIT 1 $$;

-- The checkout that such an event is about: the account may have been connected anew since, or by another merchant.
CREATE FUNCTION connection_of_checkout(wanted_provider text, wanted_account text, wanted uuid) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.id FROM checkout o JOIN connection c ON c.id = o.connection_id
        WHERE o.id = wanted AND c.account = wanted_account AND c.provider = wanted_provider $$;

-- Whether another connection, of whichever merchant, still reaches the account at the provider.
CREATE FUNCTION account_still_used(wanted_provider text, wanted_account text, besides uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM connection WHERE account = wanted_account AND provider = wanted_provider
        AND id <> besides AND credentials <> '') $$;

CREATE POLICY lookup ON connection FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger only grows';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON booking FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A receivable is free for another checkout as soon as the one that pays it is over.
CREATE FUNCTION follow_checkout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE checkout_part SET live = NEW.state IN ('creating', 'open', 'requires_action', 'approved', 'ending') WHERE checkout_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER live_parts AFTER UPDATE OF state ON checkout FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION follow_checkout();

CREATE POLICY lookup ON document FOR SELECT TO CURRENT_USER USING (true);

-- Whether a payment is parked although its document has a receivable.
CREATE FUNCTION payment_missed(one incoming_payment) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT one.state = 'parked' AND EXISTS (
        SELECT FROM document d JOIN receivable r ON r.document_id = d.id
        WHERE r.credit_minor = 0 AND jsonb_array_length(r.repeats_document_ids) < 2 AND d.merchant_id = one.merchant_id AND one.document_number IN ('', d.number)
        AND one.document_external_id IN ('', d.external_id)) $$;

-- Of all merchants: payments parked though their document is there, checkouts, refunds and payouts that the job does not get done, and
-- senders who were not told of a refusal.
CREATE FUNCTION payments_stuck() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM incoming_payment i WHERE received_at < now() - interval '1 minute' AND payment_missed(i))
    + (SELECT count(*) FROM incoming_payment WHERE answer_pending AND received_at < now() - interval '1 minute')
    + (SELECT count(*) FROM checkout WHERE ask_at < now() - interval '1 minute')
    + (SELECT count(*) FROM statement_entry WHERE state = 'confirmed' AND decided_at < now() - interval '10 minutes')
    + (SELECT count(*) FROM checkout WHERE state = 'creating' AND saved_method_id IS NOT NULL AND created_at < now() - interval '1 day')
    + (SELECT count(*) FROM payout WHERE link_at < now() - interval '1 minute')
    + (SELECT count(*) FROM refund WHERE try_at < now() - interval '1 minute' OR try_at IS NOT NULL AND attempts > 3)
$$;
