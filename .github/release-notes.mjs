// Prints the section of CHANGELOG.md for a version, such as v0.1.0: the text of its release. Fails if the section is missing or empty.
import { readFileSync } from 'node:fs';

const version = (process.argv[2] ?? '').replace(/^v/, '');
const changelog = readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8');
const sections = changelog.split(/^## /m).slice(1);
const section = sections.find((text) => /^\[?([^\s\]]+)/.exec(text)?.[1] === version);
const notes = section?.slice(section.indexOf('\n')).trim();
if (!version || !notes) {
  process.stderr.write(`CHANGELOG.md has no section "## ${version || '<version>'}" with text\n`);
  process.exit(1);
}
process.stdout.write(`${notes}\n`);
