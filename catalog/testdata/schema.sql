CREATE TABLE blob_chunks (
  blob  INTEGER NOT NULL REFERENCES blobs ON DELETE CASCADE,
  seq   INTEGER NOT NULL,
  chunk INTEGER NOT NULL REFERENCES digests,
  len   INTEGER NOT NULL,
  PRIMARY KEY (blob, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE blobs (
  n   INTEGER PRIMARY KEY REFERENCES digests,
  len INTEGER NOT NULL
) STRICT;
CREATE TABLE commit_parents (
  child  INTEGER NOT NULL REFERENCES commits ON DELETE CASCADE,
  seq    INTEGER NOT NULL,
  parent INTEGER NOT NULL REFERENCES digests,
  PRIMARY KEY (child, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE commits (
  n       INTEGER PRIMARY KEY REFERENCES digests,
  tree    INTEGER NOT NULL REFERENCES digests,
  author  TEXT NOT NULL,
  sec     INTEGER NOT NULL, -- since 1970, UTC
  nsec    INTEGER NOT NULL,
  zone    INTEGER NOT NULL, -- seconds east of UTC
  message TEXT NOT NULL
) STRICT;
CREATE TABLE digests (
  n  INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32)
) STRICT;
CREATE TABLE file_tensors (
  file  INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
  seq   INTEGER NOT NULL,
  name  INTEGER NOT NULL REFERENCES names,
  dtype TEXT NOT NULL,
  shape TEXT NOT NULL,     -- "4096,11008", outermost first; "" for a scalar
  off   INTEGER NOT NULL,
  len   INTEGER NOT NULL,
  PRIMARY KEY (file, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_tensors_name ON file_tensors (name, file);
CREATE TABLE files (
  n       INTEGER PRIMARY KEY REFERENCES digests,
  sha256  BLOB NOT NULL CHECK (length(sha256) = 32),
  format  TEXT NOT NULL,
  size    INTEGER NOT NULL,
  warning TEXT NOT NULL
, sketched INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX files_unsketched ON files (n) WHERE sketched = 0;
CREATE TABLE names (
  n    INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE packs (
  p    INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL
) STRICT;
CREATE TABLE records (
  n          INTEGER NOT NULL REFERENCES digests,
  kind       INTEGER NOT NULL,
  pack       INTEGER NOT NULL REFERENCES packs ON DELETE CASCADE,
  ord        INTEGER NOT NULL,
  encoding   INTEGER NOT NULL,
  off        INTEGER NOT NULL,
  len        INTEGER NOT NULL,
  raw_len    INTEGER NOT NULL,
  prediction INTEGER REFERENCES digests,
  first      INTEGER NOT NULL,
  depth      INTEGER NOT NULL,
  sum        INTEGER NOT NULL,
  PRIMARY KEY (n, kind, pack, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_pack ON records (pack);
CREATE TABLE segments (
  file   INTEGER NOT NULL REFERENCES files ON DELETE CASCADE,
  seq    INTEGER NOT NULL,
  kind   INTEGER NOT NULL,
  off    INTEGER NOT NULL,
  len    INTEGER NOT NULL,
  tensor INTEGER,          -- file_tensors.seq; null: none
  blob   INTEGER NOT NULL REFERENCES digests,
  PRIMARY KEY (file, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX segments_blob ON segments (blob, file);
CREATE TABLE sketches (
  blob    INTEGER PRIMARY KEY REFERENCES digests,
  rows    INTEGER NOT NULL, -- all dimensions but the last together
  width   INTEGER NOT NULL, -- the last dimension
  hash    INTEGER NOT NULL, -- 64 bits of which related tensors share most
  samples BLOB NOT NULL     -- float32, little-endian; empty: the tensor has no numbers
) STRICT;
CREATE INDEX sketches_shape ON sketches (rows, width, hash);
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE tree_entries (
  tree INTEGER NOT NULL REFERENCES trees ON DELETE CASCADE,
  seq  INTEGER NOT NULL,
  name TEXT NOT NULL,
  mode INTEGER NOT NULL,
  id   INTEGER NOT NULL REFERENCES digests,
  size INTEGER NOT NULL,
  PRIMARY KEY (tree, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE trees (
  n INTEGER PRIMARY KEY REFERENCES digests
) STRICT;
