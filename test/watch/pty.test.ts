import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { startLiveApp } from '../support/gateway/live-app.ts';
import { BUILD_TIMEOUT, builtProgram } from '../support/programs/image-build.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

let program: string;

/** Runs `watch` on a pseudo-terminal of 80 by 24 that `script` makes. */
async function onPty(url: string, args: string, env: NodeJS.ProcessEnv, onText: (text: string) => string | undefined) {
  const command = `stty cols 80 rows 24; exec ${process.execPath} ${program} watch ${args}`;
  const child = spawn('script', ['-qfec', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm-256color', LANG: 'C.UTF-8', ECS_GRAPHQL_URL: url, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
    const keys = onText(text);
    if (keys !== undefined) child.stdin.write(keys);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, text };
}

describe.runIf(hasScript)('ecs-graphql watch on a real pseudo-terminal', () => {
  beforeAll(async () => {
    program = await builtProgram();
  }, BUILD_TIMEOUT);

  it('draws in colour, ends with 130 at Ctrl-C, and leaves a whole line', async () => {
    await using app = await startLiveApp();
    await app.register('web:1');
    const task = await app.runTask();
    let isPressed = false;
    const { exitCode, text } = await onPty(app.url, `task ${task} -c prod`, {}, (shown) => {
      if (isPressed || !shown.includes('0 of 1 ended')) return undefined;
      isPressed = true;
      return '\u0003';
    });
    expect(exitCode).toBe(130);
    expect(text).toContain('\u001b[36m');
    expect(text).toContain('░');
    expect(text.trimEnd().endsWith('Stopped watching; nothing else was stopped.')).toBe(true);
  });

  it('honours NO_COLOR', async () => {
    await using app = await startLiveApp();
    await app.register('sandbox/exit-after:5-0');
    const task = await app.runTask();
    app.world.sandbox.clock.advance(200_000);
    const { exitCode, text } = await onPty(app.url, `task ${task} -c prod`, { NO_COLOR: '1' }, () => undefined);
    expect(exitCode).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of colours are looked for
    expect(text).not.toMatch(/\u001b\[\d*m/);
    expect(text).toContain('✔ task');
  });
});
