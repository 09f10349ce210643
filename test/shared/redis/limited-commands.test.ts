import { beforeEach, describe, expect, it } from 'vitest';
import type { Timers } from '../../../src/ecs/core/timers.ts';
import { LimitedCommands, Silence } from '../../../src/shared/redis/limited-commands.ts';
import type { SharedError } from '../../../src/shared/store.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

/** The clock of a process that may be busy: its timers then run late. */
class BusyTimers implements Timers {
  readonly time = new FakeTimers();
  #lost = 0;
  /** How late each of the next timers runs. */
  late: number[] = [];

  monotonic(): number {
    return this.time.monotonic() + this.#lost;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    return this.time.schedule(delayMs, () => {
      this.#lost += this.late.shift() ?? 0;
      callback();
    });
  }
}

describe('a command to Redis', () => {
  let timers: BusyTimers;
  let commands: LimitedCommands;
  beforeEach(() => {
    timers = new BusyTimers();
    commands = new LimitedCommands(timers);
  });

  /** Sends a command with a limit of 250 ms, and answers it when the test says so. */
  function send(waiting?: Set<(error: SharedError) => void>) {
    let answer = (_: string): void => undefined;
    const answered = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const sent = { outcome: 'none', answer };
    commands
      .send('get', 250, () => answered, waiting)
      .then(
        (value) => {
          sent.outcome = String(value);
        },
        (error: unknown) => {
          sent.outcome = (error as SharedError).kind;
        },
      );
    return sent;
  }

  it('is given up after its limit, and a later answer is counted', async () => {
    const sent = send();
    await timers.time.pass(249);
    expect(sent.outcome).toBe('none');
    await timers.time.pass(1);
    expect([sent.outcome, commands.lateAnswers]).toEqual(['TIMEOUT', 0]);
    sent.answer('late');
    await timers.time.pass(0);
    expect([sent.outcome, commands.lateAnswers]).toEqual(['TIMEOUT', 1]);
    expect(timers.time.pending).toBe(0);
  });

  it.each([
    [30, 30],
    [4_000, 250],
  ])(
    'has more time if this process was busy for %i ms: %i ms, once the answer can be heard',
    async (lateMs, moreMs) => {
      timers.late = [lateMs];
      const [heard, silent] = [send(), send()];
      await timers.time.pass(250 + moreMs - 1);
      expect([heard.outcome, silent.outcome]).toEqual(['none', 'none']);
      heard.answer('here');
      await timers.time.pass(1);
      expect([heard.outcome, silent.outcome]).toEqual(['here', 'TIMEOUT']);
      expect([commands.lateAnswers, timers.time.pending]).toEqual([0, 0]);
    },
  );

  it('does not wait forever in a process that is always busy', async () => {
    timers.late = Array<number>(100).fill(1_000);
    const sent = send();
    await timers.time.pass(5 * 250 - 1);
    expect(sent.outcome).toBe('none');
    await timers.time.pass(1);
    expect(sent.outcome).toBe('TIMEOUT');
  });

  it('is not prolonged by a timer that is as exact as timers are', async () => {
    timers.late = [25];
    const sent = send();
    await timers.time.pass(250);
    expect(sent.outcome).toBe('TIMEOUT');
  });

  it('is held while it waits, and can be given up early', async () => {
    const waiting = new Set<(error: SharedError) => void>();
    const [one, two] = [send(waiting), send(waiting)];
    expect(waiting.size).toBe(2);
    one.answer('here');
    await timers.time.pass(0);
    expect([one.outcome, waiting.size]).toEqual(['here', 1]);
    await timers.time.pass(250);
    expect([two.outcome, waiting.size, timers.time.pending]).toEqual(['TIMEOUT', 0, 0]);
  });
});

describe('a connection', () => {
  let timers: BusyTimers;
  let silences: number;
  let silence: Silence;
  beforeEach(() => {
    timers = new BusyTimers();
    silences = 0;
    silence = new Silence(1_000, timers, () => {
      silences += 1;
    });
  });

  it('is silent when no command was answered for a second', async () => {
    await timers.time.pass(5_000);
    silence.sent();
    await timers.time.pass(500);
    silence.sent();
    await timers.time.pass(499);
    expect(silences).toBe(0);
    await timers.time.pass(1);
    expect(silences).toBe(1);
  });

  it('is not silent while a slow server answers, however late', async () => {
    const answers = [silence.sent()];
    for (let second = 0; second < 10; second += 1) {
      answers.push(silence.sent());
      await timers.time.pass(900);
      answers.shift()?.();
    }
    expect(silences).toBe(0);
    await timers.time.pass(1_000);
    expect(silences).toBe(1);
  });

  it('is not silent after its last answer', async () => {
    const answer = silence.sent();
    await timers.time.pass(999);
    answer();
    answer();
    await timers.time.pass(5_000);
    expect([silences, timers.time.pending]).toEqual([0, 0]);
    // A new command has a second of its own.
    silence.sent();
    await timers.time.pass(999);
    expect(silences).toBe(0);
  });

  it('is listened to once more if this process was busy', async () => {
    timers.late = [3_000];
    const answer = silence.sent();
    await timers.time.pass(1_000);
    expect(silences).toBe(0);
    answer();
    await timers.time.pass(5_000);
    expect(silences).toBe(0);
  });
});
