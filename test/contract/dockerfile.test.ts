import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const ignored = readFileSync('.dockerignore', 'utf8').split('\n');

/** What a stage copies from the checkout: the words of its COPY lines but for the last, where to. */
function copied(stage: string): string[] {
  const lines = stage.split('\n').filter((line) => line.startsWith('COPY ') && !line.includes('--from='));
  return lines.flatMap((line) => line.split(' ').slice(1, -1)).map((path) => path.replace('./', ''));
}

describe('the Dockerfile', () => {
  const [build = '', image = ''] = dockerfile.split(/^FROM /m).slice(1);

  it('copies only what is there and what .dockerignore lets in', () => {
    expect(ignored[0]).toBe('*');
    for (const path of [...copied(build), ...copied(image)]) {
      expect(existsSync(path), path).toBe(true);
      expect(ignored, path).toContain(`!${path}`);
    }
  });

  it('copies all that the build reads', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'ecs-graphql-image-'));
    try {
      for (const path of copied(build)) cpSync(path, join(folder, path), { recursive: true });
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      execFileSync(process.execPath, ['esbuild.config.mjs'], { cwd: folder });
      const answer = execFileSync(process.execPath, ['dist/main.js', '--version'], { cwd: folder, encoding: 'utf8' });
      expect(answer).toMatch(/^\d+\.\d+\.\d+\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('runs without root, and asks for the health by a command of the same program', () => {
    expect(image).toMatch(/^USER node$/m);
    const [, program] = /^ENTRYPOINT (\[.*\])$/m.exec(image) ?? [];
    const [, check] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(image) ?? [];
    expect(JSON.parse(check ?? '')).toEqual([...JSON.parse(program ?? ''), 'healthcheck']);
  });
});
