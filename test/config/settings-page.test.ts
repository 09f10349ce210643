import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { settingsMarkdown } from '../../src/config/help.ts';

const BEGIN = '<!-- settings: written by `npx vitest run test/config -u` -->\n';
const END = '\n<!-- /settings -->';

it('docs/settings.md lists the settings of the program', async () => {
  const page = await readFile('docs/settings.md', 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  expect(after, 'docs/settings.md needs the markers of the settings table').toBeDefined();
  await expect(`${before}${BEGIN}${settingsMarkdown()}${END}${after}`).toMatchFileSnapshot('../../docs/settings.md');
});
