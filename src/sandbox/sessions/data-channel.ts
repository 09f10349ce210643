import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../time/clock.ts';
import { decode, encode, type Message, PAYLOAD, TERMINATE } from './channel-message.ts';
import type { Session } from './sessions.ts';
import { type Reply, Shell } from './shell.ts';

/** Resends unacknowledged messages, as an agent does: the plugin drops what arrives before it is ready. */
const RESEND_MS = 200;
const AGENT_VERSION = '3.1.1732.0';

/** The value of a `flag`; undefined if it is too short. */
function flagOf(payload: Buffer): number | undefined {
  return payload.length < 4 ? undefined : payload.readUInt32BE(0);
}

interface Chunk {
  readonly sequence: number;
  readonly frame: Buffer;
}

/** The agent's end of one session: it performs the handshake and lets the shell answer messages one at a time. */
export class Channel {
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #shell: Shell;
  readonly #outgoing: Chunk[] = [];
  #sequence = 0;
  /** The client's messages before this sequence were received; it repeats messages that were acknowledged late. */
  #expected = 0;
  #isOpen = false;
  #isGreeted = false;
  #isEnding = false;

  constructor(socket: WebSocket, session: Session, clock: Clock) {
    this.#socket = socket;
    this.#session = session;
    this.#clock = clock;
    this.#shell = new Shell(session.command, session.container);
  }

  receive(data: RawData, isBinary: boolean): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    if (!isBinary) this.#open(bytes.toString('utf8'));
    else if (this.#isOpen) this.#take(decode(bytes));
  }

  /** The first message is text and contains the session's token. */
  #open(text: string): void {
    let token: unknown;
    try {
      token = (JSON.parse(text) as { TokenValue?: unknown } | null)?.TokenValue;
    } catch {
      // Not JSON, so there is no token.
    }
    if (token !== this.#session.token) {
      this.#socket.close(1008, 'The token is not that of the session.');
      return;
    }
    if (this.#isOpen) return;
    this.#isOpen = true;
    const SessionType = 'InteractiveCommands';
    const action = { ActionType: 'SessionType', ActionParameters: { SessionType, Properties: {} } };
    this.#send(PAYLOAD.handshakeRequest, { AgentVersion: AGENT_VERSION, RequestedClientActions: [action] });
  }

  #take(message: Message | undefined): void {
    if (message?.type === 'acknowledge') this.#acknowledged(message);
    if (message?.type !== 'input_stream_data') return;
    this.#acknowledge(message);
    if (message.sequence < this.#expected) return;
    this.#expected = message.sequence + 1;
    this.#greet();
    if (message.payloadType === PAYLOAD.output) {
      this.#reply(this.#shell.type(message.payload.toString('utf8')));
    } else if (message.payloadType === PAYLOAD.flag && flagOf(message.payload) === TERMINATE) {
      this.#close();
    }
  }

  /**
   * The client's first message answers the handshake. Old clients have no handshake and start with their terminal size.
   */
  #greet(): void {
    if (this.#isGreeted) return;
    this.#isGreeted = true;
    this.#send(PAYLOAD.handshakeComplete, { HandshakeTimeToComplete: 1_000_000, CustomerMessage: '' });
    this.#reply(this.#shell.greet());
  }

  #reply({ text, isOver }: Reply): void {
    if (text !== '') this.#send(PAYLOAD.output, text);
    this.#isEnding ||= isOver;
    if (this.#isEnding && this.#outgoing.length === 0) this.#close();
  }

  #send(payloadType: number, payload: object | string): void {
    const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const frame = this.#frame('output_stream_data', this.#sequence, payloadType, body);
    this.#outgoing.push({ sequence: this.#sequence, frame });
    this.#sequence += 1;
    if (this.#outgoing.length === 1) this.#sendFirst();
  }

  #frame(type: string, sequence: number, payloadType: number, payload: Buffer, flags = 0): Buffer {
    return encode({ type, sequence, payloadType, payload, createdAt: this.#clock.now(), flags });
  }

  #sendFirst(): void {
    const [first] = this.#outgoing;
    if (first === undefined || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(first.frame);
    void this.#clock.sleep(RESEND_MS).then(() => {
      if (this.#outgoing[0] === first) this.#sendFirst();
    });
  }

  #acknowledged({ payload }: Message): void {
    const [first] = this.#outgoing;
    let sequence: unknown;
    try {
      sequence = (JSON.parse(payload.toString('utf8')) as Record<string, unknown>).AcknowledgedMessageSequenceNumber;
    } catch {
      return;
    }
    if (first?.sequence !== sequence) return;
    this.#outgoing.shift();
    if (this.#outgoing.length > 0) this.#sendFirst();
    else if (this.#isEnding) this.#close();
  }

  #acknowledge({ type, id, sequence }: Message): void {
    const content = {
      AcknowledgedMessageType: type,
      AcknowledgedMessageId: id,
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    };
    this.#socket.send(this.#frame('acknowledge', 0, 0, Buffer.from(JSON.stringify(content)), 3));
  }

  #close(): void {
    const content = {
      MessageId: randomUUID(),
      CreatedDate: new Date(this.#clock.now()).toISOString(),
      DestinationId: this.#session.sessionId,
      SessionId: this.#session.sessionId,
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      Output: '',
    };
    this.#socket.send(this.#frame('channel_closed', this.#sequence, 0, Buffer.from(JSON.stringify(content))));
    this.#socket.close(1000);
  }
}
