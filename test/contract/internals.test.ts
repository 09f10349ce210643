import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { state as sdkNotice } from '@aws-sdk/core/client';
import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { textFrame } from '../../src/http/websocket/text-frame.ts';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { openWs } from '../support/gateway/ws-client.ts';

// Undocumented parts of libraries that this project uses. Each use is in one file, named here; where a test fails
// after an upgrade, that file has to change, and FAST_PATHS=off is the way around it meanwhile.

const missing = (found: object, names: readonly string[]) => names.filter((name) => !(name in found));

describe('src/ecs/sdk/json-protocol.ts subclasses', () => {
  const settings = { timestampFormat: { useTrait: true, default: 7 }, jsonName: false } as const;

  it('AwsJson1_1Protocol of @aws-sdk/core', () => {
    const protocol = new AwsJson1_1Protocol({
      defaultNamespace: 'com.amazonaws.ecs',
      serviceTarget: 'AmazonEC2ContainerServiceV20141113',
      jsonCodec: new JsonCodec2(settings),
    } as ConstructorParameters<typeof AwsJson1_1Protocol>[0]);
    expect(missing(protocol, ['deserializer', 'deserializeResponse', 'deserializeMetadata'])).toEqual([]);
  });

  it('JsonCodec2 and JsonShapeDeserializer2 of @smithy/core', () => {
    const codec = new JsonCodec2(settings);
    const deserializer = codec.createDeserializer();
    expect(deserializer).toBeInstanceOf(JsonShapeDeserializer2);
    expect(missing(codec, ['settings', 'serdeContext', 'createDeserializer'])).toEqual([]);
    expect(missing(deserializer, ['settings', 'setSerdeContext', 'read', '_read'])).toEqual([]);
  });
});

it('src/ecs/sdk/client.ts silences the notice of @aws-sdk/core about old versions of Node: state.warningEmitted', () => {
  expect(sdkNotice).toHaveProperty('warningEmitted', expect.any(Boolean));
});

it('src/execution/selection-plan.ts reads what Pothos says of a field: pothosExposedField', () => {
  const types = Object.values(sharedSchema().getTypeMap()).filter(isObjectType);
  const exposed = types
    .flatMap((type) => Object.values(type.getFields()))
    .filter(({ extensions }) => typeof extensions.pothosExposedField === 'string');
  expect(exposed.length).toBeGreaterThan(500);
});

it('src/http/sse/node-response.ts writes past a ServerResponse: chunkedEncoding, socket, writableLength', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const request = get({ port: (server.address() as AddressInfo).port, agent: false });
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse & { chunkedEncoding?: unknown }];
    response.writeHead(200);
    response.flushHeaders();
    const [answer] = await once(request, 'response');
    expect(response.chunkedEncoding).toBe(true);
    expect(response.writableLength).toBe(response.socket?.writableLength);
    response.socket?.write('3\r\nraw\r\n');
    response.write(', then its own');
    response.end();
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    expect(text).toBe('raw, then its own');
  } finally {
    server.close();
  }
});

it('src/http/websocket/connection.ts writes frames under ws, which queues nothing: messages keep their order', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, autoPong: false });
  server.on('upgrade', (request, wire, head) => {
    sockets.handleUpgrade(request, wire, head, (socket) => {
      for (let turn = 0; turn < 3; turn += 1) {
        socket.send(`{"from":"ws","turn":${turn}}`);
        wire.write(textFrame('{"from":"us","turn":', Buffer.from(String(turn)), '}'));
      }
    });
  });
  await once(server, 'listening');
  const peer = await openWs(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { protocol: undefined });
  try {
    for (let turn = 0; turn < 3; turn += 1) {
      for (const from of ['ws', 'us']) expect(await peer.next()).toEqual({ from, turn });
    }
  } finally {
    peer.socket.terminate();
    sockets.close();
    server.close();
  }
});
