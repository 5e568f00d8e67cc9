CREATE TABLE floor_accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL);;
INSERT INTO floor_accounts SELECT id, name FROM accounts;;
CREATE TABLE floor_deals (id INTEGER PRIMARY KEY, name TEXT NOT NULL, account_id INTEGER NOT NULL REFERENCES floor_accounts (id),
 stage TEXT NOT NULL, deal_type TEXT NOT NULL, amount NUMERIC, currency TEXT DEFAULT 'USD', close_date TEXT, owner TEXT DEFAULT 'Ana',
 priority TEXT, probability NUMERIC, opened_on TEXT, next_step TEXT, description TEXT);;
INSERT INTO floor_deals SELECT d.id, d.name, d.account, d.stage, d.deal_type, d.amount / 100.0, d.amount__currency, d.close_date, u.name,
 d.priority, d.probability / 100.0, d.opened_on, d.next_step, d.description FROM deals d JOIN users u ON u.id = d.owner ORDER BY d.id;;
CREATE INDEX floor_deals_list ON floor_deals (deal_type, close_date DESC, id DESC, amount);;
CREATE INDEX floor_deals_staged ON floor_deals (deal_type, stage, close_date DESC, id DESC, amount);;
CREATE INDEX floor_deals_sums ON floor_deals (stage, amount);;
CREATE INDEX floor_deals_account ON floor_deals (account_id);;
CREATE VIRTUAL TABLE floor_search USING fts5 (name, content='floor_deals', content_rowid='id', tokenize='trigram');;
INSERT INTO floor_search (floor_search) VALUES ('rebuild');;
CREATE TRIGGER floor_deals_added AFTER INSERT ON floor_deals BEGIN INSERT INTO floor_search (rowid, name) VALUES (new.id, new.name); END;;
CREATE TRIGGER floor_deals_named AFTER UPDATE OF name ON floor_deals BEGIN
 INSERT INTO floor_search (floor_search, rowid, name) VALUES ('delete', old.id, old.name);
 INSERT INTO floor_search (rowid, name) VALUES (new.id, new.name); END;;
