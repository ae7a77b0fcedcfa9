CREATE INDEX comment_document ON comment (document_id, number) WHERE NOT deleted;
CREATE INDEX comment_of_merchant ON comment (document_id, number) WHERE of_merchant AND NOT deleted;
CREATE INDEX read_mark_reader ON read_mark (document_id, reader) INCLUDE (deleted, revision, comment_number);
