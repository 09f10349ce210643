import { readFile, writeFile } from 'node:fs/promises';
import { type Config, ConfigError } from '../config/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { cannotListen } from './cannot-listen.ts';
import type { CliHost } from './host.ts';

/**
 * Starts the simulated ECS with these settings; undefined, after a message on stderr, if its address is not available.
 */
export async function startEcs(
  config: Config,
  host: CliHost,
): Promise<{ url: string; close(): Promise<void> } | undefined> {
  const { FaultsError, startSandbox } = await import('../sandbox/index.ts');
  const { host: address, ecsPort: port, speed, seed, randomSeed, start, defaultCluster, anyCapacity, instant } = config;
  const { eventEndpoints, faults } = config;
  const options = { seed, randomSeed, start, defaultCluster, anyCapacity, instant, eventEndpoints };
  const world = await readWorld(config.importWorld);
  try {
    const sandbox = await startSandbox({
      host: address,
      port,
      speed,
      ...options,
      ...(faults === undefined ? {} : { faults }),
    });
    useWorld(sandbox, world, config.importWorld);
    return {
      url: sandbox.url,
      async close() {
        try {
          await writeWorld(sandbox, config.exportWorld);
        } finally {
          await sandbox.close();
        }
      },
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof FaultsError) throw new ConfigError([`--faults (ECS_FAULTS) ${error.message}`]);
    host.err(cannotListen(error, address, port, '--ecs-port (ECS_PORT)'));
    return undefined;
  }
}

async function readWorld(file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw cannotUse('--import-world (ECS_IMPORT_WORLD)', file, error);
  }
}

function useWorld(sandbox: Sandbox, world: unknown, file = ''): void {
  if (world === undefined) return;
  try {
    sandbox.importWorld(world);
  } catch (error) {
    void sandbox.close();
    throw cannotUse('--import-world (ECS_IMPORT_WORLD)', file, error);
  }
}

async function writeWorld(sandbox: Sandbox, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(file, JSON.stringify(sandbox.exportWorld()));
  } catch (error) {
    throw cannotUse('--export-world (ECS_EXPORT_WORLD)', file, error);
  }
}

function cannotUse(setting: string, file: string, error: unknown): ConfigError {
  return new ConfigError([`${setting} ${file}: ${error instanceof Error ? error.message : String(error)}`]);
}
