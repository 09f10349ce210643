import type { Attachment } from '@aws-sdk/client-ecs';
import type { Interner } from './interner.ts';

/** An attachment in one row: id, type, status, then the names and values of its details. */
type Row = readonly (string | undefined)[];

/** The attachments of a task, without an object for each of their details. */
export class HeldAttachments {
  private readonly rows: readonly Row[];

  constructor(attachments: readonly Attachment[], before: HeldAttachments | undefined, interner: Interner) {
    this.rows = attachments.map(({ id, type, status, details = [] }, index) => {
      const row: (string | undefined)[] = [id, interner.text(type), interner.text(status)];
      for (const { name, value } of details) row.push(interner.text(name), value);
      const known = before?.rows[index];
      // Equal texts of an earlier version are kept in place of new ones.
      return known === undefined ? row : row.map((text, at) => (text === known[at] ? known[at] : text));
    });
  }

  /** A text that is kept here already; undefined if none is equal. */
  textLike(text: string | undefined): string | undefined {
    for (const row of this.rows) {
      const found = row.indexOf(text);
      if (text !== undefined && found >= 0) return row[found];
    }
    return undefined;
  }

  toAttachments(): Attachment[] {
    return this.rows.map(([id, type, status, ...pairs]) => {
      const details = [];
      for (let at = 0; at < pairs.length; at += 2) details.push({ name: pairs[at], value: pairs[at + 1] });
      return { id, type, status, details };
    });
  }
}
