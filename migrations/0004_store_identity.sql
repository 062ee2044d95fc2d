-- Which directory has the files of this database. The directory has a file with the same id, so that a process with another
-- directory notices it. While there is no row, the next process that opens its directory adds it.
CREATE TABLE store_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL
);
