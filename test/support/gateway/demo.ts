import { pino } from 'pino';
import { type App, createApp } from '../../../src/app.ts';
import { type Config, loadConfig } from '../../../src/config/index.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { sharedSchema } from './shared-schema.ts';

export interface Demo extends AsyncDisposable {
  readonly app: App;
  readonly sandbox: Sandbox;
}

/** The gateway over the sandbox with its demo world, as `ecs-graphql sandbox` starts them. */
export async function startDemo(settings: Partial<Config> = {}, options: SandboxOptions = {}): Promise<Demo> {
  const sandbox = await startSandbox({ seed: 'demo', speed: 10, ...options });
  const app = await createApp(
    {
      ...loadConfig('sandbox', ['--port', '0'], {}),
      awsRegion: 'us-east-1',
      awsEndpointUrlEcs: sandbox.url,
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
      ...settings,
    },
    { log: pino({ level: 'silent' }), schema: sharedSchema() },
  );
  return {
    app,
    sandbox,
    async [Symbol.asyncDispose]() {
      await app.dispose();
      await sandbox.close();
    },
  };
}
