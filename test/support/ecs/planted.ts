import { type SandboxOptions, startSandbox, type WorldFile } from '../../../src/sandbox/index.ts';

/** A world may be this much older than one that a test plants itself. */
const FRESH_MS = 20_000;

interface Template {
  readonly file: WorldFile;
  readonly madeAt: number;
}

/** One world for each seed and start. Reading one takes a seventh of the time that planting takes. */
const templates = new Map<string, Promise<Template>>();

/**
 * The options of a paused sandbox with the world of its seed, which is planted once for all tests of this process. Options that
 * change how a seed is planted are left as they are.
 */
export async function planted(options: SandboxOptions): Promise<SandboxOptions> {
  const { seed = 'empty', start, speed, randomSeed, ...others } = options;
  if (seed !== 'demo' || speed !== 0 || Object.keys(others).some((name) => !ANY_WORLD.includes(name))) return options;
  const key = JSON.stringify([seed, start, randomSeed]);
  let template = await templates.get(key);
  if (template === undefined || (start === undefined && Date.now() - template.madeAt > FRESH_MS)) {
    const made = plant(options);
    templates.set(key, made);
    template = await made;
  }
  return { ...options, world: template.file };
}

/** Options that say nothing of the world. */
const ANY_WORLD: readonly string[] = ['host', 'port', 'eventEndpoints'];

async function plant(options: SandboxOptions): Promise<Template> {
  const madeAt = Date.now();
  const sandbox = await startSandbox({ ...options, port: 0 });
  try {
    sandbox.events('eu-west-1');
    return { file: sandbox.exportWorld(), madeAt };
  } finally {
    await sandbox.close();
  }
}
