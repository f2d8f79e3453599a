-- What came of something done to many at once, so that it has an address to be read again at.
CREATE TABLE reports (id {id}, kind TEXT NOT NULL, at BIGINT NOT NULL, actor BIGINT, told TEXT NOT NULL);
