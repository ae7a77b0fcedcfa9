CREATE INDEX comment_document ON comment (document_id, number) WHERE NOT deleted;
CREATE INDEX comment_open ON comment (merchant_id, by_time) WHERE open AND NOT deleted;
CREATE INDEX note_document ON note (document_id, by_time) WHERE NOT deleted;
CREATE INDEX read_mark_document ON read_mark (document_id, by_time) WHERE NOT deleted;
