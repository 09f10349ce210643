import type { EntityKind } from '../core/describe-specs.ts';
import type { Scope } from '../core/scope.ts';

type Write = (kind: EntityKind, cluster: string | undefined, scope: Scope) => string;

/**
 * Texts with which keys of resources begin. Resources of one cluster come one after another, so the last text is kept:
 * a fleet's keys then cost one concatenation each, and a map finds a text that it has seen faster.
 */
export class KeyPrefix {
  readonly #write: Write;
  #last: { kind: EntityKind; cluster: string | undefined; scope: Scope; text: string } | undefined;

  constructor(write: Write) {
    this.#write = write;
  }

  of(kind: EntityKind, cluster: string | undefined, scope: Scope): string {
    const last = this.#last;
    if (last?.kind === kind && last.cluster === cluster && last.scope === scope) return last.text;
    const text = this.#write(kind, cluster, scope);
    this.#last = { kind, cluster, scope, text };
    return text;
  }

  /** The text may be another one from now on. */
  forget(): void {
    this.#last = undefined;
  }
}
