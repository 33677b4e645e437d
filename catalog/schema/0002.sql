-- Files that have a tensor of some name.
CREATE INDEX file_tensors_name ON file_tensors (name, file);
