#!/usr/bin/env bash
# Biome's rule useImportExtensions refuses `./settings.mjs` and rewrites it to a file that does not exist, once settings.d.mts is beside it.
#
# Versions:  @biomejs/biome 2.6.8, typescript 5.9.3, Node 20.19 or later.
# Expected:  an import that ends in .mjs has its extension. TypeScript's name for the types of settings.mjs is settings.d.mts, so adding
#            these types changes nothing for the import.
# Real:      without settings.d.mts the file passes. With it the rule reports "Add a file extension for relative imports", and its safe fix
#            (`biome lint --write`) writes './settings.mjs.mts'. TypeScript, which took the import before, then finds no such module.
# Seen:      alone: rc 0 | beside a declaration: rc 1 | fixed to ./settings.mjs.mts | tsc before: rc 0 | tsc after: error TS2307
# Exit code: 0 while the behaviour is as described, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "name": "x", "private": true, "type": "module" }' > package.json
npm install --silent --no-audit --no-fund --save-exact @biomejs/biome@2.6.8 typescript@5.9.3 >/dev/null 2>&1
echo '{ "linter": { "rules": { "correctness": { "useImportExtensions": "error" } } } }' > biome.json
echo '{ "compilerOptions": { "module": "nodenext", "noEmit": true, "strict": true }, "files": ["main.ts"] }' > tsconfig.json
echo "export const version = '1.0.0';" > settings.mjs
printf "import { version } from './settings.mjs';\n\nexport const text = \`version \${version}\`;\n" > main.ts
lint() { npx biome lint --only=correctness/useImportExtensions "$@" main.ts >/dev/null 2>&1 && echo 'rc 0' || echo 'rc 1'; }
alone=$(lint)
echo 'export const version: string;' > settings.d.mts
before=$(npx tsc -p . >/dev/null 2>&1 && echo 'rc 0' || echo 'rc 1')
beside=$(lint)
lint --write >/dev/null
fixed=$(sed -n "s/.*from ['\"]\(.*\)['\"];/\1/p" main.ts)
after=$(npx tsc -p . 2>&1 | grep -o 'error TS[0-9]*' | sed -n 1p || true)
echo "alone: $alone | beside a declaration: $beside | fixed to $fixed | tsc before: $before | tsc after: $after"
[ "$alone/$beside/$fixed/$before/$after" = 'rc 0/rc 1/./settings.mjs.mts/rc 0/error TS2307' ]
