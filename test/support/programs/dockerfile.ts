import { readFileSync } from 'node:fs';

const [build = '', image = ''] = readFileSync('Dockerfile', 'utf8')
  .split(/^FROM /m)
  .slice(1);

/** The instructions of the Dockerfile's two stages. */
export const stages = { build, image };

/** The paths that a stage copies from the checkout: the words of its COPY lines, without the last, which is the target. */
export function copied(stage: string): string[] {
  const lines = stage.split('\n').filter((line) => line.startsWith('COPY ') && !line.includes('--from='));
  return lines.flatMap((line) => line.split(' ').slice(1, -1)).map((path) => path.replace('./', ''));
}
