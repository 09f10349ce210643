import { once } from 'node:events';
import { createConnection } from 'node:net';
import { CreateServiceCommand, ExecuteCommandCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { decode, encode, type Message, PAYLOAD } from '../../../src/sandbox/sessions/channel-message.ts';
import { readTasks } from '../support/read.ts';
import { NETWORK, registerTaskDefinition, withCluster } from '../support/sandbox-world.ts';
import { type SandboxUnderTest, withSandbox } from '../support/start-sandbox.ts';

const SIZE = 3;
const HANDSHAKE_RESPONSE = 6;

async function open(s: SandboxUnderTest, command = '/bin/sh') {
  await withCluster(s);
  const taskDefinition = await registerTaskDefinition(s, {
    fargate: true,
    taskRoleArn: 'arn:aws:iam::123456789012:role/exec',
  });
  const service = { cluster: 'main', serviceName: 'web', taskDefinition, desiredCount: 1, enableExecuteCommand: true };
  const fargate = { launchType: 'FARGATE', networkConfiguration: NETWORK } as const;
  await s.ecs.send(new CreateServiceCommand({ ...service, ...fargate }));
  s.sandbox.clock.advance(60_000);
  const [task] = await readTasks(s);
  const input = { cluster: 'main', task: task?.taskArn, command, interactive: true };
  const { session } = await s.ecs.send(new ExecuteCommandCommand(input));
  return session ?? {};
}

/**
 * The client's end, like Session Manager's plugin: acknowledges everything except a message that it is set to miss
 * once.
 */
class Client {
  readonly socket: WebSocket;
  readonly heard: Message[] = [];
  /** Payload types whose first message is lost on it. */
  readonly misses = new Set<number>();
  #sequence = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data: Buffer) => this.#hear(decode(data)));
  }

  get text(): string {
    return this.heard
      .filter(({ type, payloadType }) => type === 'output_stream_data' && payloadType === PAYLOAD.output)
      .map(({ payload }) => payload.toString())
      .join('');
  }

  acknowledged(): number[] {
    const contents = this.heard.filter(({ type }) => type === 'acknowledge').map(({ payload }) => payload.toString());
    return contents.map((text) => (JSON.parse(text) as Record<string, number>).AcknowledgedMessageSequenceNumber ?? -1);
  }

  send(payloadType: number, payload: string | Buffer): void {
    this.#send('input_stream_data', this.#sequence, payloadType, Buffer.from(payload));
    this.#sequence += 1;
  }

  #send(type: string, sequence: number, payloadType: number, payload: Buffer): void {
    this.socket.send(encode({ type, sequence, payloadType, payload, createdAt: Date.now() }));
  }

  #hear(message: Message | undefined): void {
    if (message === undefined) throw new TypeError('no message');
    if (this.misses.delete(message.payloadType)) return;
    this.heard.push(message);
    if (message.type !== 'output_stream_data') return;
    const AcknowledgedMessageSequenceNumber = message.sequence;
    this.#send('acknowledge', 0, 0, Buffer.from(JSON.stringify({ AcknowledgedMessageSequenceNumber })));
    if (message.payloadType !== PAYLOAD.handshakeRequest) return;
    this.send(HANDSHAKE_RESPONSE, JSON.stringify({ ClientVersion: '1.2.3', ProcessedClientActions: [] }));
  }

  /** Until what it has heard fits; the socket's own events pace it. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await once(this.socket, 'message');
  }
}

async function connect(s: SandboxUnderTest, command?: string, misses: readonly number[] = []) {
  const { streamUrl = '', tokenValue } = await open(s, command);
  const client = new Client(streamUrl);
  for (const type of misses) client.misses.add(type);
  await once(client.socket, 'open');
  client.socket.send(JSON.stringify({ MessageSchemaVersion: '1.0', TokenValue: tokenValue }));
  return { client, streamUrl };
}

describe('the session of ExecuteCommand', () => {
  it('is a shell that says that there is no container, until exit', async () => {
    await using s = await withSandbox();
    const { client, streamUrl } = await connect(s);
    expect(streamUrl.startsWith(`${s.sandbox.url.replace('http', 'ws')}/v1/data-channel/ecs-execute-command-`)).toBe(
      true,
    );
    await client.until(() => client.text.endsWith('# '));
    const [hello] = client.heard;
    expect(JSON.parse(hello?.payload.toString() ?? '')).toMatchObject({
      RequestedClientActions: [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands' } }],
    });
    expect(client.text).toMatch(/no container runs here, so app cannot run "\/bin\/sh"/);
    client.send(SIZE, '{"cols":80,"rows":24}');
    client.send(PAYLOAD.output, 'lx\u007fs\r');
    await client.until(() => client.text.endsWith('ls: there is no container to run this\r\n# '));
    client.send(PAYLOAD.output, 'exit\r');
    const [code] = (await once(client.socket, 'close')) as [number];
    expect(code).toBe(1000);
    expect(client.heard.at(-1)?.type).toBe('channel_closed');
    expect(client.acknowledged()).toEqual([0, 1, 2, 3]);
    const sequences = client.heard.filter(({ type }) => type === 'output_stream_data').map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index));
    const again = new WebSocket(streamUrl);
    await expect(once(again, 'open')).rejects.toThrow('404');
  });

  it('repeats what the client was not ready for', async () => {
    await using s = await withSandbox();
    const { client } = await connect(s, 'ls -l', [PAYLOAD.output]);
    await once(client.socket, 'close');
    expect(client.text).toMatch(/so app cannot run "ls -l"\.\r\n$/);
  });

  it('is ended by the client', async () => {
    await using s = await withSandbox();
    const { client } = await connect(s);
    await client.until(() => client.text.endsWith('# '));
    client.send(PAYLOAD.flag, Buffer.from([2]));
    client.send(PAYLOAD.flag, Buffer.from([0, 0, 0, 2]));
    expect(await once(client.socket, 'close')).toMatchObject({ 0: 1000 });
  });

  it('ends with the sandbox', async () => {
    const s = await withSandbox();
    const { client } = await connect(s);
    await client.until(() => client.text.endsWith('# '));
    const closed = once(client.socket, 'close');
    await s[Symbol.asyncDispose]();
    expect(await closed).toMatchObject({ 0: 1006 });
  });

  it('requires its token, and survives garbage', async () => {
    await using s = await withSandbox();
    const { streamUrl = '' } = await open(s);
    for (const garbage of ['null', '{', '{"TokenValue":"mine"}']) {
      const client = new WebSocket(streamUrl);
      await once(client, 'open');
      client.send(Buffer.alloc(200, 7));
      client.send(garbage);
      expect(await once(client, 'close')).toMatchObject({ 0: 1008 });
    }
    await expect(once(new WebSocket(`${s.sandbox.url.replace('http', 'ws')}/graphql`), 'open')).rejects.toThrow('404');
  });

  it.each(['//', '/?', '*', 'http://[', '/v1/data-channel/%'])('is not at %s', async (path) => {
    await using s = await withSandbox();
    const { port } = new URL(s.sandbox.url);
    const socket = createConnection(Number(port), '127.0.0.1');
    const head = [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    socket.destroy();
    await withCluster(s);
  });

  it('is no reason to turn those away who offer to speak HTTP/2', async () => {
    await using s = await withSandbox();
    await withCluster(s);
    const { port } = new URL(s.sandbox.url);
    const body = '{"clusters":["main"]}';
    const head = [
      'POST / HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
      'X-Amz-Target: AmazonEC2ContainerServiceV20141113.DescribeClusters',
      'Authorization: AWS4-HMAC-SHA256 Credential=test/20260301/eu-west-1/ecs/aws4_request, Signature=x',
      `Content-Length: ${body.length}`,
    ];
    const socket = createConnection(Number(port), '127.0.0.1');
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`);
    await once(socket, 'connect');
    socket.write(body.slice(5));
    let answer = '';
    while (!answer.includes('"status":"ACTIVE"')) answer += String((await once(socket, 'data'))[0]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
  });
});
