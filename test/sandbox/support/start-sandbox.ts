import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';

export interface SandboxUnderTest extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The unmodified SDK client, in eu-west-1, without retries. */
  readonly ecs: ECSClient;
  client(config?: ECSClientConfig): ECSClient;
}

/** A sandbox of its own, its time standing still, its past always the same. */
export async function withSandbox(options: SandboxOptions = {}): Promise<SandboxUnderTest> {
  const sandbox = await startSandbox({ speed: 0, start: new Date('2026-03-01T12:00:00Z'), ...options });
  const clients: ECSClient[] = [];
  function client(config: ECSClientConfig = {}): ECSClient {
    const made = new ECSClient({
      endpoint: sandbox.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      ...config,
    });
    clients.push(made);
    return made;
  }
  return {
    sandbox,
    ecs: client(),
    client,
    async [Symbol.asyncDispose]() {
      for (const made of clients) made.destroy();
      await sandbox.close();
    },
  };
}
