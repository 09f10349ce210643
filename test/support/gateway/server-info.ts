import type { ServerInfo } from '../../../src/schema/core/context.ts';

/** Of a gateway that a test puts together without settings. */
export const SERVER: ServerInfo = {
  version: 'test',
  isAws: false,
  limits: {
    maxCost: 0,
    maxObjects: 0,
    maxEventCost: 0,
    maxEventObjects: 0,
    maxDepth: 0,
    maxAliases: 0,
    maxClusters: 100,
  },
};
