#!/usr/bin/env bash
# createClient() of @redis/client builds its class of commands anew for each client whose options differ in anything, such as the name.
#
# Versions:  @redis/client 6.3.1, Node 20.19 or later.
# Expected:  clients without modules, functions or scripts of their own have one class. A second client costs what an object costs.
# Real:      the class is kept for the last options only, compared as JSON: URL, name and time limits included. Two clients that differ in
#            their names have two classes of several hundred methods. `duplicate()`, which takes any options, keeps the class.
# Seen:      same options: one class | other name: two classes | duplicate with another name: one class | createClient takes over 20 times as long
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true }' > package.json
npm install --silent --no-audit --no-fund --save-exact @redis/client@6.3.1 >/dev/null 2>&1
cat > run.cjs <<'EOF'
const { createClient } = require('@redis/client');
// A client is an object over an instance of its class.
const classOf = (client) => client.constructor;
const classes = (one, other) => (classOf(one) === classOf(other) ? 'one class' : 'two classes');
const url = 'redis://127.0.0.1:6379';
const same = classes(createClient({ url }), createClient({ url }));
const first = createClient({ url, name: 'first' });
const named = classes(first, createClient({ url, name: 'second' }));
const duplicate = classes(first, first.duplicate({ name: 'third' }));
const cpu = (make) => {
  const before = process.cpuUsage();
  for (let i = 0; i < 50; i += 1) make(`client-${i}`);
  return process.cpuUsage(before).user;
};
const ratio = cpu((name) => createClient({ url, name })) / cpu((name) => first.duplicate({ name }));
const cost = ratio > 20 ? 'over 20 times as long' : 'about as long';
console.log(`same options: ${same} | other name: ${named} | duplicate with another name: ${duplicate} | createClient takes ${cost}`);
EOF
seen=$(node run.cjs)
echo "$seen"
[ "$seen" = 'same options: one class | other name: two classes | duplicate with another name: one class | createClient takes over 20 times as long' ]
