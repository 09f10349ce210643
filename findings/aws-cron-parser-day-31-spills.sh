#!/usr/bin/env bash
# aws-cron-parser answers that a schedule for day 31 runs on 1 May, 1 July and 3 March, and one for 29 February on 1 March.
#
# Versions:  aws-cron-parser 1.1.12, Node 20.19 or later.
# Expected:  EventBridge's cron expressions (from which scheduled ECS tasks start) run on the days of the month that the third field names.
#            A month without that day is skipped, as with any cron, so each occurrence that next() and prev() return is on that day.
# Real:      next() takes a named day as part of every month, and Date.UTC carries it over into the following one: `0 12 31 * ? *` "runs"
#            twelve times a year instead of seven, and `0 12 29 2 ? *` every year. prev() skips such months, so the two contradict each
#            other: 1 May is next after March, but not the last one before 2 May. `L` is right in both.
# Seen:      31: 01-31 03-03 03-31 05-01 05-31 07-01 | 29 February: 2026-03-01 2027-03-01 2028-02-29 | last before 2 May: 03-31 |
#            L: 01-31 02-28 03-31
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund aws-cron-parser@1.1.12 >/dev/null 2>&1
cat > run.mjs <<'JS'
import cronParser from 'aws-cron-parser';
const { parse, next, prev } = cronParser;
const from = new Date('2026-01-15T00:00:00Z');
const day = (date) => date.toISOString().slice(0, 10);
const days = (expression, count) => {
  const cron = parse(expression);
  const found = [];
  for (let at = next(cron, from); found.length < count; at = next(cron, at)) found.push(day(at));
  return found;
};
const short = (found) => found.map((date) => date.slice(5)).join(' ');
console.log([
  `31: ${short(days('0 12 31 * ? *', 6))}`,
  `29 February: ${days('0 12 29 2 ? *', 3).join(' ')}`,
  `last before 2 May: ${day(prev(parse('0 12 31 * ? *'), new Date('2026-05-02T00:00:00Z'))).slice(5)}`,
  `L: ${short(days('0 12 L * ? *', 3))}`,
].join(' | '));
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = '31: 01-31 03-03 03-31 05-01 05-31 07-01 | 29 February: 2026-03-01 2027-03-01 2028-02-29 | last before 2 May: 03-31 | L: 01-31 02-28 03-31' ]
