import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { settingsMarkdown } from '../../src/config/help.ts';

const BEGIN = '<!-- settings: written by `npx vitest run test/config -u` -->\n';
const END = '\n<!-- /settings -->';

it('the README’s table of settings is the program’s', async () => {
  const readme = await readFile('README.md', 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  expect(after, 'the README needs the markers of the settings table').toBeDefined();
  await expect(`${before}${BEGIN}${settingsMarkdown()}${END}${after}`).toMatchFileSnapshot('../../README.md');
});
