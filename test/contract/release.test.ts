import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const notesOf = (...args: string[]) =>
  spawnSync(process.execPath, ['.github/release-notes.mjs', ...args], { encoding: 'utf8' });

describe('a release', () => {
  it('has the section of its version in CHANGELOG.md as its text', () => {
    const { status, stdout } = notesOf('v0.1.0');
    expect(status).toBe(0);
    expect(stdout.length).toBeGreaterThan(100);
    expect(stdout).not.toMatch(/^## /m);
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(stdout.trim());
  });

  it.each([['v9.9.9'], ['v'], ['']])('is refused for %j, which has no section', (tag) => {
    expect(notesOf(tag)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('has no section') });
  });

  it('takes its text from that script, for each tag of a version', () => {
    const workflow = parse(readFileSync('.github/workflows/release.yml', 'utf8')) as {
      on: { push: { tags: string[] } };
      jobs: { release: { steps: { run?: string }[] } };
    };
    expect(workflow.on.push.tags).toEqual(['v*']);
    const commands = workflow.jobs.release.steps.flatMap(({ run }) => run ?? []);
    expect(commands.join('\n')).toMatch(/release-notes\.mjs "\$GITHUB_REF_NAME" > "\$RUNNER_TEMP\/notes\.md"/);
    expect(commands.at(-1)).toContain('--notes-file "$RUNNER_TEMP/notes.md"');
  });
});
