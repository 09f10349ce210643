// Generated from the pinned @aws-sdk/client-ecs by `npm run generate`; never edited by hand.

import { operationsCreate } from './operations-create.ts';
import { operationsDelete } from './operations-delete.ts';
import { operationsDescribe } from './operations-describe.ts';
import { operationsList } from './operations-list.ts';
import { operationsOther } from './operations-other.ts';
import { operationsUpdate } from './operations-update.ts';

export const operations = {
  ...operationsCreate,
  ...operationsDelete,
  ...operationsDescribe,
  ...operationsList,
  ...operationsOther,
  ...operationsUpdate,
} as const;
