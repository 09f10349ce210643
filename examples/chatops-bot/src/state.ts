import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A message that may still change, by the id that Slack or the webhook gave it. */
export interface KnownMessage {
  readonly id: string;
  /** Its last text: an equal text is not sent again. */
  readonly said: string;
}

export interface FeedState {
  cursor: string | undefined;
  /** By deployment, or by the instances of a drain. An ended one is forgotten. */
  readonly messages: Record<string, KnownMessage>;
}

interface State {
  readonly deployments: FeedState;
  readonly drains: FeedState;
}

/** The messages that the bot has posted, in one file that is replaced as a whole: a crash leaves the old file or the new one. */
export class StateFile {
  readonly state: State;
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
    const empty = (): FeedState => ({ cursor: undefined, messages: {} });
    const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Partial<State>) : {};
    this.state = { deployments: kept.deployments ?? empty(), drains: kept.drains ?? empty() };
  }

  save(): void {
    const next = `${this.path}.next`;
    writeFileSync(next, `${JSON.stringify(this.state, null, 2)}\n`);
    renameSync(next, this.path);
  }
}
