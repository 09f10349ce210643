import type { Attachment } from '@aws-sdk/client-ecs';
import type { TextReader, TextWriter } from './packed-texts.ts';

/** An attachment without its id and the values of its details, which are packed into the texts of its task. */
export interface AttachmentForm {
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly names: readonly (string | undefined)[];
}

export function packAttachment({ id, type, status, details = [] }: Attachment, texts: TextWriter): AttachmentForm {
  texts.text(id);
  for (const { value } of details) texts.text(value);
  return { type, status, names: details.map(({ name }) => name) };
}

export function unpackAttachment({ type, status, names }: AttachmentForm, texts: TextReader): Attachment {
  const id = texts.text();
  return { id, type, status, details: names.map((name) => ({ name, value: texts.text() })) };
}

/** Leaves the texts of an attachment out. */
export function skipAttachment({ names }: AttachmentForm, texts: TextReader): void {
  texts.skip(1 + names.length);
}
