-- Which cases have named which account, as numbers are compared: where two parties name one, officials are told. It is filled from the
-- journal, which has every account that a case ever named.
CREATE TABLE account_uses (
    number TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (number, case_id)
);
