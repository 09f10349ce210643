#!/usr/bin/env bash
# A database of node-sqlite3-wasm stays locked for good after its process was killed in a transaction.
#
# Versions:  node-sqlite3-wasm 0.8.60, Node 20.19 or later. Its README does not mention locks.
# Expected:  as with SQLite's own file locks, which the kernel releases with the process: the next process opens the file, rolls the
#            unfinished transaction back and goes on.
# Real:      the lock is a folder beside the file (data.db.lock). It outlives the process, so every later process gets "database is locked",
#            with readers too, until the folder is removed by hand.
# Seen:      after SIGKILL: data.db.lock | next process: database is locked | without the folder: 1 row
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact node-sqlite3-wasm@0.8.60 >/dev/null 2>&1
cat > write.cjs <<'EOF'
const { Database } = require('node-sqlite3-wasm');
const database = new Database('data.db');
database.exec('CREATE TABLE item (name TEXT)');
database.run('INSERT INTO item VALUES (?)', ['kept']);
database.exec('BEGIN IMMEDIATE');
database.run('INSERT INTO item VALUES (?)', ['unfinished']);
process.kill(process.pid, 'SIGKILL');
EOF
cat > read.cjs <<'EOF'
const { Database } = require('node-sqlite3-wasm');
try {
  console.log(`${new Database('data.db').get('SELECT count(*) AS rows FROM item').rows} row`);
} catch (error) {
  console.log(error.message);
}
EOF
node write.cjs >/dev/null 2>&1 || true
left=$(ls -d data.db.lock 2>/dev/null || echo none)
next=$(node read.cjs)
rmdir data.db.lock 2>/dev/null || true
without=$(node read.cjs)
echo "after SIGKILL: $left | next process: $next | without the folder: $without"
[ "$left/$next/$without" = 'data.db.lock/database is locked/1 row' ]
