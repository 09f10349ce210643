#!/usr/bin/env bash
# libsql's Database.close() closes nothing while a prepared statement is alive: the statement still writes, and the file stays locked.
#
# Versions:  libsql 0.5.29 (its synchronous API follows better-sqlite3), Node 20.19 or later, Linux x64.
# Expected:  as with better-sqlite3, close() finalises the statements and releases the file: a statement that runs afterwards throws, and
#            another connection can open the database. `open` is false.
# Real:      `open` is false, but the statement runs and its row is committed. With locking_mode = EXCLUSIVE a second connection gets
#            "database is locked" until the statement is collected as garbage.
# Seen:      open after close(): false | statement after close(): wrote a row | second connection: database is locked
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact libsql@0.5.29 >/dev/null 2>&1
cat > run.cjs <<'EOF'
const Database = require('libsql');
const first = new Database('data.db');
first.pragma('locking_mode = EXCLUSIVE');
first.exec('CREATE TABLE item (name TEXT)');
const insert = first.prepare('INSERT INTO item VALUES (?)');
insert.run('before');
first.close();
let written;
try {
  written = insert.run('after').changes === 1 ? 'wrote a row' : 'wrote nothing';
} catch (error) {
  written = error.message;
}
let second;
try {
  new Database('data.db').prepare('SELECT count(*) FROM item').get();
  second = 'opens';
} catch (error) {
  second = error.message;
}
console.log(`open after close(): ${first.open} | statement after close(): ${written} | second connection: ${second}`);
EOF
seen=$(node run.cjs)
echo "$seen"
[ "$seen" = 'open after close(): false | statement after close(): wrote a row | second connection: database is locked' ]
