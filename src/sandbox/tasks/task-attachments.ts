import type { Attachment } from '@aws-sdk/client-ecs';
import type { Wire } from '../util/wire-types.ts';

export const ENI = 'ElasticNetworkInterface';
export const VOLUME = 'AmazonElasticBlockStorage';
export const SERVICE_CONNECT = 'ServiceConnect';

/** The common stage of a task's attachments; each kind shows it in its own way. */
export type AttachmentStage = 'ATTACHING' | 'ATTACHED' | 'DETACHING' | 'DELETED';

export function detailOf(attachment: Wire<Attachment>, name: string): string | undefined {
  return attachment.details?.find((detail) => detail.name === name)?.value;
}

/** A volume that is kept is detached, not deleted. */
function statusAt(attachment: Wire<Attachment>, stage: AttachmentStage): string {
  const isKept = attachment.type === VOLUME && detailOf(attachment, 'deleteOnTermination') === 'false';
  return stage === 'DELETED' && isKept ? 'DETACHED' : stage;
}

export function withStage(attachments: Wire<Attachment>[], stage: AttachmentStage): Wire<Attachment>[] {
  if (attachments.length === 0) return attachments;
  return attachments.map((attachment) =>
    // A failed attachment stays FAILED.
    attachment.status === 'FAILED' ? attachment : { ...attachment, status: statusAt(attachment, stage) },
  );
}

/** The volume of a task that is set to fail, and why; undefined for nearly all tasks. */
export function failingVolume(attachments: readonly Wire<Attachment>[]): string | undefined {
  for (const attachment of attachments) {
    const reason = attachment.type === VOLUME ? detailOf(attachment, 'statusReason') : undefined;
    if (reason !== undefined) return reason;
  }
  return undefined;
}

export function withFailedVolume(attachments: readonly Wire<Attachment>[]): Wire<Attachment>[] {
  return attachments.map((attachment) =>
    attachment.type === VOLUME && detailOf(attachment, 'statusReason') !== undefined
      ? { ...attachment, status: 'FAILED' }
      : attachment,
  );
}

/**
 * Whether a detail is known: of a PRECREATED ENI only its subnet, of a volume everything but its id; a reason only with
 * a failure.
 */
function isKnown(attachment: Wire<Attachment>, detail: string): boolean {
  const { status, type } = attachment;
  if (detail === 'statusReason') return status === 'FAILED';
  if (status !== 'PRECREATED' && status !== 'CREATED') return true;
  return type === ENI ? detail === 'subnetId' : detail !== 'volumeId';
}

/** Attachments as answers and events show them. */
export function shownAttachments(attachments: Wire<Attachment>[]): Wire<Attachment>[] {
  const isPlain = attachments.every(
    ({ status, type }) => type !== VOLUME && status !== 'PRECREATED' && status !== 'CREATED',
  );
  if (isPlain) return attachments;
  return attachments.map((attachment) => {
    const details = attachment.details?.filter(({ name = '' }) => isKnown(attachment, name));
    return { ...attachment, ...(details === undefined ? {} : { details }) };
  });
}
