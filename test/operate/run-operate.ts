import type { OperateHost } from '../../src/operate/command.ts';
import { OPERATE_COMMANDS } from '../../src/operate/index.ts';
import type { Terminal } from '../../src/watch/terminal.ts';

/** A terminal that draws nothing by itself. */
export const PLAIN_TERMINAL: Terminal = {
  size: () => ({ columns: 200, rows: 50 }),
  hasColors: false,
  isUnicode: false,
  onResize: () => () => undefined,
  every: () => () => undefined,
};

/** Runs a command that sends an operation to a gateway, to its end, and collects what it prints. */
export async function operate(url: string, argv: readonly string[], more: Partial<OperateHost> = {}) {
  let out = '';
  let err = '';
  const [name = '', ...rest] = argv;
  const code = await OPERATE_COMMANDS[name]?.run(rest, {
    env: { ECS_GRAPHQL_URL: url },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    onStop: () => () => undefined,
    ...more,
  });
  return { code, out, err };
}
