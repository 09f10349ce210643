import { type PackedInstances, packInstances, unpackInstances } from '../drain/packed-instances.ts';
import { type FeedMarks, HISTORY_MARKS } from './feed-mark.ts';

/**
 * ECS keeps no history of drains: a mark contains the drains in progress, whose end must be reported, and the ended
 * ones in short form.
 */
export function drainMarks(clusterArn: string): FeedMarks {
  return {
    write(standing) {
      const open = packInstances(clusterArn, [...standing.open]);
      if (open === undefined) return undefined;
      const over = [...standing.over].map(briefly).join('');
      return [HISTORY_MARKS.write(standing), open, over].join(';');
    },
    read(mark) {
      const [text = '', , over = ''] = mark.split(';');
      const lately = HISTORY_MARKS.read(text);
      if (lately === undefined) return undefined;
      const wasOpen = markedDrains(mark, clusterArn);
      const wasOver = new Set(over.match(/.{5}/g));
      const isNew = (name: string) => !wasOpen.has(name) && !wasOver.has(briefly(name));
      return {
        // Drains that ended before the first poll are reported by the ids in the mark, not by time.
        since: lately.since,
        hasBegun: isNew,
        hasEnded: (name, at) => (at === 0 ? wasOpen.has(name) || isNew(name) : lately.hasEnded(name, at)),
      };
    },
  };
}

/** The instances whose drain was in progress; empty if the mark is not of this cluster. */
export function markedDrains(mark: string, clusterArn: string): PackedInstances {
  const none = { count: 0, arns: [], has: () => false };
  return unpackInstances(clusterArn, mark.split(';')[1] ?? '') ?? none;
}

function briefly(arn: string): string {
  return arn.slice(-5);
}
