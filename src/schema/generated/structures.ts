// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

import { structuresAToC } from './structures-a-c.ts';
import { structuresD } from './structures-d.ts';
import { structuresEToG } from './structures-e-g.ts';
import { structuresHToL } from './structures-h-l.ts';
import { structuresMToR } from './structures-m-r.ts';
import { structuresS } from './structures-s.ts';
import { structuresTToZ } from './structures-t-z.ts';

export const structures = {
  ...structuresAToC,
  ...structuresD,
  ...structuresEToG,
  ...structuresHToL,
  ...structuresMToR,
  ...structuresS,
  ...structuresTToZ,
} as const;

/** Structures of which exactly one member is set. */
export const unions: readonly string[] = [
  'DescribeGatewayConfiguration',
  'GatewayConfiguration',
  'GatewayConnectionResources',
  'GatewayElbAccessLogDestination',
  'GatewayInfrastructureResources',
  'GatewayRouteResources',
  'ServiceConnectContainerConfiguration',
  'SharingStrategy',
  'UpdateGatewayConfiguration',
];
