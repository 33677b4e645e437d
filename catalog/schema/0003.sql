-- Some elements of each tensor as numbers, so that tensors of one shape can be compared
-- without reading them. Rows of blobs that no file has any more go with the last one.
CREATE TABLE sketches (
  blob    INTEGER PRIMARY KEY REFERENCES digests,
  rows    INTEGER NOT NULL, -- all dimensions but the last together
  width   INTEGER NOT NULL, -- the last dimension
  hash    INTEGER NOT NULL, -- 64 bits of which related tensors share most
  samples BLOB NOT NULL     -- float32, little-endian; empty: the tensor has no numbers
) STRICT;
CREATE INDEX sketches_shape ON sketches (rows, width, hash);

-- Whether each tensor of a file has its sketch.
ALTER TABLE files ADD COLUMN sketched INTEGER NOT NULL DEFAULT 0;
CREATE INDEX files_unsketched ON files (n) WHERE sketched = 0;

-- Files that have a blob.
CREATE INDEX segments_blob ON segments (blob, file);
